//! The client of one location: its settings, the scope of one call, and the one place where a request is sent.

#[expect(clippy::module_inception, reason = "the client's own file")]
mod client;
mod probe;
mod scope;
mod send;
mod settings;

pub use crate::ghl::client::client::{Client, QuotaGroup};
pub use crate::ghl::client::scope::Scope;
pub use crate::ghl::client::settings::Settings;
