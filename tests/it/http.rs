//! MCP over HTTP, byte by byte: each spec starts a server on its own port and sends requests written by hand.

mod accounts;
mod call_log;
pub mod client;
mod guard;
mod legacy;
mod limits;
mod operator;
pub mod program;
pub mod server;
mod shutdown;
mod signals;
mod streamable;
mod trace;
mod versions;
