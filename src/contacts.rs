//! What an operation on a contact means, free of HTTP and of MCP.
//!
//! Owns: identity, lookup, the plan of a write, its verification and receipt, custom fields, the search grammar, and
//! the slim contact that a model sees.
//! May name: `ghl`.
//! Never: sends (it asks `ghl`), knows of MCP, changes a value on its way in beyond the normal form of a key.
//! Proof: `tests/it/tools/`, the properties beside the code.

mod error;
pub mod fields;
pub mod query;
pub mod text;

pub use crate::contacts::error::Error;
