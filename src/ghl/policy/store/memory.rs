//! The store in the memory of this process, by the same rules as the scripts of Redis: for programs that embed several servers,
//! and for simulations in virtual time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ghl::model::Clock;
use crate::ghl::policy::store::epoch::REPLICA_LIFE;
use crate::ghl::policy::store::memory_locks::Locks;
use crate::ghl::policy::store::memory_quota::Group;
use crate::ghl::policy::store::names::{LockNames, QuotaNames};
use crate::ghl::policy::store::replies::{Declared, Fault, Hello, Locked, Reserved, Sealed, Told};

/// The age of an epoch before which there was nothing to lose.
const OLD: Duration = Duration::from_hours(24);

/// A store that several [`Store`](crate::ghl::Store)s of this process share. Clones are the same store.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
    /// How long a command and its answer travel at most.
    latency: Duration,
    cut: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct State {
    away: bool,
    /// The epoch, and since when; none for the first one of this store, before which there was nothing to lose.
    epoch: Option<(String, Option<Duration>)>,
    lost: bool,
    replicas: HashMap<String, Duration>,
    groups: HashMap<String, Group>,
    locks: Locks,
    tokens: HashMap<String, Sealed>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Arc::default(), latency: Duration::ZERO, cut: Arc::default() }
    }

    /// The same store over a connection of its own, on which a command takes up to `latency`, and its answer the same.
    #[must_use]
    pub fn over_a_network(&self, latency: Duration) -> Self {
        Self { latency, cut: Arc::default(), ..self.clone() }
    }

    /// Ends this connection for good. What has arrived is carried out.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::Release);
    }

    /// From now on it answers, or it does not.
    pub fn set_away(&self, away: bool) {
        self.lock().away = away;
    }

    /// It loses all that it holds, as a server that starts anew without its data.
    pub fn lose(&self) {
        let away = self.lock().away;
        *self.lock() = State { away, lost: true, ..State::default() };
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `work` gives, at this time of the store's clock.
    fn at<T>(&self, work: impl FnOnce(&mut State, Duration) -> T) -> Result<T, Fault> {
        let mut state = self.lock();
        if state.away {
            return Err(Fault::Unreachable);
        }
        Ok(work(&mut state, self.clock.now()))
    }

    /// What a command gives that travels to the store and back. An answer is lost where the store is away by then.
    pub(crate) async fn asked<T>(&self, command: impl FnOnce(&Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.travel().await?;
        let answer = command(self)?;
        self.travel().await?;
        Ok(answer)
    }

    async fn travel(&self) -> Result<(), Fault> {
        if !self.latency.is_zero() {
            self.clock.sleep(self.latency.mul_f64(self.clock.jitter())).await;
        }
        let broken = self.cut.load(Ordering::Acquire) || self.lock().away;
        if broken { Err(Fault::Unreachable) } else { Ok(()) }
    }

    pub(crate) fn hello(
        &self,
        process: &str,
        new_epoch: &str,
        not_whole: Option<&str>,
    ) -> Result<Hello, Fault> {
        self.at(|state, now| {
            if state.epoch.as_ref().is_none_or(|(id, _)| Some(id.as_str()) == not_whole) {
                let since = (state.lost || not_whole.is_some()).then_some(now);
                state.epoch = Some((new_epoch.to_owned(), since));
            }
            state.replicas.insert(process.to_owned(), now);
            state.replicas.retain(|_, seen| now < *seen + REPLICA_LIFE);
            let (epoch, born) = state.epoch.clone().unwrap_or_default();
            let age = born.map_or(OLD, |born| now.saturating_sub(born));
            Hello { run: epoch.clone(), epoch, age, replicas: state.replicas.len() }
        })
    }

    fn group<T>(&self, names: &QuotaNames, work: impl FnOnce(&mut Group, Duration) -> T) -> Result<T, Fault> {
        self.at(|state, now| work(state.groups.entry(names.log.clone()).or_default(), now))
    }

    pub(crate) fn reserve(
        &self,
        names: &QuotaNames,
        place: &str,
        in_any_case: bool,
    ) -> Result<Reserved, Fault> {
        self.group(names, |group, now| group.reserve(now, place, in_any_case))
    }

    pub(crate) fn tell(&self, names: &QuotaNames, place: &str, told: &Told) -> Result<(), Fault> {
        self.group(names, |group, now| group.tell(now, place, told))
    }

    pub(crate) fn give_back(&self, names: &QuotaNames, place: &str) -> Result<(), Fault> {
        self.group(names, |group, _| group.give_back(place))
    }

    pub(crate) fn lock_all(
        &self,
        names: &LockNames,
        holder: &str,
        lease: Duration,
        epoch: &str,
        adopt: Option<&str>,
    ) -> Result<Locked, Fault> {
        self.at(|state, now| {
            // Each run of this store has one epoch, which names it.
            let adopt = adopt.is_some() && adopt == state.epoch.as_ref().map(|(id, _)| id.as_str());
            state.locks.lock(now, names, holder, lease, (epoch, adopt))
        })
    }

    pub(crate) fn renew(
        &self,
        names: &LockNames,
        holder: &str,
        lease: Duration,
        epoch: &str,
    ) -> Result<bool, Fault> {
        self.at(|state, now| state.locks.renew(now, names, holder, lease, epoch))
    }

    pub(crate) fn declare(
        &self,
        names: &LockNames,
        holder: &str,
        life: Duration,
        epoch: &str,
    ) -> Result<Declared, Fault> {
        self.at(|state, now| state.locks.declare(now, names, holder, life, epoch))
    }

    pub(crate) fn release(&self, names: &LockNames, holder: &str, is_settled: bool) -> Result<(), Fault> {
        self.at(|state, now| state.locks.release(now, names, holder, is_settled))
    }

    pub(crate) fn read_tokens(&self, entry: &str) -> Result<Option<Sealed>, Fault> {
        self.at(|state, _| state.tokens.get(entry).cloned())
    }

    pub(crate) fn write_tokens(&self, entry: &str, tokens: &Sealed, follows: u64) -> Result<bool, Fault> {
        self.at(|state, _| {
            let fits = state.tokens.get(entry).is_none_or(|known| known.version <= follows);
            if fits {
                state.tokens.insert(entry.to_owned(), tokens.clone());
            }
            fits
        })
    }
}
