//! A CRM, a session with the server in front of it, and words to speak of both.
//!
//! A spec opens a [`Crm`], calls a tool, and looks at three things: what the model saw ([`Reply`]), what went over the
//! wire ([`Crm::wire`]) and what the CRM now holds ([`Crm::contact`]). When a `Crm` is dropped, the house looks too: a
//! request that no route serves fails the spec, a request that HighLevel's OpenAPI refuses fails it where
//! `HIGHLEVEL_OPENAPI` names the folder, and so does a log line that holds personal data.

mod clock;
mod contact;
mod crm;
pub mod fake;
pub mod log;
pub mod openapi;
pub mod process;
mod reply;
mod session;
pub mod upstream;
mod wire;

pub use crate::support::clock::Virtual;
pub use crate::support::contact::{Person, contact};
pub use crate::support::crm::{Bench, Crm, DEADLINE, Setup, setup};
pub use crate::support::reply::Reply;
pub use crate::support::session::Session;
