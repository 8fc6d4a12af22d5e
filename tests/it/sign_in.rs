//! The sign-in: tokens of an authorization server, over HTTP, against a small one on loopback.

mod attack;
mod browser;
mod keys;
mod metadata;
mod opaque;
mod people;
mod program;
mod scopes;
mod sse;
mod world;
