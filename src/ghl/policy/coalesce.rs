//! One piece of work for all who ask for the same at once.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared, join_all};

/// What becomes of work under way when the last caller that waits for it goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abandoned {
    /// It is dropped: only the callers wanted its answer.
    Stop,
    /// It goes on in a task of its own, and later callers may join it: its answer must not be lost.
    Finish,
}

/// The work that is under way, by key. Nothing is kept of work that has ended.
pub(crate) struct Coalescer<K, V> {
    flights: Flights<K, V>,
    abandoned: Abandoned,
}

type Flights<K, V> = Arc<Mutex<UnderWay<K, V>>>;

/// The answer of one piece of work; none where it panicked.
type Answer<V> = BoxFuture<'static, Option<V>>;

/// Each piece of work has a number of its own. Only those who wait for it hold it.
struct UnderWay<K, V> {
    by_key: HashMap<K, (u64, WeakShared<Answer<V>>)>,
    last: u64,
}

impl<K: Hash + Eq + Clone + Send + 'static, V: Clone + Send + Sync + 'static> Coalescer<K, V> {
    /// Nothing is under way.
    pub(crate) fn new(abandoned: Abandoned) -> Self {
        Self { flights: Arc::new(Mutex::new(UnderWay { by_key: HashMap::new(), last: 0 })), abandoned }
    }

    /// The answer of the work for `key` that is under way; else of `work`. The callers that wait for it carry it on, so the first
    /// caller's going away does not take the answer from the others. `None` where the work panicked.
    pub(crate) fn join<F: Future<Output = V> + Send + 'static>(
        &self,
        key: K,
        work: impl FnOnce() -> F,
    ) -> Shared<Answer<V>> {
        let mut flights = lock(&self.flights);
        if let Some(answer) = flights.by_key.get(&key).and_then(|(_, answer)| answer.upgrade()) {
            return answer;
        }
        flights.last += 1;
        let number = flights.last;
        let entry = Entry { flights: Arc::clone(&self.flights), key: key.clone(), number };
        let work = AssertUnwindSafe(work()).catch_unwind();
        let answer = async move {
            let _entry = entry;
            work.await.ok()
        };
        let answer = answer.boxed().shared();
        flights.by_key.extend(answer.downgrade().map(|weak| (key, (number, weak))));
        drop(flights);
        if self.abandoned == Abandoned::Finish {
            // In a box: one kind of task for all kinds of answers, not one for each.
            tokio::spawn(answer.clone().map(drop).boxed());
        }
        answer
    }

    /// The answer of the work for `key` that is under way, if there is any.
    pub(crate) fn under_way(&self, key: &K) -> Option<Shared<Answer<V>>> {
        lock(&self.flights).by_key.get(key).and_then(|(_, answer)| answer.upgrade())
    }

    /// Something is written that the answers depend on: from now on until the guard is dropped, no caller joins work that
    /// began before. It goes on for those who wait for it.
    pub(crate) fn write_under_way(&self) -> WriteUnderWay<'_, K, V> {
        self.forget();
        WriteUnderWay { coalescer: self }
    }

    /// Waits until all work that is under way now has ended.
    pub(crate) async fn settled(&self) {
        let flights: Vec<_> =
            lock(&self.flights).by_key.values().filter_map(|(_, answer)| answer.upgrade()).collect();
        join_all(flights).await;
    }
}

impl<K, V> Coalescer<K, V> {
    fn forget(&self) {
        lock(&self.flights).by_key.clear();
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

/// The place of one piece of work among those under way: given up when the work ends, however it ends.
struct Entry<K: Hash + Eq, V> {
    flights: Flights<K, V>,
    key: K,
    number: u64,
}

impl<K: Hash + Eq, V> Drop for Entry<K, V> {
    fn drop(&mut self) {
        let mut flights = lock(&self.flights);
        // Other work may stand under the key by now.
        if flights.by_key.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            flights.by_key.remove(&self.key);
        }
    }
}

fn lock<K, V>(flights: &Flights<K, V>) -> MutexGuard<'_, UnderWay<K, V>> {
    flights.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K, V> fmt::Debug for Coalescer<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coalescer")
            .field("under_way", &lock(&self.flights).by_key.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
