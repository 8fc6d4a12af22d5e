//! The client of one location, and the scope of one call through it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use url::Url;

use crate::ghl::auth::Credential;
use crate::ghl::breaker::Breaker;
use crate::ghl::call::Effect;
use crate::ghl::clock::Clock;
use crate::ghl::dialect::{self, Dialect};
use crate::ghl::error::{Error, Happened, Kind};
use crate::ghl::http::Transport;
use crate::ghl::id::LocationId;
use crate::ghl::observer::{Nobody, Observer};
use crate::ghl::pace::Pace;
use crate::ghl::share::Recent;

/// What a client is made from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `https://services.leadconnectorhq.com`, or a stand-in.
    pub base_url: Url,
    /// The token.
    pub credential: Credential,
    /// The location that every call is about.
    pub location: Option<LocationId>,
    /// Fixed, or found out by the first missing route.
    pub dialect: Option<Dialect>,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// What carries the bytes.
    pub transport: Arc<dyn Transport>,
    /// Time that one call may take, queue and retries included. Hosts give up at 60 s.
    pub deadline: Duration,
}

/// HighLevel as one location's token sees it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: Settings,
    dialect: dialect::Learnt,
    observer: Arc<dyn Observer>,
    pace: Pace,
    breaker: Breaker,
    recent: Recent,
    lanes: AtomicU64,
}

impl Client {
    /// Makes no request and reads nothing.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self::observed(settings, Arc::new(Nobody))
    }

    /// The same, telling `observer` of every request.
    #[must_use]
    pub fn observed(settings: Settings, observer: Arc<dyn Observer>) -> Self {
        let dialect = dialect::Learnt::new(settings.dialect);
        let shared = Shared {
            settings,
            observer,
            dialect,
            pace: Pace::default(),
            breaker: Breaker::default(),
            recent: Recent::default(),
            lanes: AtomicU64::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Opens the scope of one call: from now on its deadline runs and its requests are counted.
    #[must_use]
    pub fn scope(&self, cancel: CancellationToken) -> Scope {
        let deadline = self.shared.settings.clock.now() + self.shared.settings.deadline;
        let lane = self.shared.lanes.fetch_add(1, Ordering::Relaxed);
        Scope { client: self.clone(), deadline, cancel, sent: Arc::default(), writes: Arc::default(), lane }
    }

    /// The configured location.
    ///
    /// # Errors
    /// `NotConfigured` where there is none.
    pub fn location(&self) -> Result<&LocationId, Error> {
        self.shared.settings.location.as_ref().ok_or_else(|| Error::new(Kind::NotConfigured, Happened::No))
    }

    /// The clock of this client, for caches above it.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.settings.clock
    }

    pub(in crate::ghl) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    pub(in crate::ghl) fn observer(&self) -> &dyn Observer {
        &*self.shared.observer
    }

    pub(in crate::ghl) fn pace(&self) -> &Pace {
        &self.shared.pace
    }

    pub(in crate::ghl) fn recent(&self) -> &Recent {
        &self.shared.recent
    }

    pub(in crate::ghl) fn breaker(&self) -> &Breaker {
        &self.shared.breaker
    }

    pub(in crate::ghl) fn dialect(&self) -> &dialect::Learnt {
        &self.shared.dialect
    }
}

/// One call's journey: which client, until when, how many requests so far, and whether the caller is still there.
#[derive(Debug, Clone)]
pub struct Scope {
    client: Client,
    deadline: Duration,
    cancel: CancellationToken,
    sent: Arc<AtomicU32>,
    writes: Arc<AtomicU32>,
    lane: u64,
}

impl Scope {
    /// The client this scope belongs to.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Requests sent to HighLevel within this scope, retries included.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Those of them that write, whatever became of them.
    #[must_use]
    pub fn writes(&self) -> u32 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Time left before the call must answer.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_sub(self.client.clock().now())
    }

    /// Waits, so that a write whose answer was lost has the time to take effect before it is looked for.
    pub async fn pause(&self, time: Duration) {
        self.client.clock().sleep(time.min(self.remaining())).await;
    }

    /// In which lane this call waits for its turn to send.
    pub(in crate::ghl) fn lane(&self) -> u64 {
        self.lane
    }

    /// Fires when the caller no longer waits for the answer.
    #[must_use]
    pub fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    /// Resolves when the call's time is over or its caller is gone.
    pub async fn expired(&self) {
        tokio::select! {
            () = self.client.clock().alarm(self.remaining()) => {}
            () = self.cancel.cancelled() => {}
        }
    }

    /// The failure of a call that has [`expired`](Self::expired) before anything was sent for it.
    #[must_use]
    pub fn out_of_time(&self) -> Error {
        let kind = if self.cancel.is_cancelled() { Kind::Cancelled } else { Kind::OutOfTime };
        Error::new(kind, Happened::No)
    }

    pub(in crate::ghl) fn count_request(&self, effect: Effect) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(u32::from(effect != Effect::Read), Ordering::Relaxed);
    }
}
