//! A clock that jumps: a task that sleeps wakes at once, and the time has advanced.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ghl_contacts_mcp::{ghl, sandbox};
use tokio::sync::watch;

/// One clock for the server and the CRM.
#[derive(Debug)]
pub struct VirtualClock {
    passed: watch::Sender<Duration>,
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self { passed: watch::Sender::new(Duration::ZERO) }
    }
}

impl VirtualClock {
    /// Advances the clock. It stands at 2026-06-01T09:00:00Z until this, or until a task sleeps.
    pub fn advance(&self, by: Duration) {
        let target = *self.passed.borrow() + by;
        self.reach(target);
    }

    pub fn passed(&self) -> Duration {
        *self.passed.borrow()
    }

    /// Simultaneous sleeps overlap: the clock advances to the end of the longest.
    fn reach(&self, target: Duration) {
        self.passed.send_if_modified(|passed| {
            let later = target > *passed;
            *passed = target.max(*passed);
            later
        });
    }

    fn at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_780_304_400) + self.passed()
    }
}

impl ghl::Clock for VirtualClock {
    fn now(&self) -> Duration {
        self.passed()
    }

    fn wall(&self) -> SystemTime {
        self.at()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.advance(time);
        tokio::task::yield_now().boxed()
    }

    fn alarm(&self, time: Duration) -> BoxFuture<'static, ()> {
        let target = self.passed() + time;
        let mut passed = self.passed.subscribe();
        async move {
            if passed.wait_for(|passed| *passed >= target).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
        .boxed()
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

impl sandbox::Clock for VirtualClock {
    fn now(&self) -> SystemTime {
        self.at()
    }
}
