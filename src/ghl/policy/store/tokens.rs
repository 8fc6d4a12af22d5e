//! The tokens of one app, for all processes: encrypted, each entry with a version, and one refresh at a time.
//!
//! A version is a time, in milliseconds since 1970, so that it also orders entries of before and after a loss of the store's state.

use crate::ghl::policy::store::lease::Lease;
use crate::ghl::policy::store::names;
use crate::ghl::policy::store::replies::{Entry, Fault, Sealed};
use crate::ghl::policy::store::store::Store;

/// The entries of one app.
#[derive(Debug, Clone)]
pub(crate) struct SharedTokens {
    store: Store,
    /// An HMAC of the app.
    app: String,
}

/// The right to refresh the tokens of one entry. Given back when it is dropped.
#[derive(Debug)]
pub(crate) struct RefreshLock {
    lease: Lease,
}

impl RefreshLock {
    /// Whether it is held, for certain.
    pub(crate) fn holds(&self) -> bool {
        self.lease.holds()
    }
}

impl SharedTokens {
    /// The entries of the app with this `client_id`. Asks nothing.
    pub(crate) fn new(store: &Store, client_id: &str) -> Self {
        Self { app: store.key().name("app", client_id), store: store.clone() }
    }

    /// The name of the entry for a kind of owner and its id.
    pub(crate) fn name(&self, kind: &str, id: &str) -> String {
        self.store.key().name("tokens", &format!("{} {kind} {id}", self.app))
    }

    /// The entry of this name. One that cannot be decrypted has no text.
    pub(crate) async fn read(&self, name: &str) -> Result<Option<Entry>, Fault> {
        self.store.epoch().await?;
        let entry = names::entry(&self.app, name);
        let Some(sealed) = self.store.timed("read_tokens", self.store.backend().read_tokens(&entry)).await?
        else {
            return Ok(None);
        };
        let label = label(&entry, sealed.version);
        let text = self.store.key().open(&label, &sealed.bytes).unwrap_or_default();
        Ok(Some(Entry { version: sealed.version, text }))
    }

    /// Writes an entry unless the one that stands there is later than `follows`. Whether it did.
    pub(crate) async fn write(&self, name: &str, tokens: &Entry, follows: u64) -> Result<bool, Fault> {
        self.store.epoch().await?;
        let (entry, version) = (names::entry(&self.app, name), tokens.version);
        let bytes = self.store.key().seal(&label(&entry, version), &tokens.text).ok_or(Fault::Odd)?;
        let sealed = Sealed { version, bytes };
        self.store.timed("write_tokens", self.store.backend().write_tokens(&entry, &sealed, follows)).await
    }

    /// The lock of an entry's refresh; none where another process has it.
    ///
    /// # Errors
    /// The store does not serve, or its state may not be whole yet.
    pub(crate) async fn try_lock(&self, name: &str) -> Result<Option<RefreshLock>, Fault> {
        let epoch = self.store.epoch().await?;
        if self.store.clock().now() < self.store.log_from(&epoch) {
            return Err(Fault::Incomplete);
        }
        let lease = Lease::try_take(&self.store, &self.app, name).await?;
        Ok(lease.map(|lease| RefreshLock { lease }))
    }

    /// The store's epoch, while it serves: another one after a loss.
    pub(crate) async fn epoch(&self) -> Option<String> {
        self.store.epoch_if_it_serves().await.ok().map(|epoch| epoch.id.clone())
    }
}

fn label(entry: &str, version: u64) -> String {
    format!("{entry} {version}")
}
