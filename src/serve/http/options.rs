//! How MCP is served over HTTP, and how much of the server one client may take.

use std::time::Duration;

use crate::serve::auth::Guard;

/// How MCP is served over HTTP.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The hosts and origins that are served.
    pub guard: Guard,
    /// Whether `/sse` and `/messages` are there.
    pub legacy_sse: bool,
    /// Whether clients of the revisions with `initialize` are given sessions at `/mcp`, so that the server can ask them
    /// something in the middle of a call. No tool of this program does, and sessions cost memory that nothing bounds.
    pub ask_back: bool,
    /// Why no call can succeed, for `/readyz`; none where they can.
    pub not_ready: Option<String>,
    /// How much of everything.
    pub limits: Limits,
}

impl HttpOptions {
    /// Everything on, for the hosts of `guard`.
    #[must_use]
    pub fn new(guard: Guard) -> Self {
        Self { guard, legacy_sse: true, ask_back: false, not_ready: None, limits: Limits::default() }
    }
}

/// How much of the server one client, or all of them, may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time from the first byte of a request's head to its last; and for a new connection to say anything.
    pub head_time: Duration,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Time for a request's body.
    pub body_time: Duration,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Time that a connection may rest between two requests.
    pub idle_time: Duration,
    /// Time that a client may leave an answer unread.
    pub stall_time: Duration,
    /// Open connections.
    pub connections: usize,
    /// Open HTTP+SSE sessions.
    pub sessions: usize,
    /// Pause between two signs of life on a stream.
    pub keep_alive: Duration,
    /// Time for running calls when the server stops.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_time: Duration::from_secs(10),
            head_bytes: 16 * 1024,
            body_time: Duration::from_secs(15),
            body_bytes: 1024 * 1024,
            idle_time: Duration::from_secs(120),
            stall_time: Duration::from_secs(30),
            connections: 1024,
            sessions: 256,
            keep_alive: Duration::from_secs(15),
            drain: Duration::from_secs(10),
        }
    }
}
