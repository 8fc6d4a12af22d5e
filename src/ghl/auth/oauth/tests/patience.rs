//! An end to every wait: what never comes fails its test instead of holding up all of them.
#![expect(clippy::disallowed_methods, reason = "the clock of the tests stands still; this one ends a wait")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// In real time. Far more than a disk takes for the little that is written here.
const LONGEST: Duration = Duration::from_secs(10);
/// After a wait in vain: what broke one test most likely broke the next.
const SHORTER: Duration = Duration::from_secs(1);

static IN_VAIN: AtomicBool = AtomicBool::new(false);

/// Runs from its making on.
#[derive(Debug)]
pub(crate) struct Patience(Instant);

impl Default for Patience {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Patience {
    pub(crate) fn check(&self) {
        let longest = if IN_VAIN.load(Ordering::Relaxed) { SHORTER } else { LONGEST };
        if self.0.elapsed() > longest {
            IN_VAIN.store(true, Ordering::Relaxed);
            panic!("what was waited for never came");
        }
    }
}

/// Lets the other tasks go until this has come.
pub(crate) async fn until(come: impl Fn() -> bool) {
    let patience = Patience::default();
    while !come() {
        patience.check();
        tokio::task::yield_now().await;
    }
}
