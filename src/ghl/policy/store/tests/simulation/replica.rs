//! One process of the fleet: its connection to the store, and a limiter for each location that it serves.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::ghl::model::{Clock, Observer};
use crate::ghl::policy::rate_limit::RateLimiter;
use crate::ghl::policy::store::tests::simulation::clock::VirtualClock;
use crate::ghl::policy::store::tests::simulation::results::Commands;
use crate::ghl::policy::store::{MemoryStore, SharedQuota, Store, StoreKey};

/// A limiter that was not used for so long is dropped: all that it remembers is over.
const IDLE: Duration = Duration::from_secs(600);
/// A command to the store takes up to this, and its answer the same.
const LATENCY: Duration = Duration::from_millis(2);

/// One process.
#[derive(Debug)]
pub(crate) struct Replica {
    pub(crate) store: Store,
    pub(crate) clock: VirtualClock,
    connection: MemoryStore,
    /// When each limiter was used last.
    limiters: Mutex<HashMap<u32, (Arc<RateLimiter>, Duration)>>,
    calls: AtomicU64,
    /// The process is killed.
    pub(crate) end: CancellationToken,
}

impl Replica {
    pub(crate) fn new(
        memory: &MemoryStore,
        key: &StoreKey,
        clock: &VirtualClock,
        commands: &Arc<Commands>,
    ) -> Arc<Self> {
        let connection = memory.over_a_network(LATENCY);
        let shared = Arc::new(clock.clone()) as Arc<dyn Clock>;
        let observer = Arc::clone(commands) as Arc<dyn Observer>;
        let store = Store::in_memory(&connection, key.clone(), shared, observer);
        let replica = Arc::new(Self {
            store,
            clock: clock.clone(),
            connection,
            limiters: Mutex::default(),
            calls: AtomicU64::default(),
            end: CancellationToken::new(),
        });
        tokio::spawn(replica.end.clone().run_until_cancelled_owned(Arc::clone(&replica).forget_idle()));
        replica
    }

    /// It ends without a word to the others. What it has sent is under way.
    pub(crate) fn kill(&self) {
        self.connection.cut();
        self.end.cancel();
    }

    pub(crate) fn limiter(&self, location: u32) -> Arc<RateLimiter> {
        let mut limiters = self.limiters.lock().unwrap();
        let new = || {
            let quota = SharedQuota::new(self.store.clone(), &format!("location {location}"));
            (Arc::new(RateLimiter::shared(quota)), Duration::ZERO)
        };
        let (limiter, used) = limiters.entry(location).or_insert_with(new);
        *used = self.clock.now();
        Arc::clone(limiter)
    }

    /// A number of its own for each call.
    pub(crate) fn next_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed)
    }

    async fn forget_idle(self: Arc<Self>) {
        loop {
            self.clock.sleep(IDLE).await;
            let now = self.clock.now();
            let mut limiters = self.limiters.lock().unwrap();
            limiters.retain(|_, (limiter, used)| now < *used + IDLE || Arc::strong_count(limiter) > 1);
        }
    }
}
