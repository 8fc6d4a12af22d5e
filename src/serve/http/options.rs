//! How MCP is served over HTTP, and how much of the server one client may use.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::serve::auth::HostPolicy;

/// What an operator should know while calls can succeed; asked for at each probe.
#[derive(Clone)]
pub struct Notice(Arc<dyn Fn() -> Option<String> + Send + Sync>);

impl Notice {
    /// `say` gives the words, or nothing.
    pub fn new(say: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(say))
    }

    pub(crate) fn words(&self) -> Option<String> {
        (self.0)()
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notice")
    }
}

/// How MCP is served over HTTP.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The hosts and origins that are served.
    pub host_policy: HostPolicy,
    /// Whether `/sse` and `/messages` exist.
    pub legacy_sse: bool,
    /// Why no call can succeed, as `/readyz` answers it; none if calls can succeed.
    pub not_ready: Option<String>,
    /// What `/readyz` says beside "ok".
    pub notice: Option<Notice>,
    /// Limits of size, time and number.
    pub limits: Limits,
}

impl HttpOptions {
    /// Serves the hosts of `host_policy`, with HTTP+SSE and the default limits.
    #[must_use]
    pub fn new(host_policy: HostPolicy) -> Self {
        Self { host_policy, legacy_sse: true, not_ready: None, notice: None, limits: Limits::default() }
    }
}

/// How much of the server one client, or all clients together, may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time from the first to the last byte of a request's head.
    pub head_time: Duration,
    /// The same time, and the time to be idle, for a connection that has shown no valid token yet.
    pub unauthenticated_time: Duration,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Time for a request's body.
    pub body_time: Duration,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes that the bodies of all requests together may hold. The first 16 KiB of each body do not count: the number of
    /// connections limits these.
    pub bodies_bytes: usize,
    /// Time that a connection may be idle between two requests.
    pub idle_time: Duration,
    /// Time that a client may leave a response unread.
    pub stall_time: Duration,
    /// Open connections. Those that have shown no valid token are at most three quarters of them, and one quarter for each
    /// address (IPv6: each /64); beyond that a new one takes the place of the oldest of them.
    pub connections: usize,
    /// Open HTTP+SSE sessions.
    pub sessions: usize,
    /// Requests that one person who has signed in may have under way, event streams included.
    pub requests_of_a_person: usize,
    /// Time that an HTTP+SSE session stays open after the token of its client has expired, so that calls that were taken
    /// before are answered.
    pub expired_time: Duration,
    /// Time between two keep-alive comments on an event stream.
    pub keep_alive: Duration,
    /// Time for running calls when the server stops.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_time: Duration::from_secs(10),
            unauthenticated_time: Duration::from_secs(5),
            head_bytes: 16 * 1024,
            body_time: Duration::from_secs(15),
            body_bytes: 1024 * 1024,
            bodies_bytes: 64 * 1024 * 1024,
            idle_time: Duration::from_secs(120),
            stall_time: Duration::from_secs(30),
            connections: 1024,
            sessions: 256,
            requests_of_a_person: 64,
            expired_time: Duration::from_secs(60),
            keep_alive: Duration::from_secs(15),
            drain: Duration::from_secs(10),
        }
    }
}
