//! The scope of one call: through which client, and in which context.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::ghl::client::client::Client;
use crate::ghl::model::{Caller, Context, Error};
use crate::ghl::policy::{Lease, Need};

/// One call's client, deadline, cancellation and counters. Clones are the same call.
#[derive(Debug, Clone)]
pub struct Scope {
    client: Client,
    context: Context,
    /// The locks of the contact that this call may create, where other processes could create it, too.
    lease: Option<Arc<Lease>>,
}

impl Client {
    /// Opens the scope of one call: from now on its deadline runs and its requests are counted.
    #[must_use]
    pub fn scope(&self, caller: impl Into<Caller>) -> Scope {
        let deadline = self.shared().settings.deadline;
        let caller = caller.into();
        let key = caller.fairness_key().unwrap_or_else(|| self.next_call());
        let context = Context::new(Arc::clone(self.clock()), deadline, caller, key);
        Scope { client: self.clone(), context, lease: None }
    }
}

impl Scope {
    /// The client this scope belongs to.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The scope of work that other calls wait for too. Its requests count for this call, but neither the deadline nor
    /// the cancellation of this call ends it.
    pub(crate) fn shared(&self) -> Self {
        let deadline = self.client.shared().settings.deadline;
        Self { client: self.client.clone(), context: self.context.shared(deadline), lease: None }
    }

    /// Whether other processes hold locks of the same contacts.
    pub(crate) fn shares_locks(&self) -> bool {
        self.client.shared().store.is_some()
    }

    /// Holds the keys in all processes that share a store: none where there is no store. A contact may be created within the
    /// scope that [`Self::under`] makes of it.
    ///
    /// # Errors
    /// The call's time is over, or the store does not serve and is needed.
    pub(crate) async fn lease(&self, keys: &[String], need: Need) -> Result<Option<Arc<Lease>>, Error> {
        let Some(store) = &self.client.shared().store else { return Ok(None) };
        let location = self.client.location()?.as_str();
        Lease::take(store, location, keys, &self.context, need).await.map(|lease| Some(Arc::new(lease)))
    }

    /// The same call, with the locks of the contact that it may create.
    pub(crate) fn under(&self, lease: Option<Arc<Lease>>) -> Self {
        Self { lease, ..self.clone() }
    }

    /// The lease under which a contact is created.
    pub(crate) fn held(&self) -> Option<&Lease> {
        self.lease.as_deref()
    }

    /// The scope of a part of this call, with `time` of its own. Its requests count for it and for the call. It has the call's
    /// place in the rota of the rate limiter, and the cancellation of the call does not end it.
    #[must_use]
    pub fn part(&self, time: Duration) -> Self {
        Self { client: self.client.clone(), context: self.context.part(time), lease: self.lease.clone() }
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// Requests sent to HighLevel within this scope, retries included.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.context.usage().requests()
    }

    /// Those of them that write, whatever their outcome.
    #[must_use]
    pub fn writes(&self) -> u32 {
        self.context.usage().writes()
    }

    /// Time left before the call must answer.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.context.remaining()
    }

    /// Waits, so that a write whose answer was lost has the time to take effect before it is looked for.
    pub async fn pause(&self, time: Duration) {
        self.client.clock().sleep(time.min(self.remaining())).await;
    }

    /// Fires when the caller no longer waits for the answer.
    #[must_use]
    pub fn cancel(&self) -> &CancellationToken {
        self.context.cancel()
    }

    /// What another call holds, once it is free: a lock. The call does not count as running meanwhile.
    ///
    /// # Errors
    /// The call's time is over, it was cancelled, or too many calls wait so. Nothing was sent.
    pub async fn wait_for<T>(&self, free: impl Future<Output = T>) -> Result<T, Error> {
        self.context.wait_for(free).await
    }
}
