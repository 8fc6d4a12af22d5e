//! Owns: every environment variable and every file that holds settings, and what a valid value is.
//! May import: `ghl`, `sign_in` (types only).
//! Never: prints; sends a request; keeps a secret in a type that shows it; ignores an unknown word.
//! Tests: the tables beside the code, `tests/it/program.rs` for exit code 2.

mod accounts;
mod address;
mod environment;
mod error;
mod flags;
mod given;
mod home;
mod http;
mod names;
mod oauth;
mod proxy;
mod secret_file;
mod settings;
mod sign_in;
mod store;
mod unfilled;
mod value;

pub use crate::config::accounts::{Account, AccountsFile, BearerSource, LocationConfig};
pub use crate::config::environment::{Environment, ProcessEnvironment};
pub use crate::config::error::ConfigError;
pub use crate::config::flags::Flags;
pub use crate::config::given::Given;
pub use crate::config::home::{Home, Os};
pub use crate::config::http::{ClientToken, HttpConfig, HttpFlags};
pub use crate::config::proxy::{Proxy, proxies};
pub(crate) use crate::config::secret_file::{readable_files, warn_of_readable};
pub use crate::config::settings::Config;
pub use crate::config::sign_in::{SignInConfig, SignInFlags};
pub use crate::config::store::StoreConfig;
pub(crate) use crate::config::unfilled::is_unfilled;
pub use crate::config::value::Source;
pub(crate) use crate::config::value::token_text;
