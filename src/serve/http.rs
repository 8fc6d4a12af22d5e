//! MCP over HTTP: Streamable HTTP at `/mcp`, HTTP+SSE at `/sse` and `/messages`, and the paths for operators.

mod accounts;
mod admission;
mod body;
mod budget;
mod challenge;
mod connection;
mod cors;
mod listener;
mod mcp;
mod negotiation;
mod options;
mod people;
mod response;
mod router;
mod routes;
mod shares;

pub use crate::serve::http::accounts::Accounts;
pub(crate) use crate::serve::http::budget::Charge;
pub use crate::serve::http::listener::serve_http;
pub(crate) use crate::serve::http::negotiation::JsonOnly;
pub use crate::serve::http::options::{HttpOptions, Limits, Notice};
pub use crate::serve::http::people::People;
pub(crate) use crate::serve::http::response::{
    EarlyResponse, HttpResponse, ResponseBody, malformed, text_response,
};
