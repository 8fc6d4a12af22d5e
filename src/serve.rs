//! Owns: the protocol: what a client may ask of the server, and the transports: stdin and stdout, HTTP, HTTP+SSE.
//! May import: `tool`, `sign_in`.
//! Never: knows a tool by name, or what a tool does; reads a byte of a request's body before the client is authenticated.
//! Tests: `tests/it/protocol.rs` (both protocol eras, and malformed input, over an in-memory stream), `tests/it/http.rs`.

mod ask;
mod auth;
mod bounded_transport;
mod call_log;
mod called;
mod context;
mod drain;
mod handler;
mod headers;
mod http;
mod lines;
mod message;
mod metrics;
mod offers;
mod sse;
mod stdio;
mod streams;
mod trace;

pub use crate::serve::auth::{Bearer, HostPolicy, InvalidHostOrOrigin};
pub use crate::serve::bounded_transport::BoundedTransport;
pub use crate::serve::drain::Drain;
pub use crate::serve::handler::{Handler, McpServer};
pub use crate::serve::http::{Accounts, HttpOptions, Limits, Notice, People, serve_http};
pub(crate) use crate::serve::message::repeated_key;
pub use crate::serve::metrics::Metrics;
pub use crate::serve::stdio::{StdioError, serve_stdio, serve_stream, serve_stream_until};
