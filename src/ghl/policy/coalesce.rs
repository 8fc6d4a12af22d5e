//! One piece of work for all who ask for the same at once.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What becomes of work under way when the last caller that waits for it goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abandoned {
    /// It is dropped: only the callers wanted its answer.
    Stop,
    /// It goes on, and later callers may join it: its answer must not be lost.
    Finish,
}

/// Work under way, and answers that still serve, by key. Clones share them.
#[derive(Clone)]
pub(crate) struct Coalescer<K, V> {
    flights: Flights<K, V>,
    kept: Duration,
    abandoned: Abandoned,
}

type Flights<K, V> = Arc<Mutex<HashMap<K, Flight<V>>>>;

/// One piece of work, under way or done.
#[derive(Clone)]
struct Flight<V> {
    began: Duration,
    answer: watch::Receiver<Option<V>>,
    /// Fires when the last waiter goes away before there is an answer.
    stop: CancellationToken,
    waiting: Arc<AtomicUsize>,
}

impl<V> Flight<V> {
    /// Under way, and its task has not died; or answered, and kept for no longer than `kept`.
    fn serves(&self, now: Duration, kept: Duration) -> bool {
        match &*self.answer.borrow() {
            None => self.answer.has_changed().is_ok(),
            Some(_) => now.saturating_sub(self.began) < kept,
        }
    }
}

impl<K: Hash + Eq + Clone + Send + 'static, V: Clone + Send + Sync + 'static> Coalescer<K, V> {
    /// Answers serve for `kept` after their work began; zero keeps none.
    pub(crate) fn new(kept: Duration, abandoned: Abandoned) -> Self {
        Self { flights: Arc::default(), kept, abandoned }
    }

    /// The answer of the work for `key` that is under way, or is kept; else of `work`, which runs in a task of its own,
    /// so that the first caller's going away does not take the answer from the others. An answer is kept where `keeps`
    /// says so. `None` where the work's task died.
    pub(crate) async fn join<F: Future<Output = V> + Send + 'static>(
        &self,
        key: K,
        now: Duration,
        work: impl FnOnce() -> F,
        keeps: fn(&V) -> bool,
    ) -> Option<V> {
        let mut waiter = Waiter { coalescer: self, flight: self.flight(&key, now, work, keeps), key };
        let answer = waiter.flight.answer.wait_for(Option::is_some).await;
        answer.ok().and_then(|answer| (*answer).clone())
    }

    fn flight<F: Future<Output = V> + Send + 'static>(
        &self,
        key: &K,
        now: Duration,
        work: impl FnOnce() -> F,
        keeps: fn(&V) -> bool,
    ) -> Flight<V> {
        let mut flights = lock(&self.flights);
        flights.retain(|_, flight| flight.serves(now, self.kept));
        let flight = flights.entry(key.clone()).or_insert_with(|| {
            let (sender, answer) = watch::channel(None);
            let flight =
                Flight { began: now, answer, stop: CancellationToken::new(), waiting: Arc::default() };
            tokio::spawn(run(work(), sender, self.clone(), key.clone(), flight.clone(), keeps));
            flight
        });
        flight.waiting.fetch_add(1, Ordering::AcqRel);
        flight.clone()
    }

    /// Something is written that the answers depend on: they are forgotten now, and again when the guard is dropped.
    /// Work under way goes on for those who wait for it; no other caller joins it.
    pub(crate) fn write_under_way(&self) -> WriteUnderWay<'_, K, V> {
        self.forget();
        WriteUnderWay { coalescer: self }
    }

    /// Waits until all work that is under way now has ended.
    pub(crate) async fn settled(&self) {
        let flights: Vec<_> = lock(&self.flights).values().map(|flight| flight.answer.clone()).collect();
        for mut flight in flights {
            let _ = flight.wait_for(Option::is_some).await;
        }
    }
}

async fn run<K: Hash + Eq, V: Clone>(
    work: impl Future<Output = V>,
    sender: watch::Sender<Option<V>>,
    coalescer: Coalescer<K, V>,
    key: K,
    flight: Flight<V>,
    keeps: fn(&V) -> bool,
) {
    let Some(answer) = flight.stop.run_until_cancelled(work).await else { return };
    if coalescer.kept.is_zero() || !keeps(&answer) {
        coalescer.remove(&key, &flight);
    }
    sender.send_replace(Some(answer));
}

impl<K, V> Coalescer<K, V> {
    fn forget(&self) {
        lock(&self.flights).clear();
    }
}

/// See [`Coalescer::write_under_way`].
#[must_use = "dropped, it says that the write has ended"]
pub(crate) struct WriteUnderWay<'a, K, V> {
    coalescer: &'a Coalescer<K, V>,
}

impl<K, V> Drop for WriteUnderWay<'_, K, V> {
    fn drop(&mut self) {
        self.coalescer.forget();
    }
}

impl<K: Hash + Eq, V> Coalescer<K, V> {
    /// Takes the flight out, unless another one stands under its key by now.
    fn remove(&self, key: &K, flight: &Flight<V>) {
        let mut flights = lock(&self.flights);
        if flights.get(key).is_some_and(|other| Arc::ptr_eq(&other.waiting, &flight.waiting)) {
            flights.remove(key);
        }
    }
}

/// One caller that waits.
struct Waiter<'a, K: Hash + Eq, V> {
    coalescer: &'a Coalescer<K, V>,
    key: K,
    flight: Flight<V>,
}

impl<K: Hash + Eq, V> Drop for Waiter<'_, K, V> {
    fn drop(&mut self) {
        let last = self.flight.waiting.fetch_sub(1, Ordering::AcqRel) == 1;
        if last && self.coalescer.abandoned == Abandoned::Stop && self.flight.answer.borrow().is_none() {
            self.flight.stop.cancel();
            self.coalescer.remove(&self.key, &self.flight);
        }
    }
}

fn lock<K, V>(flights: &Flights<K, V>) -> MutexGuard<'_, HashMap<K, Flight<V>>> {
    flights.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K, V> fmt::Debug for Coalescer<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coalescer").field("under_way", &lock(&self.flights).len()).finish_non_exhaustive()
    }
}
