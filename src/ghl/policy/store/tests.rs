//! What needs several processes at once.

mod simulation;

use std::sync::Arc;
use std::time::Duration;

use crate::ghl::model::SystemClock;
use crate::ghl::policy::store::MemoryStore;
use crate::ghl::policy::store::names::LockNames;
use crate::ghl::policy::store::replies::Locked;

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
