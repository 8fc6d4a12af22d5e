//! The accounts file: which bearer token may work on which locations, and with which credential. It holds no secret:
//! secrets stand in the environment, in files of their own, or as a hash.

mod account;
mod file;
mod load;
mod resolve;

pub use crate::config::accounts::account::{Account, BearerSource, Place};
pub use crate::config::accounts::load::Accounts;
