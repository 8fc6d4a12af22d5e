//! MCP over HTTP as a client's bytes meet it: a server on a port of its own, and requests written by hand.

mod accounts;
mod client;
mod guard;
mod legacy;
mod limits;
mod operator;
mod program;
mod server;
mod shutdown;
mod signals;
mod streamable;
