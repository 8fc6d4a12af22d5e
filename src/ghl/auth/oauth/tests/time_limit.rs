//! A time limit for every wait: a wait without end fails its test instead of blocking all of them.
#![expect(
    clippy::disallowed_methods,
    reason = "the clock of the tests stands still; a wait ends in real time"
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// In real time. Far more than a disk needs for these small writes.
const LONGEST: Duration = Duration::from_secs(10);
/// After a wait that timed out: what broke one test most likely broke the next.
const SHORTER: Duration = Duration::from_secs(1);

static TIMED_OUT: AtomicBool = AtomicBool::new(false);

/// Runs from when it is made.
#[derive(Debug)]
pub(crate) struct TimeLimit(Instant);

impl Default for TimeLimit {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl TimeLimit {
    pub(crate) fn check(&self) {
        let longest = if TIMED_OUT.load(Ordering::Relaxed) { SHORTER } else { LONGEST };
        if self.0.elapsed() > longest {
            TIMED_OUT.store(true, Ordering::Relaxed);
            panic!("the wait timed out");
        }
    }
}

/// Lets the other tasks run until this is true.
pub(crate) async fn until(come: impl Fn() -> bool) {
    let limit = TimeLimit::default();
    while !come() {
        limit.check();
        tokio::task::yield_now().await;
    }
}
