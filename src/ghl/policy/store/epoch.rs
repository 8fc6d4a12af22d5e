//! Whether the store's state is whole. A store that starts anew, or another one after a failover, has another epoch: until
//! all that its predecessor may have known is over, the log of requests is not believed and no contact is created.

use std::time::Duration;

use crate::ghl::policy::store::replies::Hello;

/// A log is whole after this: HighLevel's window, and the margin.
pub(crate) const LOG_FILLS: Duration = Duration::from_millis(12_000);
/// The longest create that may be under way: a call's 35 s, and the time that an answer travels.
pub(crate) const LONGEST_CREATE: Duration = Duration::from_secs(40);
/// A look at the store is believed for this long.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How long a process that says nothing counts as one of those that share the quota.
pub(crate) const REPLICA_LIFE: Duration = Duration::from_secs(20);

/// The epoch, on this process's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Epoch {
    pub(crate) id: String,
    /// The run of the server that gave it.
    pub(crate) run: String,
    /// From when on the log is believed.
    pub(crate) log_from: Duration,
    /// From when on contacts are created.
    pub(crate) creates_from: Duration,
}

impl Epoch {
    /// By an answer that came at `now`.
    pub(crate) fn seen(hello: &Hello, now: Duration) -> Self {
        let from = |rest: Duration| now + rest.saturating_sub(hello.age);
        let (log_from, creates_from) = (from(LOG_FILLS), from(LONGEST_CREATE));
        Self { id: hello.epoch.clone(), run: hello.run.clone(), log_from, creates_from }
    }
}

/// How many processes share the quota. After a loss they report one by one: the earlier number holds until all had the time.
pub(crate) fn replicas(before: Option<usize>, hello: &Hello) -> usize {
    let now = hello.replicas.max(1);
    if hello.age < REPLICA_LIFE { now.max(before.unwrap_or(1)) } else { now }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(age: u64, replicas: usize) -> Hello {
        Hello { epoch: "e".to_owned(), age: Duration::from_secs(age), replicas, run: "r".to_owned() }
    }

    #[test]
    fn creates_rest_longer_than_the_log_fills_and_an_old_store_is_believed_at_once() {
        let now = Duration::from_secs(100);
        let young = Epoch::seen(&hello(2, 1), now);
        assert_eq!(
            (young.log_from, young.creates_from),
            (Duration::from_secs(110), Duration::from_secs(138))
        );
        let old = Epoch::seen(&hello(1_000, 1), now);
        assert_eq!((old.log_from, old.creates_from), (now, now));
    }

    #[test]
    fn after_a_loss_the_earlier_number_of_replicas_holds() {
        assert_eq!(replicas(None, &hello(0, 1)), 1);
        assert_eq!(replicas(Some(4), &hello(1, 1)), 4);
        assert_eq!(replicas(Some(4), &hello(19, 6)), 6);
        assert_eq!(replicas(Some(4), &hello(20, 3)), 3);
    }
}
