//! The scripted HighLevel of the tests. The unit tests of `ghl` include this file too.
//!
//! - `tcp`: a server on a loopback port that sends any bytes, with or without TLS.
//! - `memory`: a transport in memory. Tokio's paused clock does not wait for a socket, so exact waits need this one.

#[path = "upstream/memory.rs"]
pub(crate) mod memory;
#[path = "upstream/tcp.rs"]
pub(crate) mod tcp;
