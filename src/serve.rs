//! Owns: the protocol: what a client may ask of the server, and the ways in.
//! May name: `tool`.
//! Never: knows a tool by name, or what a tool does.
//! Proof: `tests/it/seam.rs` (both protocol eras, and garbage, over an in-memory stream).

mod handler;
mod stdio;

pub use crate::serve::handler::Handler;
pub use crate::serve::stdio::{Patient, StdioError, over, over_until, stdio, stdio_until};
