//! MCP over HTTP as a client's bytes meet it: a server on a port of its own, and requests written by hand.

mod accounts;
pub mod client;
mod guard;
mod legacy;
mod limits;
mod operator;
pub mod program;
pub mod server;
mod shutdown;
mod signals;
mod streamable;
mod trace;
mod versions;
