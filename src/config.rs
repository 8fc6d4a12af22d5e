//! Owns: every environment variable and file that is read as a setting, and what a valid value is.
//! May import: `ghl` (types only).
//! Never: prints, makes a request, keeps a secret in a type that shows it, ignores a word that it does not know.
//! Tests: the tables in `config/settings/tests.rs`, `tests/it/program.rs` for exit code 2.

mod accounts;
mod address;
mod environment;
mod error;
mod flags;
mod http;
mod oauth;
mod settings;
mod value;

pub use crate::config::accounts::{Account, Accounts, BearerSource, Place};
pub use crate::config::environment::{Environment, Process};
pub use crate::config::error::Wrong;
pub use crate::config::flags::Flags;
pub use crate::config::http::{Http, HttpFlags, Key};
pub use crate::config::settings::Config;
pub use crate::config::value::Source;
