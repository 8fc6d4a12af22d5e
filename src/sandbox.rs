//! Owns: a simulated HighLevel that speaks HTTP on a loopback port: contacts, routes, quirks, limits and faults.
//! May import: no other module.
//! Never: imports `ghl`. It uses JSON as HighLevel's documents describe it, so that one misreading is not on both sides.
//! Tests: `tests/it/architecture.rs`, and the tests beside the code, which send HTTP over a plain socket.
//!
//! ```no_run
//! # async fn demo() -> std::io::Result<()> {
//! use ghl_contacts_mcp::sandbox::{Fault, Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default()).await?;
//! sandbox.fault_on("PUT", "/contacts/", Fault::HangUp { apply: true });
//! // ... point a client at sandbox.url() with sandbox.token() ...
//! assert!(sandbox.unexpected().is_empty());
//! # Ok(())
//! # }
//! ```

mod budget;
mod check;
mod clock;
mod crm;
mod duplicates;
mod faults;
mod fields;
mod filter;
mod gate;
mod grants;
mod handle;
mod identity;
mod options;
mod record;
mod request;
mod request_log;
mod response;
mod routes;
mod rules;
mod seed;
mod server;
mod state;
mod store;
mod text;

pub use crate::sandbox::clock::{Clock, ManualClock, SystemClock, WrongClock};
pub use crate::sandbox::crm::Crm;
pub use crate::sandbox::faults::Fault;
pub use crate::sandbox::handle::Sandbox;
pub use crate::sandbox::options::{Dialect, FieldForm, OauthApp, Options, Seed};
pub use crate::sandbox::request_log::Exchange;

#[cfg(test)]
mod tests;
