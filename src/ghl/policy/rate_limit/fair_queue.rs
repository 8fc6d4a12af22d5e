//! Who is served next: one caller at a time, and the callers by fairness key in rotation, so that one call that sends much
//! does not keep out the others.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The callers that wait, by fairness key.
#[derive(Debug, Default)]
pub(crate) struct FairQueue {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: bool,
    /// In the order in which the keys are served; a key that was served goes to the end.
    keys: VecDeque<(u64, VecDeque<oneshot::Sender<()>>)>,
}

impl State {
    fn wait(&mut self, key: u64) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        match self.keys.iter_mut().find(|(name, _)| *name == key) {
            Some((_, waiting)) => waiting.push_back(sender),
            None => self.keys.push_back((key, VecDeque::from([sender]))),
        }
        receiver
    }

    /// Serves the next caller that is still there.
    fn pass(&mut self) {
        while let Some((key, mut waiting)) = self.keys.pop_front() {
            let woken = std::iter::from_fn(|| waiting.pop_front()).any(|next| next.send(()).is_ok());
            if !waiting.is_empty() {
                self.keys.push_back((key, waiting));
            }
            if woken {
                return;
            }
        }
        self.taken = false;
    }
}

/// The right to be served. Dropped, it passes to the next caller.
#[derive(Debug)]
pub(crate) struct First<'a> {
    queue: &'a FairQueue,
}

impl Drop for First<'_> {
    fn drop(&mut self) {
        self.queue.state().pass();
    }
}

impl FairQueue {
    /// Waits until this caller is served.
    pub(crate) async fn first(&self, key: u64) -> First<'_> {
        let waiting = {
            let mut state = self.state();
            if state.taken {
                Some(state.wait(key))
            } else {
                state.taken = true;
                None
            }
        };
        if let Some(mut waiting) = waiting {
            // A waiter that is dropped just as it is served must still pass that on.
            let mut pending = Pending { queue: self, waiting: Some(&mut waiting) };
            pending.served().await;
        }
        First { queue: self }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Pending<'a> {
    queue: &'a FairQueue,
    waiting: Option<&'a mut oneshot::Receiver<()>>,
}

impl Pending<'_> {
    async fn served(&mut self) {
        if let Some(waiting) = self.waiting.as_mut() {
            // The sender is dropped only by sending: the queue outlives every waiter.
            let _ = waiting.await;
        }
        self.waiting = None;
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if let Some(waiting) = self.waiting.as_mut() {
            waiting.close();
            if waiting.try_recv().is_ok() {
                self.queue.state().pass();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_key_with_many_callers_does_not_keep_out_another() {
        let queue = FairQueue::default();
        let mut first = Box::pin(queue.first(1));
        let held = first.as_mut().now_or_never().unwrap();
        let mut many: Vec<_> = (0..3).map(|_| Box::pin(queue.first(1))).collect();
        for one in &mut many {
            assert!(one.as_mut().now_or_never().is_none());
        }
        let mut other = Box::pin(queue.first(2));
        assert!(other.as_mut().now_or_never().is_none());
        drop(held);
        let second = many[0].as_mut().now_or_never().unwrap();
        drop(second);
        assert!(many[1].as_mut().now_or_never().is_none());
        assert!(other.as_mut().now_or_never().is_some());
    }

    #[test]
    fn a_caller_that_went_away_is_passed_over() {
        let queue = FairQueue::default();
        let held = queue.first(1).now_or_never().unwrap();
        let mut gone = Box::pin(queue.first(1));
        assert!(gone.as_mut().now_or_never().is_none());
        let mut next = Box::pin(queue.first(1));
        assert!(next.as_mut().now_or_never().is_none());
        drop(held);
        // It is served and has gone away.
        drop(gone);
        assert!(next.as_mut().now_or_never().is_some());
        assert!(queue.first(3).now_or_never().is_some());
    }
}
