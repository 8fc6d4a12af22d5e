//! What specs share: a CRM, a session with the server in front of it, and helpers for both.
//!
//! A spec opens a [`Crm`], calls a tool, and checks three things: what the model saw ([`Reply`]), what went over the wire
//! ([`Crm::wire`]) and what the CRM holds ([`Crm::contact`]). Dropping a `Crm` checks more: a request without a route fails
//! the spec, and so does a log line with personal data. If `HIGHLEVEL_OPENAPI` names the folder of HighLevel's OpenAPI, a
//! request that it does not allow fails the spec too.

mod clock;
mod contact;
mod crm;
pub mod host;
pub mod issuer;
pub mod log;
pub mod openapi;
pub mod process;
mod reply;
pub mod routes;
pub mod scripted;
mod session;
#[expect(dead_code, reason = "unit tests use the rest")]
pub mod upstream;
mod wire;

pub use crate::support::clock::VirtualClock;
pub use crate::support::contact::{Person, contact};
pub use crate::support::crm::{Backend, Crm, DEADLINE, Setup, setup};
pub use crate::support::reply::Reply;
pub use crate::support::session::Session;
