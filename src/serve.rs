//! Owns: the protocol: what a client may ask of the server, and the transports: stdin and stdout, HTTP, HTTP+SSE.
//! May import: `tool`.
//! Never: knows a tool by name, or what a tool does; reads a byte of a body before it knows who sends it.
//! Tests: `tests/it/seam.rs` (both protocol eras, and garbage, over an in-memory stream), `tests/it/http.rs`.

mod auth;
mod bounded_transport;
mod handler;
mod headers;
mod http;
mod metrics;
mod sse;
mod stdio;
mod trace;

pub use crate::serve::auth::{Bearer, Guard, NotAGuard};
pub use crate::serve::bounded_transport::Patient;
pub use crate::serve::handler::{Handler, Served};
pub use crate::serve::http::{Doors, HttpOptions, Limits, http};
pub use crate::serve::metrics::Metrics;
pub use crate::serve::stdio::{StdioError, over, over_until, stdio_until};
