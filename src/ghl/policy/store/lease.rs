//! The locks of one upsert, in all processes: all keys of the contact at once, held while it runs.
//!
//! HighLevel does not know these locks, so no contact's being the only one hangs on a lease. Before a create an intent is written;
//! who comes after and finds it waits until that create is over, and looks the contact up again. After a lease that was lost, the
//! caller looks the contact up before it creates one.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::{CancellationToken, DropGuard};

use crate::ghl::model::{Context, Error, Kind, Written};
use crate::ghl::policy::store::epoch::Epoch;
use crate::ghl::policy::store::lease_state::{LEASE, LeaseState};
use crate::ghl::policy::store::names::LockNames;
use crate::ghl::policy::store::replies::{Declared, Fault, Locked, Need};
use crate::ghl::policy::store::store::Store;

/// How often a lease is renewed while it lasts.
const RENEWALS: u32 = 4;
/// Locks that another holds are asked for again after this at the latest.
const LONGEST_POLL: Duration = Duration::from_millis(200);
const SHORTEST_POLL: Duration = Duration::from_millis(10);
/// A store that does not serve is asked again after this, by a caller that needs it.
const ASK_AGAIN: Duration = Duration::from_millis(250);
/// How much longer than its call an intent stands: the answer and the create travel.
const INTENT_MARGIN: Duration = Duration::from_secs(5);

/// Held locks, or those of a store that does not serve: then no contact is created under them.
#[derive(Debug)]
pub(crate) struct Lease {
    store: Store,
    names: Arc<LockNames>,
    holder: Arc<str>,
    state: Arc<LeaseState>,
    keeper: DropGuard,
}

/// What came of one request for the locks.
enum Attempt {
    Held,
    Again(Duration),
}

impl Lease {
    /// Waits until no other process holds any of these keys of a location's contacts.
    ///
    /// # Errors
    /// The call's time is over, or the store does not serve and is needed. Nothing was sent.
    pub(crate) async fn take(
        store: &Store,
        location: &str,
        keys: &[String],
        context: &Context,
        need: Need,
    ) -> Result<Self, Error> {
        let key = store.key();
        let hashed = keys.iter().map(|one| key.name("lock", &format!("{location} {one}"))).collect();
        let lease = Self::new(store, LockNames::new(&key.name("location", location), hashed));
        if let Some(wait) = lease.attempt(context, need).await? {
            // The permit to run is given back while another process is waited for.
            context.wait_for(lease.wait(context, need, wait)).await??;
        }
        Ok(lease)
    }

    /// The lock of this name, if no other process holds it now. `group` and `name` are HMACs.
    pub(crate) async fn try_take(store: &Store, group: &str, name: &str) -> Result<Option<Self>, Fault> {
        let lease = Self::new(store, LockNames::new(group, vec![name.to_owned()]));
        match lease.try_lock().await? {
            Attempt::Held => {
                lease.keep();
                Ok(Some(lease))
            }
            Attempt::Again(_) => {
                // Nothing is held, so there is nothing to give back.
                lease.state.end();
                Ok(None)
            }
        }
    }

    fn new(store: &Store, names: LockNames) -> Self {
        Self {
            store: store.clone(),
            names: Arc::new(names),
            holder: store.new_name().into(),
            state: Arc::default(),
            keeper: CancellationToken::new().drop_guard(),
        }
    }

    async fn wait(&self, context: &Context, need: Need, mut pause: Duration) -> Result<(), Error> {
        loop {
            if !context.sleep(pause).await {
                return Err(context.out_of_time());
            }
            match self.attempt(context, need).await? {
                None => return Ok(()),
                Some(again) => pause = again,
            }
        }
    }

    /// None once the locks are held, or are done without; else after which pause to ask again.
    async fn attempt(&self, context: &Context, need: Need) -> Result<Option<Duration>, Error> {
        match self.try_lock().await {
            Ok(Attempt::Held) => {
                self.keep();
                Ok(None)
            }
            Ok(Attempt::Again(wait)) => {
                let longest = LONGEST_POLL.mul_f64(0.5 + context.clock().jitter() / 2.0);
                Ok(Some(wait.clamp(SHORTEST_POLL, longest)))
            }
            Err(_) if need == Need::IfItServes => Ok(None),
            Err(fault) if context.has_time_after(ASK_AGAIN) => {
                tracing::debug!("a create waits: the store {fault}");
                Ok(Some(ASK_AGAIN))
            }
            Err(fault) => Err(away(&fault)),
        }
    }

    async fn try_lock(&self) -> Result<Attempt, Fault> {
        let epoch = self.store.epoch().await?;
        match self.lock(&epoch, None).await? {
            Locked::Held => Ok(Attempt::Held),
            Locked::Taken(wait) => Ok(Attempt::Again(wait)),
            Locked::OtherEpoch(stands) => {
                // The location is new to this epoch, or the store is another one. A server that took over from another within
                // one epoch may have lost the latest locks.
                let not_whole = stands.filter(|stands| *stands == epoch.id);
                let seen = self.store.look_again(not_whole.as_deref()).await?;
                if seen.id != epoch.id {
                    return Ok(Attempt::Again(SHORTEST_POLL));
                }
                match self.lock(&seen, Some(&seen.run)).await? {
                    Locked::Held => Ok(Attempt::Held),
                    Locked::Taken(wait) => Ok(Attempt::Again(wait)),
                    // The store is another one since that look.
                    Locked::OtherEpoch(_) => Err(Fault::Odd),
                }
            }
        }
    }

