//! MCP over HTTP: Streamable HTTP at `/mcp`, HTTP+SSE at `/sse` and `/messages`, and what an operator asks for.

mod accounts;
mod body;
mod connection;
mod cors;
mod listener;
mod mcp;
mod negotiation;
mod options;
mod response;
mod router;

pub use crate::serve::http::accounts::Doors;
pub use crate::serve::http::listener::http;
pub(crate) use crate::serve::http::negotiation::JsonOnly;
pub use crate::serve::http::options::{HttpOptions, Limits};
pub(crate) use crate::serve::http::response::{Body, Refusal, Reply, bad_message, reply};
