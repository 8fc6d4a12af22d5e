//! The keys of one authorization server: fetched when they are first needed, kept, and fetched again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use jsonwebtoken::{Algorithm, DecodingKey};
use url::Url;

use crate::ghl::{Abandoned, Clock, Coalescer};
use crate::sign_in::discovery::metadata_of;
use crate::sign_in::fetch::Fetcher;
use crate::sign_in::keys::KeySet;
use crate::sign_in::refusal::Refusal;
use crate::sign_in::settings::IssuerUrl;

/// How old keys may be before they are fetched again: a key that the issuer has withdrawn is used no longer than this.
const FRESH: Duration = Duration::from_secs(600);
/// The shortest time between two fetches for key ids that are not known: anyone can send a token that names one.
const UNKNOWN: Duration = Duration::from_secs(30);
/// The shortest time between two fetches of which the first failed.
const RETRY: Duration = Duration::from_secs(5);

/// One authorization server.
#[derive(Debug)]
pub(crate) struct Issuer {
    url: IssuerUrl,
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// A client that goes away does not end a fetch that others need.
    flights: Coalescer<(), ()>,
}

#[derive(Debug, Default)]
struct State {
    keys: Option<Arc<KeySet>>,
    /// Where they are, from the metadata.
    address: Option<Url>,
    /// When they came.
    fetched: Duration,
    /// When the last fetch failed, if it did.
    failed: Option<Duration>,
    /// When a key id was last not known.
    unknown: Option<Duration>,
}

/// Why keys are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// There are none yet.
    First,
    /// They are old.
    Old,
    /// A token names one that is not there.
    Unknown,
}

impl State {
    /// Whether keys are fetched now.
    fn may_fetch(&self, reason: Reason, now: Duration) -> bool {
        let over = |since: Option<Duration>, pause: Duration| since.is_none_or(|since| now >= since + pause);
        over(self.failed, RETRY)
            && match reason {
                Reason::First => true,
                Reason::Old => now >= self.fetched + FRESH && over(self.failed, UNKNOWN),
                Reason::Unknown => over(self.unknown, UNKNOWN),
            }
    }
}

impl Issuer {
    pub(crate) fn new(url: IssuerUrl, fetcher: Fetcher, clock: Arc<dyn Clock>) -> Self {
        let flights = Coalescer::new(Abandoned::Finish);
        Self { url, fetcher, clock, state: Mutex::default(), flights }
    }

    /// Its name, which tokens have to the letter.
    pub(crate) fn name(&self) -> &str {
        &self.url.text
    }

    /// The keys that may have signed a token with this algorithm and key id.
    ///
    /// # Errors
    /// There are no such keys, or the issuer does not answer and there are none from before.
    pub(crate) async fn keys(
        self: &Arc<Self>,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<DecodingKey>, Refusal> {
        if self.known().is_none() {
            self.fetched(Reason::First).await;
        } else {
            // Not waited for: a token with a known key is served while the issuer is slow or away.
            drop(self.fetch(Reason::Old));
        }
        let find = || self.known().map(|keys| keys.find(id, algorithm)).unwrap_or_default();
        let mut found = find();
        if found.is_empty() && self.known().is_some() {
            self.fetched(Reason::Unknown).await;
            found = find();
        }
        match found.is_empty() {
            false => Ok(found),
            true if self.lock().failed.is_some() => Err(Refusal::Unavailable),
            true => Err(Refusal::Invalid("the token's key is not known")),
        }
    }

    fn known(&self) -> Option<Arc<KeySet>> {
        self.lock().keys.clone()
    }

    async fn fetched(self: &Arc<Self>, reason: Reason) {
        if let Some(fetch) = self.fetch(reason) {
            fetch.await;
        }
    }

    /// The fetch that is under way, or a new one if it is time for one.
    fn fetch(self: &Arc<Self>, reason: Reason) -> Option<impl Future<Output = ()> + use<>> {
        let mut state = self.lock();
        let fetch = if let Some(fetch) = self.flights.under_way(&()) {
            fetch
        } else {
            let now = self.clock.now();
            if !state.may_fetch(reason, now) {
                return None;
            }
            if reason == Reason::Unknown {
                state.unknown = Some(now);
            }
            let issuer = Arc::clone(self);
            self.flights.join((), || async move { issuer.fetch_now().await })
        };
        Some(fetch.map(drop))
    }

    async fn fetch_now(&self) {
        let known = self.lock().address.clone();
        let outcome = self.read(known).await;
        let now = self.clock.now();
        let mut state = self.lock();
        match outcome {
            Ok((address, keys)) => {
                let unknown = state.unknown;
                let (keys, address) = (Some(Arc::new(keys)), Some(address));
                *state = State { keys, address, fetched: now, failed: None, unknown };
            }
            Err(reason) => {
                let kept = state.keys.is_some();
                // The next fetch reads the metadata again: the keys may have moved.
                state.address = None;
                state.failed = Some(now);
                tracing::warn!(
                    issuer = self.url.text,
                    reason,
                    kept,
                    "the keys of the sign-in cannot be fetched"
                );
            }
        }
    }

    async fn read(&self, known: Option<Url>) -> Result<(Url, KeySet), String> {
        let address = match known {
            Some(address) => address,
            None => metadata_of(&self.url, &self.fetcher).await.map_err(|error| error.to_string())?.keys,
        };
        let answer = self.fetcher.get(&address).await.map_err(|error| error.to_string())?;
        let keys =
            KeySet::read(&answer.body).ok_or_else(|| format!("{address} has no key that can be used"))?;
        Ok((address, keys))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
