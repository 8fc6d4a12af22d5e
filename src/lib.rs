//! MCP server for HighLevel contacts.
pub mod contacts;
pub mod ghl;
pub mod serve;
pub mod tool;
