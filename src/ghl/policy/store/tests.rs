//! What needs several processes at once.

mod simulation;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::ghl::model::{Caller, Clock, Context, Kind, NoopObserver, SystemClock};
use crate::ghl::policy::rate_limit::{DEFAULT_MAX, RateLimiter};
use crate::ghl::policy::store::names::LockNames;
use crate::ghl::policy::store::replies::Locked;
use crate::ghl::policy::store::tests::simulation::VirtualClock;
use crate::ghl::policy::store::{MemoryStore, SharedQuota, Store, StoreKey};

/// The key of all processes.
pub(crate) const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

#[test]
fn a_lock_that_reaches_the_store_after_a_loss_is_not_taken_in_the_epoch_from_before() {
    let memory = MemoryStore::new(Arc::new(SystemClock::default()));
    let names = LockNames::new("location", vec!["email".to_owned()]);
    let before = memory.hello("process", "before", None).unwrap();
    memory.lose();
    // The process has looked at the store, and its request for the locks was under way meanwhile.
    let lease = Duration::from_secs(10);
    let locked = memory.lock_all(&names, "holder", lease, &before.epoch, Some(&before.run)).unwrap();
    assert_eq!(locked, Locked::OtherEpoch(None));
    let after = memory.hello("process", "after", None).unwrap();
    let locked = memory.lock_all(&names, "holder", lease, &after.epoch, Some(&after.run)).unwrap();
    assert_eq!(locked, Locked::Held);
}

#[test]
fn a_request_that_waited_until_there_is_no_time_for_its_answer_does_not_leave() {
    let clock = VirtualClock::new(1);
    clock.runtime().block_on(async {
        let shared = Arc::new(clock.clone()) as Arc<dyn Clock>;
        let memory = MemoryStore::new(Arc::clone(&shared));
        let key = StoreKey::read(KEY).unwrap();
        let store = Store::in_memory(&memory, key, Arc::clone(&shared), Arc::new(NoopObserver));
        let limiter = RateLimiter::shared(SharedQuota::new(store, "location"));
        let call = |seconds, key| {
            let caller = Caller::from(CancellationToken::new());
            Context::new(Arc::clone(&shared), Duration::from_secs(seconds), caller, key)
        };
        for _ in 0..DEFAULT_MAX {
            limiter.acquire(&call(35, 0)).await.unwrap().settle(clock.now(), None, None);
        }
        // The window is full for 10.25 s. The second waits behind the first, and then has less than a second.
        let (first, second) = (call(35, 1), call(11, 2));
        let (first, second) = tokio::join!(limiter.acquire(&first), limiter.acquire(&second));
        assert!(first.is_ok());
        assert_eq!(second.map(drop).unwrap_err().kind(), &Kind::OutOfTime);
    });
}
