//! An end to every wait: what never comes fails its test instead of holding up all of them.
#![expect(clippy::disallowed_methods, reason = "the clock of the tests stands still; this one ends a wait")]

use std::time::{Duration, Instant};

/// In real time. Far more than a disk takes for the little that is written here.
const LONGEST: Duration = Duration::from_secs(10);

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
        assert!(self.0.elapsed() < LONGEST, "what was waited for never came");
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
