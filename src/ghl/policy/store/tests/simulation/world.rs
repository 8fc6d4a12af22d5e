//! The fleet, its store and HighLevel.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::ghl::model::Clock;
use crate::ghl::policy::store::tests::KEY;
use crate::ghl::policy::store::tests::simulation::call::{Asked, Call};
use crate::ghl::policy::store::tests::simulation::clock::VirtualClock;
use crate::ghl::policy::store::tests::simulation::highlevel::HighLevel;
use crate::ghl::policy::store::tests::simulation::replica::Replica;
use crate::ghl::policy::store::tests::simulation::results::{Commands, Failover, Results, Sort};
use crate::ghl::policy::store::{MemoryStore, StoreKey};

/// A store that is away is away for so long.
const AWAY: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));
/// Who asked for a contact and got none asks again, so often and after such a time.
const ASKS: u32 = 4;
const ASKS_AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(20));
/// A process that was killed is replaced within this.
const REPLACED_WITHIN: Duration = Duration::from_secs(20);

/// How much is simulated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) replicas: usize,
    pub(crate) locations: u32,
    pub(crate) time: Duration,
    pub(crate) failovers: u32,
    /// Processes that are killed, without those that are killed in a failover.
    pub(crate) kills: u32,
    /// Lists of some hundred calls.
    pub(crate) lists: u32,
    /// One create in so many takes effect late.
    pub(crate) one_late_in: u32,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) size: Size,
    pub(crate) clock: VirtualClock,
    pub(crate) highlevel: HighLevel,
    pub(crate) results: Mutex<Results>,
    pub(crate) commands: Arc<Commands>,
    memory: MemoryStore,
    key: StoreKey,
    replicas: Mutex<Vec<Arc<Replica>>>,
}

impl World {
    /// To be called in the clock's runtime.
    pub(crate) fn new(size: Size, clock: VirtualClock) -> Arc<Self> {
        let memory = MemoryStore::new(Arc::new(clock.clone()));
        let key = StoreKey::read(KEY).expect("a key");
        let commands = Arc::default();
        let new = |_| Replica::new(&memory, &key, &clock, &commands);
        let replicas = (0..size.replicas).map(new).collect();
        Arc::new(Self {
            size,
            highlevel: HighLevel::new(clock.clone(), size.one_late_in),
            clock,
            results: Mutex::default(),
            commands,
            memory,
            key,
            replicas: Mutex::new(replicas),
        })
    }

    pub(crate) fn any_replica(&self) -> Arc<Replica> {
        let replicas = self.replicas.lock().unwrap();
        Arc::clone(self.clock.draw(|random| random.choice(replicas.iter()).unwrap()))
    }

    /// Carries out a call in this process, or in one that the balancer chooses. Whether it gave what was asked for.
    pub(crate) async fn call(
        &self,
        sort: Sort,
        replica: Option<Arc<Replica>>,
        location: u32,
        asked: &Asked,
    ) -> bool {
        let replica = replica.filter(|replica| !replica.end.is_cancelled());
        let replica = replica.unwrap_or_else(|| self.any_replica());
        let call = Call::new(Arc::clone(&replica), self.highlevel.clone(), location);
        let outcome = replica.end.run_until_cancelled(call.run(asked)).await;
        let mut results = self.results.lock().unwrap();
        match &outcome {
            Some(outcome) => results.add(sort, outcome),
            None => results.killed.1 += 1,
        }
        outcome.is_some_and(|outcome| outcome.result.is_ok())
    }

    /// Upserts a person, and does so again where it failed.
    pub(crate) async fn upsert(&self, location: u32, asked: Asked) {
        for _ in 0..ASKS {
            if self.call(Sort::Upsert, None, location, &asked).await {
                return;
            }
            self.clock.sleep(self.clock.between(ASKS_AGAIN.0, ASKS_AGAIN.1)).await;
        }
    }

    /// Kills one process, which is replaced after a while.
    async fn kill(&self) {
        let killed = self.any_replica();
        {
            let mut replicas = self.replicas.lock().unwrap();
            if replicas.len() == 1 {
                return;
            }
            replicas.retain(|replica| !Arc::ptr_eq(replica, &killed));
        }
        killed.kill();
        self.results.lock().unwrap().killed.0 += 1;
        self.clock.sleep(self.clock.between(Duration::ZERO, REPLACED_WITHIN)).await;
        let new = Replica::new(&self.memory, &self.key, &self.clock, &self.commands);
        self.replicas.lock().unwrap().push(new);
    }

    /// Kills processes, one after the other.
    pub(crate) async fn kills(self: Arc<Self>) {
        let pause = self.size.time / self.size.kills;
        for _ in 1..self.size.kills {
            self.clock.sleep(self.clock.between(Duration::ZERO, pause * 2)).await;
            let world = Arc::clone(&self);
            tokio::spawn(async move { world.kill().await });
        }
    }

    /// The store is away and loses its state, is away and keeps it, or loses it at once; in each of these a process is killed.
    pub(crate) async fn failovers(self: Arc<Self>) {
        let each = self.size.time / (self.size.failovers + 1);
        for number in 1..=self.size.failovers {
            let at = each * number + self.clock.between(Duration::ZERO, each / 4);
            self.clock.sleep(at.saturating_sub(self.clock.now())).await;
            let began = self.clock.now();
            let away = match number % 3 {
                0 => Duration::ZERO,
                _ => self.clock.between(AWAY.0, AWAY.1),
            };
            let lost = number % 3 != 1;
            self.results.lock().unwrap().failovers.push(Failover { began, ended: began + away, lost });
            self.memory.set_away(true);
            if lost {
                self.memory.lose();
            }
            let world = Arc::clone(&self);
            tokio::spawn(async move { world.kill().await });
            self.clock.sleep(away).await;
            self.memory.set_away(false);
        }
    }
}
