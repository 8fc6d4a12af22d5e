//! Owns: every request to HighLevel, its headers, its errors, its retries, and what HighLevel sends and takes.
//! May import: no other module. Inside, a layer imports only the layers above it in this list.
//! Never: knows of MCP, prints, reads the environment, decides what an operation on a contact means.
//! Tests: `tests/it/architecture.rs`, the tables beside the code, `tests/it/wire.rs`.

pub mod model;

pub mod wire;

mod policy;

pub mod auth;

mod client;

mod endpoint;

pub mod api;

pub use crate::ghl::client::{Client, QuotaGroup, Scope, Settings};
pub use crate::ghl::model::{
    Caller, Clock, ContactId, CustomFieldId, Dialect, Effect, Error, FieldForm, IdError, Key, Kind,
    LocationId, Missing, NoopObserver, Observer, RunLimit, RunPermit, SystemClock, Told, Usage, Written,
    is_hidden,
};
pub(crate) use crate::ghl::policy::{Abandoned, Coalescer, Lease, Need};
pub use crate::ghl::policy::{Fault, InvalidKey, Store, StoreKey, StoreStatus};
#[cfg(feature = "redis")]
pub use crate::ghl::policy::{InvalidAddress, MemoryStore, RedisAddress};

/// The scripted HighLevel that unit tests share with the specs.
#[cfg(test)]
#[path = "../tests/it/support/upstream.rs"]
#[expect(dead_code, reason = "the specs use the rest")]
mod upstream;
