//! The store as policies use it: it looks at who the store is, asks one that does not serve only now and then, and bounds
//! the time of each command.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ghl::model::{Clock, Observer};
use crate::ghl::policy::store::backend::Backend;
use crate::ghl::policy::store::epoch::{self, Epoch, LOG_FILLS, LOOK_AGAIN};
use crate::ghl::policy::store::key::StoreKey;
use crate::ghl::policy::store::memory::MemoryStore;
use crate::ghl::policy::store::redis::{Redis, RedisAddress};
use crate::ghl::policy::store::replies::{Fault, StoreStatus};

/// No command takes longer, its connection included.
const ANSWERED_WITHIN: Duration = Duration::from_secs(1);
/// A store that does not serve is asked again after this.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// What the processes of one fleet share. Clones are the same store, and the same process in it.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    backend: Backend,
    key: StoreKey,
    /// This process, by a random name.
    process: String,
    numbers: AtomicU64,
    clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    epoch: Option<Arc<Epoch>>,
    looked: Option<Duration>,
    replicas: Option<usize>,
    /// Why it does not serve.
    fault: Option<Fault>,
    /// Not asked before, while it does not serve.
    ask_at: Duration,
    /// When it served again.
    back: Option<Duration>,
}

impl Store {
    /// A Redis server as the store. Connects at the first command.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn redis(
        address: &RedisAddress,
        key: StoreKey,
        clock: Arc<dyn Clock>,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, Fault> {
        Ok(Self::new(Backend::Redis(Box::new(Redis::new(address)?)), key, clock, observer))
    }

    /// A store in memory. Each call makes another process of the fleet.
    #[must_use]
    pub fn in_memory(
        memory: &MemoryStore,
        key: StoreKey,
        clock: Arc<dyn Clock>,
        observer: Arc<dyn Observer>,
    ) -> Self {
        Self::new(Backend::Memory(memory.clone()), key, clock, observer)
    }

    fn new(backend: Backend, key: StoreKey, clock: Arc<dyn Clock>, observer: Arc<dyn Observer>) -> Self {
        let process = random_name();
        let (numbers, state) = (AtomicU64::default(), Mutex::default());
        Self { inner: Arc::new(Inner { backend, key, process, numbers, clock, observer, state }) }
    }

    /// Looks at the store now, and says how it is.
    pub async fn look(&self) -> StoreStatus {
        // The status says what came of it.
        let _ = self.look_again(None).await;
        self.status()
    }

    /// Waits, by the store's clock.
    pub async fn rest(&self, time: Duration) {
        self.clock().sleep(time).await;
    }

    /// How the store was when it was last used.
    #[must_use]
    pub fn status(&self) -> StoreStatus {
        let (now, state) = (self.clock().now(), self.state());
        let rest = state.epoch.as_ref().map(|epoch| epoch.creates_from.saturating_sub(now));
        StoreStatus {
            fault: state.fault.clone(),
            replicas: state.replicas,
            creates_rest: rest.unwrap_or_default(),
        }
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    pub(crate) fn key(&self) -> &StoreKey {
        &self.inner.key
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.inner.backend
    }

    /// A name that no other process gives, and this one once.
    pub(crate) fn new_name(&self) -> String {
        let number = self.inner.numbers.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}", self.inner.process)
    }

    /// The epoch, looked at lately.
    ///
    /// # Errors
    /// The store does not serve, or did not a moment ago.
    pub(crate) async fn epoch(&self) -> Result<Arc<Epoch>, Fault> {
        {
            let (now, mut state) = (self.clock().now(), self.state());
            if let Some(fault) = state.fault.clone() {
                if now < state.ask_at {
                    return Err(fault);
                }
                // One caller asks; the others need not wait for what it finds.
                state.ask_at = now + ASK_AGAIN;
            } else if let (Some(epoch), Some(looked)) = (&state.epoch, state.looked) {
                let epoch = Arc::clone(epoch);
                if now < looked + LOOK_AGAIN {
                    return Ok(epoch);
                }
                state.looked = Some(now);
            }
        }
        self.look_again(None).await
    }

    /// The same for work that goes on without the store, and does not wait for one that does not serve: it is looked at in a task
    /// of its own.
    pub(crate) async fn epoch_if_it_serves(&self) -> Result<Arc<Epoch>, Fault> {
        let (now, fault) = (self.clock().now(), self.state().fault.clone());
        let Some(fault) = fault else { return self.epoch().await };
        let mut state = self.state();
        if now >= state.ask_at {
            state.ask_at = now + ASK_AGAIN;
            drop(state);
            let store = self.clone();
            tokio::spawn(async move { store.look_again(None).await });
        }
        Err(fault)
    }

    /// Looks at who the store is. An epoch that is `not_whole` is replaced.
    pub(crate) async fn look_again(&self, not_whole: Option<&str>) -> Result<Arc<Epoch>, Fault> {
        let new_epoch = random_name();
        let hello = self.inner.backend.hello(&self.inner.process, &new_epoch, not_whole);
        let hello = self.timed("hello", hello).await?;
        let (now, mut state) = (self.clock().now(), self.state());
        state.replicas = Some(epoch::replicas(state.replicas, &hello));
        state.looked = Some(now);
        if state.fault.take().is_some() {
            state.back = Some(now);
            self.inner.observer.store_serves(true);
            tracing::info!("the store serves again");
        }
        if let Some(epoch) = state.epoch.as_ref().filter(|epoch| epoch.id == hello.epoch) {
            return Ok(Arc::clone(epoch));
        }
        if state.epoch.is_some() {
            tracing::warn!("the store has lost its state, or may have: no contact is created for a while");
        }
        let seen = Arc::new(Epoch::seen(&hello, now));
        state.epoch = Some(Arc::clone(&seen));
        Ok(seen)
    }

    /// From when on the log of requests is whole: it was not while the store was away, for this process or another.
    pub(crate) fn log_from(&self, epoch: &Epoch) -> Duration {
        let back = self.state().back.map_or(Duration::ZERO, |back| back + LOG_FILLS + ASK_AGAIN);
        epoch.log_from.max(back)
    }

    /// How many processes share the quota, as far as it is known.
    pub(crate) fn replicas(&self) -> usize {
        self.state().replicas.unwrap_or(1)
    }

    /// What a command gives, in its time. A failure is remembered: until a look at the store succeeds, nothing else is asked.
    pub(crate) async fn timed<T>(
        &self,
        verb: &'static str,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let began = self.clock().now();
        let result = tokio::select! {
            biased;
            result = work => result,
            () = self.clock().alarm(ANSWERED_WITHIN) => Err(Fault::TimedOut),
        };
        self.asked(verb, began, result.as_ref().err());
        result
    }

    fn asked(&self, verb: &'static str, began: Duration, failure: Option<&Fault>) {
        let now = self.clock().now();
        self.inner.observer.store_asked(verb, failure.is_none(), now.saturating_sub(began));
        if let Some(fault) = failure {
            let mut state = self.state();
            if state.fault.is_none() {
                self.inner.observer.store_serves(false);
                tracing::warn!(verb, "the store {fault}: reads and updates go on, contacts are not created");
            }
            state.fault = Some(fault.clone());
            state.ask_at = now + ASK_AGAIN;
        }
    }

    /// Never held across an await.
    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn random_name() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
