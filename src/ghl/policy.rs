//! Small states and pure decisions: when to send, to wait, to repeat. They know data and the clock, and never send.

mod circuit_breaker;
mod coalesce;
mod detected;
mod rate_limit;
mod retry;
mod store;

pub(crate) use crate::ghl::policy::circuit_breaker::{Admission, CircuitBreaker, Pass};
pub(crate) use crate::ghl::policy::coalesce::{Abandoned, Coalescer};
pub(crate) use crate::ghl::policy::detected::{DetectedDialect, Route};
pub(crate) use crate::ghl::policy::rate_limit::RateLimiter;
pub(crate) use crate::ghl::policy::retry::{Retry, Verdict, decide_for_token};
pub(crate) use crate::ghl::policy::store::{Entry, Lease, Need, RefreshLock, SharedQuota, SharedTokens};
pub use crate::ghl::policy::store::{Fault, InvalidKey, Store, StoreKey, StoreStatus};
#[cfg(feature = "redis")]
pub use crate::ghl::policy::store::{InvalidAddress, MemoryStore, RedisAddress};
