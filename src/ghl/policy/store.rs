//! What several processes share: one quota, one lock for each key of a contact, one refresh of an app's tokens. Policies ask
//! [`Store`] and do not know what is behind it: Redis, or the memory of this process.

#[cfg(feature = "redis")]
mod backend;
#[cfg(feature = "redis")]
mod epoch;
mod key;
#[cfg(feature = "redis")]
mod lease;
#[cfg(feature = "redis")]
mod lease_state;
#[cfg(feature = "redis")]
mod memory;
#[cfg(feature = "redis")]
mod memory_locks;
#[cfg(feature = "redis")]
mod memory_quota;
#[cfg(feature = "redis")]
mod names;
#[cfg(not(feature = "redis"))]
mod none;
#[cfg(feature = "redis")]
mod quota;
#[cfg(feature = "redis")]
mod redis;
mod replies;
#[cfg(feature = "redis")]
#[expect(clippy::module_inception, reason = "the store's own file")]
mod store;
#[cfg(test)]
#[cfg(feature = "redis")]
mod tests;
#[cfg(feature = "redis")]
mod tokens;

pub use crate::ghl::policy::store::key::{InvalidKey, StoreKey};
#[cfg(feature = "redis")]
pub(crate) use crate::ghl::policy::store::lease::Lease;
#[cfg(feature = "redis")]
pub use crate::ghl::policy::store::memory::MemoryStore;
#[cfg(not(feature = "redis"))]
pub use crate::ghl::policy::store::none::Store;
#[cfg(not(feature = "redis"))]
pub(crate) use crate::ghl::policy::store::none::{Lease, RefreshLock, SharedQuota, SharedTokens};
#[cfg(feature = "redis")]
pub(crate) use crate::ghl::policy::store::quota::SharedQuota;
#[cfg(feature = "redis")]
pub use crate::ghl::policy::store::redis::{InvalidAddress, RedisAddress};
pub(crate) use crate::ghl::policy::store::replies::{Entry, Need, Place, Told, Turn};
pub use crate::ghl::policy::store::replies::{Fault, StoreStatus};
#[cfg(feature = "redis")]
pub use crate::ghl::policy::store::store::Store;
#[cfg(feature = "redis")]
pub(crate) use crate::ghl::policy::store::tokens::{RefreshLock, SharedTokens};
