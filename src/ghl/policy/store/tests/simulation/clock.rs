//! Virtual time: it stands still while anything can run, and then jumps to the next moment that is waited for.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::{Builder, Runtime};

use crate::ghl::model::Clock;

/// Clones are the same clock.
#[derive(Debug, Clone)]
pub(crate) struct VirtualClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// In nanoseconds.
    now: AtomicU64,
    timers: Mutex<BinaryHeap<Reverse<Entry>>>,
    entries: AtomicU64,
    random: Mutex<fastrand::Rng>,
}

/// A moment that is waited for. Those of the same time are served in the order in which they were asked for.
#[derive(Debug, Clone)]
struct Entry {
    at: (u64, u64),
    timer: Arc<Mutex<Timer>>,
}

#[derive(Debug)]
enum Timer {
    Waits(Waker),
    Fired,
    /// Not waited for any more.
    Dropped,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl VirtualClock {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Inner {
            now: AtomicU64::default(),
            timers: Mutex::default(),
            entries: AtomicU64::default(),
            random: Mutex::new(fastrand::Rng::with_seed(seed)),
        }))
    }

    /// A runtime on this thread whose time is this clock's.
    pub(crate) fn runtime(&self) -> Runtime {
        let clock = self.clone();
        Builder::new_current_thread().on_thread_park(move || clock.advance()).build().unwrap()
    }

    /// Jumps to the next moment that is still waited for.
    fn advance(&self) {
        loop {
            let Some(Reverse(next)) = self.0.timers.lock().unwrap().pop() else { return };
            let mut timer = next.timer.lock().unwrap();
            if let Timer::Waits(waker) = std::mem::replace(&mut *timer, Timer::Fired) {
                drop(timer);
                self.0.now.store(next.at.0, Ordering::Relaxed);
                return waker.wake();
            }
        }
    }

    /// What `work` draws by chance.
    pub(crate) fn draw<T>(&self, work: impl FnOnce(&mut fastrand::Rng) -> T) -> T {
        work(&mut self.0.random.lock().unwrap())
    }

    /// A time between these, by chance.
    pub(crate) fn between(&self, shortest: Duration, longest: Duration) -> Duration {
        shortest + longest.saturating_sub(shortest).mul_f64(self.jitter())
    }

    fn wait_until(&self, at: u64, sleep: &mut Option<Asleep>, cx: &Context<'_>) -> Poll<()> {
        if at <= self.0.now.load(Ordering::Relaxed) {
            return Poll::Ready(());
        }
        if let Some(Asleep(timer)) = sleep {
            let mut timer = timer.lock().unwrap();
            if matches!(&*timer, Timer::Waits(waker) if !waker.will_wake(cx.waker())) {
                *timer = Timer::Waits(cx.waker().clone());
            }
        } else {
            let timer = Arc::new(Mutex::new(Timer::Waits(cx.waker().clone())));
            let number = self.0.entries.fetch_add(1, Ordering::Relaxed);
            let entry = Entry { at: (at, number), timer: Arc::clone(&timer) };
            self.0.timers.lock().unwrap().push(Reverse(entry));
            *sleep = Some(Asleep(timer));
        }
        Poll::Pending
    }
}

struct Asleep(Arc<Mutex<Timer>>);

impl Drop for Asleep {
    fn drop(&mut self) {
        *self.0.lock().unwrap() = Timer::Dropped;
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.now.load(Ordering::Relaxed))
    }

    fn wall(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_780_304_400) + self.now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let at = u64::try_from((self.now() + time).as_nanos()).unwrap();
        let (clock, mut asleep) = (self.clone(), None);
        poll_fn(move |cx| clock.wait_until(at, &mut asleep, cx)).boxed()
    }

    fn jitter(&self) -> f64 {
        self.draw(fastrand::Rng::f64)
    }
}
