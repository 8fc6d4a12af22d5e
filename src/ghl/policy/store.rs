//! What several processes share: one quota, one lock for each key of a contact, one refresh of an app's tokens. Policies ask
//! [`Store`] and do not know what is behind it: Redis, or the memory of this process.

mod backend;
mod epoch;
mod key;
mod lease;
mod lease_state;
mod memory;
mod memory_locks;
mod memory_quota;
mod names;
mod quota;
#[cfg(feature = "redis")]
mod redis;
mod replies;
#[expect(clippy::module_inception, reason = "the store's own file")]
mod store;
#[cfg(test)]
mod tests;
mod tokens;

pub use crate::ghl::policy::store::key::{InvalidKey, StoreKey};
pub(crate) use crate::ghl::policy::store::lease::{Lease, Need};
pub use crate::ghl::policy::store::memory::MemoryStore;
pub(crate) use crate::ghl::policy::store::quota::{Place, SharedQuota, Turn};
#[cfg(feature = "redis")]
pub use crate::ghl::policy::store::redis::{InvalidAddress, RedisAddress};
pub(crate) use crate::ghl::policy::store::replies::Told;
pub use crate::ghl::policy::store::replies::{Fault, StoreStatus};
pub use crate::ghl::policy::store::store::Store;
pub(crate) use crate::ghl::policy::store::tokens::{Entry, RefreshLock, SharedTokens};
