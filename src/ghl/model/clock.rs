//! Time and randomness, injected everywhere. Tests use a clock that jumps instead of waiting.
#![expect(clippy::disallowed_methods, reason = "this file is the clock")]

use std::fmt::Debug;
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::BoxFuture;

/// Time, waiting and jitter.
pub trait Clock: Debug + Send + Sync {
    /// Monotonic time since some fixed origin.
    fn now(&self) -> Duration;
    /// Calendar time, for dates in headers and logs.
    fn wall(&self) -> SystemTime;
    /// Resolves once `time` has passed.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
    /// Resolves once `time` has passed while something else is awaited: a deadline. A test's clock jumps for
    /// a sleep and does not jump for an alarm.
    fn alarm(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.sleep(time)
    }
    /// A number in `0.0..1.0` for jitter.
    fn jitter(&self) -> f64;
}

/// The machine's own clock.
#[derive(Debug, Clone)]
pub struct SystemClock {
    origin: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { origin: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn jitter(&self) -> f64 {
        fastrand::f64()
    }
}
