//! Limits how many calls run and wait at once. rmcp starts every request that comes: without a limit, a flood of them
//! would open as many connections and hold as much memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::ghl::{RunLimit, RunPermit};

/// Calls that run at once.
const RUNNING: usize = 64;
/// Calls that wait for one of them to end.
const WAITING: usize = 256;
/// Calls that have begun and wait for what another call holds, such as the lock of an e-mail. They do not count as running.
const PAUSED: usize = RUNNING + WAITING;
/// The longest wait for a permit: with the call's own deadline it must stay below the time that hosts wait for an answer.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);

/// Limits the calls of all catalogues that share it.
#[derive(Debug)]
pub struct CallLimiter {
    running: RunLimit,
    waiting: AtomicUsize,
}

impl Default for CallLimiter {
    fn default() -> Self {
        Self { running: RunLimit::new(RUNNING, PAUSED), waiting: AtomicUsize::new(0) }
    }
}

/// Too many calls wait already, or the wait took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Saturated;

/// One waiting call; it is counted until it is dropped, also if its caller goes away.
struct Waiter<'a>(&'a AtomicUsize);

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl CallLimiter {
    /// Waits for a permit, first come first served.
    ///
    /// # Errors
    ///
    /// [`Saturated`]: at once if too many calls wait already, or after [`QUEUE_TIMEOUT`].
    #[expect(clippy::disallowed_methods, reason = "the wait for a permit has a timeout")]
    pub(crate) async fn admit(&self) -> Result<RunPermit, Saturated> {
        if let Some(permit) = self.running.try_acquire() {
            return Ok(permit);
        }
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= WAITING {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            return Err(Saturated);
        }
        let _waiter = Waiter(&self.waiting);
        tokio::time::timeout(QUEUE_TIMEOUT, self.running.acquire()).await.map_err(|_| Saturated)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use crate::tool::limiter::{CallLimiter, RUNNING, Saturated, WAITING};

    #[tokio::test]
    async fn a_call_over_both_limits_is_refused_at_once() {
        let limiter = CallLimiter::default();
        let mut running: Vec<_> =
            (0..RUNNING).map(|_| limiter.admit().now_or_never().unwrap().unwrap()).collect();
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(limiter.admit())).collect();
        for one in &mut waiting {
            assert!(one.as_mut().now_or_never().is_none());
        }
        assert_eq!(limiter.admit().now_or_never().unwrap().unwrap_err(), Saturated);
        // One waiting call is dropped and one running call ends: the next may run, and one more may wait.
        waiting.pop();
        running.pop();
        assert!(waiting[0].as_mut().now_or_never().is_some());
        assert!(limiter.admit().now_or_never().is_none());
    }
}
