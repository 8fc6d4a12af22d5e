//! The permit of one call to run, of a bounded number. A call gives it back while it waits for what another call holds.
//!
//! The order of waiting: a call that waits for a lock holds no permit, and a call that holds its permit waits for no
//! lock. So a call that waits for a permit waits for calls that run, and these end.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many calls run at once, and how many may wait without a permit.
#[derive(Debug, Clone)]
pub struct RunLimit {
    running: Arc<Semaphore>,
    paused: Arc<Semaphore>,
}

impl RunLimit {
    /// At most `running` calls run at once; at most `paused` have given their permits back to wait for another call.
    #[must_use]
    pub fn new(running: usize, paused: usize) -> Self {
        Self { running: Arc::new(Semaphore::new(running)), paused: Arc::new(Semaphore::new(paused)) }
    }

    /// A permit, if one is free now.
    #[must_use]
    pub fn try_acquire(&self) -> Option<RunPermit> {
        Arc::clone(&self.running).try_acquire_owned().ok().map(|permit| self.permit(Some(permit)))
    }

    /// Waits for a permit, first come first served.
    pub async fn acquire(&self) -> RunPermit {
        // The semaphore is never closed.
        self.permit(Arc::clone(&self.running).acquire_owned().await.ok())
    }

    fn permit(&self, held: Option<OwnedSemaphorePermit>) -> RunPermit {
        RunPermit { limit: self.clone(), held: Mutex::new(held) }
    }
}

/// The permit of one call to run. Dropping it lets the next call run.
#[derive(Debug)]
pub struct RunPermit {
    limit: RunLimit,
    held: Mutex<Option<OwnedSemaphorePermit>>,
}

impl RunPermit {
    /// What `work` gives. If it does not end at once, the permit is given back meanwhile, and is held again when this
    /// returns. `None` where as many calls wait so as may: nothing was waited for then.
    pub(crate) async fn given_back_during<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        if let Poll::Ready(done) = poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await {
            return Some(done);
        }
        let _paused = self.limit.paused.try_acquire().ok()?;
        self.hold(None);
        let done = work.await;
        self.hold(Arc::clone(&self.limit.running).acquire_owned().await.ok());
        Some(done)
    }

    fn hold(&self, permit: Option<OwnedSemaphorePermit>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = permit;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn a_permit_is_given_back_while_its_call_waits_and_taken_again_after() {
        let limit = RunLimit::new(1, 1);
        let permit = limit.try_acquire().unwrap();
        assert!(limit.try_acquire().is_none());
        let (sender, receiver) = oneshot::channel();
        let mut waiting = Box::pin(permit.given_back_during(receiver));
        assert!(waiting.as_mut().now_or_never().is_none());
        let other = limit.try_acquire().expect("the permit was given back");
        sender.send(7).unwrap();
        assert!(waiting.as_mut().now_or_never().is_none(), "it waits for a permit");
        drop(other);
        assert_eq!(waiting.as_mut().now_or_never().unwrap().unwrap(), Ok(7));
        assert!(limit.try_acquire().is_none());
    }

    #[test]
    fn a_call_that_need_not_wait_keeps_its_permit() {
        let limit = RunLimit::new(1, 0);
        let permit = limit.try_acquire().unwrap();
        assert_eq!(permit.given_back_during(async { 7 }).now_or_never().unwrap(), Some(7));
        assert!(limit.try_acquire().is_none());
    }

    #[test]
    fn the_calls_that_wait_are_bounded_and_a_cancelled_one_leaves() {
        let limit = RunLimit::new(2, 1);
        let (first, second) = (limit.try_acquire().unwrap(), limit.try_acquire().unwrap());
        let mut waiting = Box::pin(first.given_back_during(std::future::pending::<()>()));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert_eq!(second.given_back_during(std::future::pending::<()>()).now_or_never(), Some(None));
        drop(waiting);
        assert_eq!(second.given_back_during(std::future::pending::<()>()).now_or_never(), None);
    }
}