    async fn lock(&self, epoch: &Arc<Epoch>, adopt: Option<&str>) -> Result<Locked, Fault> {
        let asked = self.store.clock().now();
        self.state.ask();
        let work = self.store.backend().lock(&self.names, &self.holder, LEASE, &epoch.id, adopt);
        let locked = self.store.timed("lock", work).await?;
        if locked == Locked::Held {
            self.state.hold(asked, epoch);
        }
        Ok(locked)
    }

    /// Renews the lease until this is dropped.
    fn keep(&self) {
        let stop = self.keeper.token().clone();
        let (store, state) = (self.store.clone(), Arc::clone(&self.state));
        let (names, holder) = (Arc::clone(&self.names), Arc::clone(&self.holder));
        tokio::spawn(stop.run_until_cancelled_owned(async move {
            let Some(epoch) = state.epoch() else { return };
            loop {
                store.clock().alarm(LEASE / RENEWALS).await;
                let asked = store.clock().now();
                if store.epoch().await.is_err() {
                    continue;
                }
                let work = store.backend().renew(&names, &holder, LEASE, &epoch.id);
                match store.timed("renew", work).await {
                    Ok(true) => state.renewed(asked),
                    Ok(false) => return state.lose(),
                    // What is left of the lease goes on.
                    Err(_) => {}
                }
            }
        }));
    }

    /// Whether the locks are held, for certain.
    pub(crate) fn holds(&self) -> bool {
        self.state.holds(self.store.clock().now())
    }

    /// Writes the intent to create a contact. The create may be sent while the lease [`holds`](Self::holds).
    ///
    /// # Errors
    /// `LockLost` where the contact has to be looked up again first; `UnderWay` where another call may be creating it; `StoreAway`
    /// where the store does not serve or its state is not whole. Nothing was sent.
    pub(crate) async fn declare(&self, context: &Context) -> Result<(), Error> {
        loop {
            context.check()?;
            let now = self.store.clock().now();
            let Some(epoch) = self.state.epoch().filter(|_| self.state.holds(now)) else {
                return Err(lost());
            };
            let rest = epoch.creates_from.saturating_sub(now);
            if !rest.is_zero() {
                return Err(self.look_again_after(context, rest, resting).await);
            }
            if let Err(fault) = self.store.epoch().await {
                self.pause(context, &fault).await?;
                continue;
            }
            let life = context.remaining() + INTENT_MARGIN;
            let work = self.store.backend().declare(&self.names, &self.holder, life, &epoch.id);
            match self.store.timed("declare", work).await {
                Ok(Declared::Written) => {
                    self.state.declared();
                    return Ok(());
                }
                Ok(Declared::Lost) => {
                    self.state.lose();
                    return Err(lost());
                }
                Ok(Declared::UnderWay(wait)) => {
                    return Err(self.look_again_after(context, wait, under_way).await);
                }
                Err(fault) => self.pause(context, &fault).await?,
            }
        }
    }

    async fn pause(&self, context: &Context, fault: &Fault) -> Result<(), Error> {
        if !context.has_time_after(ASK_AGAIN) {
            return Err(away(fault));
        }
        if context.sleep(ASK_AGAIN).await { Ok(()) } else { Err(context.out_of_time()) }
    }

    /// Waits, where the call has the time. The contact has to be looked up again after that.
    async fn look_again_after(
        &self,
        context: &Context,
        wait: Duration,
        refusal: impl Fn(Duration) -> Error,
    ) -> Error {
        if !context.has_time_after(wait) {
            return refusal(wait);
        }
        if context.sleep(wait).await { lost() } else { context.out_of_time() }
    }

    /// The create that was declared has certainly happened, or certainly not.
    pub(crate) fn settled(&self) {
        self.state.settled();
    }

    /// Gives the locks back. Dropped without this, it gives them back in a task of its own.
    pub(crate) async fn release(&self) {
        if let Some(work) = self.end() {
            work.await;
        }
    }

    /// None where it has ended before, or never began.
    fn end(&self) -> Option<impl Future<Output = ()> + Send + 'static> {
        if !self.state.end() {
            return None;
        }
        let is_settled = self.state.is_settled();
        let (store, names, holder) = (self.store.clone(), Arc::clone(&self.names), Arc::clone(&self.holder));
        Some(async move {
            if store.epoch().await.is_ok() {
                let work = store.backend().release(&names, &holder, is_settled);
                // Locks that are not given back end by themselves.
                let _ = store.timed("release", work).await;
            }
        })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(work) = self.end()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(work);
        }
    }
}

fn lost() -> Error {
    Error::new(Kind::LockLost, Written::No)
}

fn under_way(wait: Duration) -> Error {
    Error::new(Kind::UnderWay, Written::No).with_retry_after(Some(wait))
}

fn away(fault: &Fault) -> Error {
    Error::new(Kind::StoreAway, Written::No)
        .with_reason(format!("the store {fault}"))
        .with_retry_after(Some(Duration::from_secs(5)))
}

fn resting(rest: Duration) -> Error {
    Error::new(Kind::StoreAway, Written::No)
        .with_reason("the store has lost its state, and a create from before may be under way".to_owned())
        .with_retry_after(Some(rest))
}
