//! Whose turn it is: one at a time, and lane by lane, so that a caller who asks for much does not keep out the others.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Those who wait, in lanes.
#[derive(Debug, Default)]
pub(in crate::ghl) struct Queue {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: bool,
    /// In the order in which the lanes are served; a lane that was served goes to the end.
    lanes: VecDeque<(u64, VecDeque<oneshot::Sender<()>>)>,
}

impl State {
    fn wait(&mut self, lane: u64) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        match self.lanes.iter_mut().find(|(name, _)| *name == lane) {
            Some((_, waiting)) => waiting.push_back(sender),
            None => self.lanes.push_back((lane, VecDeque::from([sender]))),
        }
        receiver
    }

    /// Hands the turn to the next who is still there.
    fn pass(&mut self) {
        while let Some((lane, mut waiting)) = self.lanes.pop_front() {
            let woken = std::iter::from_fn(|| waiting.pop_front()).any(|next| next.send(()).is_ok());
            if !waiting.is_empty() {
                self.lanes.push_back((lane, waiting));
            }
            if woken {
                return;
            }
        }
        self.taken = false;
    }
}

/// The turn; passed on when it is dropped.
#[derive(Debug)]
pub(in crate::ghl) struct Turn<'a> {
    queue: &'a Queue,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.queue.state().pass();
    }
}

impl Queue {
    /// Waits for the turn.
    pub(in crate::ghl) async fn turn(&self, lane: u64) -> Turn<'_> {
        let waiting = {
            let mut state = self.state();
            if state.taken {
                Some(state.wait(lane))
            } else {
                state.taken = true;
                None
            }
        };
        if let Some(mut waiting) = waiting {
            // A waiter that is dropped just as its turn comes must still pass it on.
            let mut turn = Pending { queue: self, waiting: Some(&mut waiting) };
            turn.come().await;
        }
        Turn { queue: self }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Pending<'a> {
    queue: &'a Queue,
    waiting: Option<&'a mut oneshot::Receiver<()>>,
}

impl Pending<'_> {
    async fn come(&mut self) {
        if let Some(waiting) = self.waiting.as_mut() {
            // The sender is dropped only by sending: the queue outlives every turn.
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
    fn a_lane_that_asks_for_much_does_not_keep_out_another() {
        let queue = Queue::default();
        let mut first = Box::pin(queue.turn(1));
        let held = first.as_mut().now_or_never().unwrap();
        let mut many: Vec<_> = (0..3).map(|_| Box::pin(queue.turn(1))).collect();
        for one in &mut many {
            assert!(one.as_mut().now_or_never().is_none());
        }
        let mut other = Box::pin(queue.turn(2));
        assert!(other.as_mut().now_or_never().is_none());
        drop(held);
        let second = many[0].as_mut().now_or_never().unwrap();
        drop(second);
        assert!(many[1].as_mut().now_or_never().is_none());
        assert!(other.as_mut().now_or_never().is_some());
    }

    #[test]
    fn who_goes_away_is_passed_over() {
        let queue = Queue::default();
        let held = queue.turn(1).now_or_never().unwrap();
        let mut gone = Box::pin(queue.turn(1));
        assert!(gone.as_mut().now_or_never().is_none());
        let mut next = Box::pin(queue.turn(1));
        assert!(next.as_mut().now_or_never().is_none());
        drop(held);
        // Its turn has come, and it does not take it.
        drop(gone);
        assert!(next.as_mut().now_or_never().is_some());
        assert!(queue.turn(3).now_or_never().is_some());
    }
}
