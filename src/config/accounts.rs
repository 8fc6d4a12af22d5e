//! The accounts file: which bearer token may use which locations, and with which credential. The file holds no secret: it
//! names variables and files that hold secrets, or has a hash.

mod account;
mod file;
mod load;
mod resolve;

pub use crate::config::accounts::account::{Account, BearerSource, LocationConfig};
pub use crate::config::accounts::load::AccountsFile;
