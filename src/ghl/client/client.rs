//! The client: settings, and the states of the policies that its calls share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use crate::ghl::auth::{Credential, TokenEndpoint};
use crate::ghl::client::settings::Settings;
use crate::ghl::model::{
    Clock, Contact, ContactId, Error, Kind, LocationId, Missing, NoopObserver, Observer, Written,
};
use crate::ghl::policy::{
    Abandoned, CircuitBreaker, Coalescer, DetectedDialect, RateLimiter, SharedQuota, Store,
};

/// HighLevel as one location's token sees it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

/// What the calls of one client share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) token_endpoint: TokenEndpoint,
    pub(crate) dialect: DetectedDialect,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) limiter: Arc<RateLimiter>,
    /// What other processes share with this one.
    pub(crate) store: Option<Store>,
    pub(crate) breaker: CircuitBreaker,
    /// The probe that the circuit breaker asks for, while it is under way: one for all callers that wait for it. It is
    /// finished even when they go away.
    pub(crate) probes: Coalescer<(), Result<(), Error>>,
    /// Reads of contacts that are shown to a caller. A read that decides or verifies a write never goes through here.
    pub(crate) reads: Coalescer<ContactId, Result<Contact, Error>>,
    /// Held over the recipes dialect's read, merge and PUT of tags, so that two calls never undo each other's.
    pub(crate) tag_merge: Mutex<()>,
    calls: AtomicU64,
}

/// A quota that several clients of this process use. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct QuotaGroup {
    limiter: Arc<RateLimiter>,
}

impl Client {
    /// Makes no request and reads nothing.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self::observed(settings, Arc::new(NoopObserver))
    }

    /// The same; `observer` is told of every request.
    #[must_use]
    pub fn observed(settings: Settings, observer: Arc<dyn Observer>) -> Self {
        Self::made(settings, observer, Arc::default(), None)
    }

    /// The same; the quota is that of all clients that were made with it.
    #[must_use]
    pub fn in_quota_group(settings: Settings, observer: Arc<dyn Observer>, group: &QuotaGroup) -> Self {
        Self::made(settings, observer, Arc::clone(&group.limiter), None)
    }

    /// The same; the quota and the locks are those of the store, which other processes use, too. A quota group names the quota
    /// that the location shares with others; by default it has one of its own.
    #[must_use]
    pub fn in_fleet(
        settings: Settings,
        observer: Arc<dyn Observer>,
        store: Store,
        quota_group: Option<&str>,
    ) -> Self {
        let location = settings.location.as_ref().map_or("", LocationId::as_str);
        let group =
            quota_group.map_or_else(|| format!("location {location}"), |name| format!("group {name}"));
        let limiter = RateLimiter::shared(SharedQuota::new(store.clone(), &group));
        Self::made(settings, observer, Arc::new(limiter), Some(store))
    }

    fn made(
        settings: Settings,
        observer: Arc<dyn Observer>,
        limiter: Arc<RateLimiter>,
        store: Option<Store>,
    ) -> Self {
        let shared = Shared {
            token_endpoint: settings.token_endpoint(),
            dialect: DetectedDialect::new(settings.dialect),
            settings,
            observer,
            limiter,
            store,
            breaker: CircuitBreaker::default(),
            probes: Coalescer::new(Abandoned::Finish),
            reads: Coalescer::new(Abandoned::Stop),
            tag_merge: Mutex::default(),
            calls: AtomicU64::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The configured location.
    ///
    /// # Errors
    /// `NotConfigured` where there is none, or no token to reach it with.
    pub fn location(&self) -> Result<&LocationId, Error> {
        let settings = &self.shared.settings;
        let missing = match (&settings.location, &settings.credential) {
            (Some(location), Credential::Token(_) | Credential::OAuth(_)) => return Ok(location),
            (Some(_), Credential::Missing) => Missing::Token,
            (None, Credential::Missing) => Missing::Both,
            (None, _) => Missing::Location,
        };
        Err(Error::new(Kind::NotConfigured(missing), Written::No))
    }

    /// The clock of this client, for caches above it.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.settings.clock
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// A number of its own for each call.
    pub(crate) fn next_call(&self) -> u64 {
        self.shared.calls.fetch_add(1, Ordering::Relaxed)
    }
}
