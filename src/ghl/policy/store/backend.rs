//! What is behind a store. An enum: which one it is is known from the start, and no call goes through a table.

use std::time::Duration;

use crate::ghl::policy::store::memory::MemoryStore;
use crate::ghl::policy::store::names::{LockNames, QuotaNames};
use crate::ghl::policy::store::redis::Redis;
use crate::ghl::policy::store::replies::{Declared, Fault, Hello, Locked, Reserved, Sealed, Told};

#[derive(Debug)]
pub(crate) enum Backend {
    Memory(MemoryStore),
    Redis(Box<Redis>),
}

/// Calls the same verb of what is behind the store.
macro_rules! of {
    ($backend:ident, $memory:ident | $redis:ident($($argument:expr),*)) => {
        match $backend {
            Backend::Memory(memory) => memory.asked(|memory| memory.$memory($($argument),*)).await,
            Backend::Redis(redis) => redis.$redis($($argument),*).await,
        }
    };
}

impl Backend {
    pub(crate) async fn hello(
        &self,
        process: &str,
        new_epoch: &str,
        not_whole: Option<&str>,
    ) -> Result<Hello, Fault> {
        of!(self, hello | hello(process, new_epoch, not_whole))
    }

    pub(crate) async fn reserve(
        &self,
        names: &QuotaNames,
        place: &str,
        in_any_case: bool,
    ) -> Result<Reserved, Fault> {
        of!(self, reserve | reserve(names, place, in_any_case))
    }

    pub(crate) async fn tell(&self, names: &QuotaNames, place: &str, told: &Told) -> Result<(), Fault> {
        of!(self, tell | tell(names, place, told))
    }

    pub(crate) async fn give_back(&self, names: &QuotaNames, place: &str) -> Result<(), Fault> {
        of!(self, give_back | give_back(names, place))
    }

    pub(crate) async fn lock(
        &self,
        names: &LockNames,
        holder: &str,
        lease: Duration,
        epoch: &str,
        adopt: Option<&str>,
    ) -> Result<Locked, Fault> {
        of!(self, lock_all | lock(names, holder, lease, epoch, adopt))
    }

    pub(crate) async fn renew(
        &self,
        names: &LockNames,
        holder: &str,
        lease: Duration,
        epoch: &str,
    ) -> Result<bool, Fault> {
        of!(self, renew | renew(names, holder, lease, epoch))
    }

    pub(crate) async fn declare(
        &self,
        names: &LockNames,
        holder: &str,
        life: Duration,
        epoch: &str,
    ) -> Result<Declared, Fault> {
        of!(self, declare | declare(names, holder, life, epoch))
    }

    pub(crate) async fn release(
        &self,
        names: &LockNames,
        holder: &str,
        is_settled: bool,
    ) -> Result<(), Fault> {
        of!(self, release | release(names, holder, is_settled))
    }

    pub(crate) async fn read_tokens(&self, entry: &str) -> Result<Option<Sealed>, Fault> {
        of!(self, read_tokens | read_tokens(entry))
    }

    /// Writes it unless its version is later than `follows`. Whether it did.
    pub(crate) async fn write_tokens(
        &self,
        entry: &str,
        tokens: &Sealed,
        follows: u64,
    ) -> Result<bool, Fault> {
        of!(self, write_tokens | write_tokens(entry, tokens, follows))
    }
}
