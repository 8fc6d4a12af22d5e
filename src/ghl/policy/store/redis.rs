//! The store in Redis 7 or Valkey: each verb is one script, carried out at once and on the server's clock.

mod address;
mod connection;
mod locks;
mod quota;
#[expect(clippy::module_inception, reason = "the backend's own file")]
mod redis;
mod scripts;
mod tokens;

pub use crate::ghl::policy::store::redis::address::{InvalidAddress, RedisAddress};
pub(crate) use crate::ghl::policy::store::redis::redis::Redis;
