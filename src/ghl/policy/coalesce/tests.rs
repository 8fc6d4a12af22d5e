use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tokio::task::yield_now;

use crate::ghl::policy::coalesce::{Abandoned, Coalescer, lock};

/// Work that ends when the gate opens, and counts its beginning and its end.
#[derive(Clone)]
struct Work {
    gate: Arc<Semaphore>,
    begun: Arc<AtomicU32>,
    ended: Arc<AtomicU32>,
}

impl Work {
    fn new() -> Self {
        Self { gate: Arc::new(Semaphore::new(0)), begun: Arc::default(), ended: Arc::default() }
    }

    /// The answer is the number of works that began before.
    fn run(&self) -> impl Future<Output = u32> + Send + use<> {
        let Self { gate, begun, ended } = self.clone();
        async move {
            let number = begun.fetch_add(1, Ordering::Relaxed);
            let _open = gate.acquire().await;
            ended.fetch_add(1, Ordering::Relaxed);
            number
        }
    }

    fn counts(&self) -> (u32, u32) {
        (self.begun.load(Ordering::Relaxed), self.ended.load(Ordering::Relaxed))
    }
}

fn under_way<V>(coalescer: &Coalescer<u8, V>) -> usize {
    lock(&coalescer.flights).by_key.len()
}

#[tokio::test]
async fn callers_share_work_under_way_and_nothing_is_kept_of_it() {
    let (coalescer, work) = (Coalescer::new(Abandoned::Stop), Work::new());
    let [first, second] = [0, 0].map(|key| coalescer.join(key, || work.run()));
    let other = coalescer.join(1, || work.run());
    assert_eq!(under_way(&coalescer), 2);
    work.gate.add_permits(1);
    assert_eq!((first.await, second.await, other.await), (Some(0), Some(0), Some(1)));
    assert_eq!((work.counts(), under_way(&coalescer)), ((2, 2), 0));
    // The next caller asks anew.
    assert_eq!(coalescer.join(0, || work.run()).await, Some(2));
    assert_eq!(under_way(&coalescer), 0);
}

#[tokio::test]
async fn work_goes_on_until_the_last_caller_goes_away() {
    let (coalescer, work) = (Coalescer::new(Abandoned::Stop), Work::new());
    let mut callers: Vec<_> = (0..3).map(|_| coalescer.join(0, || work.run())).collect();
    assert!(callers.iter_mut().all(|caller| caller.now_or_never().is_none()));
    drop(callers.remove(0));
    assert_eq!(under_way(&coalescer), 1);
    drop(callers);
    assert_eq!((work.counts(), under_way(&coalescer)), ((1, 0), 0));
    work.gate.add_permits(1);
    assert_eq!(coalescer.join(0, || work.run()).await, Some(1));
}

#[tokio::test]
async fn a_caller_that_waits_is_woken_although_another_one_carried_the_work() {
    let (coalescer, work) = (Coalescer::new(Abandoned::Stop), Work::new());
    let first = tokio::spawn(coalescer.join(0, || work.run()));
    yield_now().await;
    let second = tokio::spawn(coalescer.join(0, || work.run()));
    yield_now().await;
    first.abort();
    yield_now().await;
    work.gate.add_permits(1);
    assert_eq!(second.await.unwrap(), Some(0));
    assert_eq!(work.counts(), (1, 1));
}

#[tokio::test]
async fn work_that_must_not_be_lost_is_finished_without_a_caller() {
    let (coalescer, work) = (Coalescer::new(Abandoned::Finish), Work::new());
    drop(coalescer.join(0, || work.run()));
    yield_now().await;
    assert_eq!((work.counts(), under_way(&coalescer)), ((1, 0), 1));
    work.gate.add_permits(1);
    coalescer.settled().await;
    assert_eq!((work.counts(), under_way(&coalescer)), ((1, 1), 0));
}

#[tokio::test]
async fn no_caller_joins_work_that_began_before_a_write_ended() {
    let (coalescer, work) = (Coalescer::new(Abandoned::Stop), Work::new());
    let mut before = coalescer.join(0, || work.run());
    assert!((&mut before).now_or_never().is_none());
    let write = coalescer.write_under_way();
    let mut during = coalescer.join(0, || work.run());
    assert!((&mut during).now_or_never().is_none());
    drop(write);
    let mut after = coalescer.join(0, || work.run());
    assert!((&mut after).now_or_never().is_none());
    // The older works end first, and leave the place of the newest one alone.
    work.gate.add_permits(1);
    assert_eq!((before.await, during.await, under_way(&coalescer)), (Some(0), Some(1), 1));
    assert_eq!((after.await, under_way(&coalescer)), (Some(2), 0));
}

#[tokio::test]
async fn work_that_panics_answers_all_who_wait_and_leaves_nothing() {
    let coalescer = Coalescer::<u8, u8>::new(Abandoned::Stop);
    let broken = || async { panic!("for this test") };
    let [first, second] = [0, 0].map(|key| coalescer.join(key, broken));
    assert_eq!((first.await, second.await, under_way(&coalescer)), (None, None, 0));
    assert_eq!(coalescer.join(0, || async { 7 }).await, Some(7));
}
