//! What one call uses of HighLevel's quota.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::ghl::model::Effect;

/// No answer has said it.
const UNKNOWN: u64 = u64::MAX;

/// The requests of one call, and what is left of the quota after them.
#[derive(Debug)]
pub struct Usage {
    requests: AtomicU32,
    writes: AtomicU32,
    left: AtomicU64,
    left_today: AtomicU64,
    /// The call that this is a part of.
    whole: Option<Arc<Self>>,
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            requests: AtomicU32::default(),
            writes: AtomicU32::default(),
            left: UNKNOWN.into(),
            left_today: UNKNOWN.into(),
            whole: None,
        }
    }
}

impl Usage {
    /// The usage of a part of a call, which counts for the call too.
    #[must_use]
    pub(crate) fn part_of(whole: &Arc<Self>) -> Self {
        Self { whole: Some(Arc::clone(whole)), ..Self::default() }
    }

    /// Requests sent for this call, retries included.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Those of them that write, whatever their outcome.
    #[must_use]
    pub fn writes(&self) -> u32 {
        self.writes.load(Ordering::Relaxed)
    }

    /// What HighLevel's latest answer said is left of the short quota, the one of ten seconds.
    #[must_use]
    pub fn left(&self) -> Option<u64> {
        known(&self.left)
    }

    /// The same of the day's quota.
    #[must_use]
    pub fn left_today(&self) -> Option<u64> {
        known(&self.left_today)
    }

    /// A request is sent.
    pub(crate) fn count(&self, effect: Effect) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(u32::from(effect.writes()), Ordering::Relaxed);
        if let Some(whole) = &self.whole {
            whole.count(effect);
        }
    }

    /// An answer says what is left. What it does not say stays as it was.
    pub(crate) fn learn(&self, left: Option<u32>, left_today: Option<u64>) {
        for (place, value) in [(&self.left, left.map(u64::from)), (&self.left_today, left_today)] {
            if let Some(value) = value {
                place.store(value, Ordering::Relaxed);
            }
        }
        if let Some(whole) = &self.whole {
            whole.learn(left, left_today);
        }
    }
}

fn known(place: &AtomicU64) -> Option<u64> {
    Some(place.load(Ordering::Relaxed)).filter(|value| *value != UNKNOWN)
}
