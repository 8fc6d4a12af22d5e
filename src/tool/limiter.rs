//! How many calls run and wait at once. rmcp starts every request that comes; without this gate a flood of them would
//! open as many connections and hold as much memory.
#![expect(clippy::disallowed_methods, reason = "the wait for a place is timed here")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

/// Calls that work at once.
const RUNNING: usize = 64;
/// Calls that wait for one of them to end.
const WAITING: usize = 256;
/// The longest wait for a place: with the call's own deadline it must stay below what hosts wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The gate; everybody who shares it shares its numbers.
#[derive(Debug)]
pub struct Gate {
    running: Semaphore,
    waiting: AtomicUsize,
}

impl Default for Gate {
    fn default() -> Self {
        Self { running: Semaphore::new(RUNNING), waiting: AtomicUsize::new(0) }
    }
}

/// Too many wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tool) struct Full;

/// Counts one that waits, until it is dropped: also where the caller goes away.
struct Waiter<'a>(&'a AtomicUsize);

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Gate {
    /// Waits for a place, first come first served.
    ///
    /// # Errors
    /// At once where too many wait already.
    pub(in crate::tool) async fn enter(&self) -> Result<Option<SemaphorePermit<'_>>, Full> {
        if let Ok(permit) = self.running.try_acquire() {
            return Ok(Some(permit));
        }
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= WAITING {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            return Err(Full);
        }
        let _waiter = Waiter(&self.waiting);
        // The semaphore is never closed.
        let place = tokio::time::timeout(PATIENCE, self.running.acquire()).await.map_err(|_| Full)?;
        Ok(place.ok())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use crate::tool::limiter::{Full, Gate, RUNNING, WAITING};

    #[tokio::test]
    async fn so_many_run_so_many_wait_and_the_next_is_told_at_once() {
        let gate = Gate::default();
        let mut running: Vec<_> =
            (0..RUNNING).map(|_| gate.enter().now_or_never().unwrap().unwrap()).collect();
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(gate.enter())).collect();
        for one in &mut waiting {
            assert!(one.as_mut().now_or_never().is_none());
        }
        assert_eq!(gate.enter().now_or_never().unwrap().unwrap_err(), Full);
        // One goes away while it waits, and one that ran ends: two places are free again, one to wait and one to run.
        waiting.pop();
        running.pop();
        assert!(waiting[0].as_mut().now_or_never().is_some());
        assert!(gate.enter().now_or_never().is_none());
    }
}
