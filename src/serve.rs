//! Owns: the protocol: what a client may ask of the server, and the ways in: stdin and stdout, HTTP, HTTP+SSE.
//! May import: `tool`.
//! Never: knows a tool by name, or what a tool does; reads a byte of a body before it knows who sends it.
//! Tests: `tests/it/seam.rs` (both protocol eras, and garbage, over an in-memory stream), `tests/it/http.rs`.

mod guard;
mod handler;
mod http;
mod metrics;
mod sse;
mod stdio;
mod trace;

pub use crate::serve::guard::{Bearer, Guard, NotAGuard};
pub use crate::serve::handler::Handler;
pub use crate::serve::http::{Doors, HttpOptions, Limits, Served, http};
pub use crate::serve::metrics::Metrics;
pub use crate::serve::stdio::{Patient, StdioError, over, over_until, stdio, stdio_until};
