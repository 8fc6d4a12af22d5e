//! Whether a lease is held, by this process's own clock, and what is known of the creates that were sent under it.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::ghl::policy::store::epoch::Epoch;

/// How long locks are held without a renewal.
pub(crate) const LEASE: Duration = Duration::from_secs(10);
/// The store's clock and this one may differ by so much over a lease.
const MARGIN: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(crate) struct LeaseState {
    /// Milliseconds of this process's clock; zero where it is not held.
    until: AtomicU64,
    /// Creates that were declared, and whose outcome is not certain.
    open: AtomicU32,
    asked: AtomicBool,
    ended: AtomicBool,
    epoch: Mutex<Option<Arc<Epoch>>>,
}

impl LeaseState {
    /// The locks are asked for: from now on they may be held, whatever becomes of the answer.
    pub(crate) fn ask(&self) {
        self.asked.store(true, Ordering::Release);
    }

    /// The locks are held; they were asked for at `asked`.
    pub(crate) fn hold(&self, asked: Duration, epoch: &Arc<Epoch>) {
        *self.epoch.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(epoch));
        self.renewed(asked);
    }

    pub(crate) fn renewed(&self, asked: Duration) {
        let until = (asked + LEASE).saturating_sub(MARGIN).as_millis();
        self.until.store(u64::try_from(until).unwrap_or(u64::MAX), Ordering::Release);
    }

    pub(crate) fn lose(&self) {
        self.until.store(0, Ordering::Release);
    }

    pub(crate) fn holds(&self, now: Duration) -> bool {
        now < Duration::from_millis(self.until.load(Ordering::Acquire))
    }

    /// The epoch in which the locks were taken.
    pub(crate) fn epoch(&self) -> Option<Arc<Epoch>> {
        self.epoch.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A create is about to be sent.
    pub(crate) fn declared(&self) {
        self.open.fetch_add(1, Ordering::AcqRel);
    }

    /// A create that was declared certainly happened, or certainly not.
    pub(crate) fn settled(&self) {
        self.open.fetch_sub(1, Ordering::AcqRel);
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.open.load(Ordering::Acquire) == 0
    }

    /// Whether there is something to give back, at the first call.
    pub(crate) fn end(&self) -> bool {
        self.lose();
        !self.ended.swap(true, Ordering::AcqRel) && self.asked.load(Ordering::Acquire)
    }
}
