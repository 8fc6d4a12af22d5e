//! An app's tokens, kept alive: many callers, one renewal at a time.

mod renew;
mod save;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use tokio::sync::watch;

use crate::ghl::auth::oauth::state::{Outcome, State};
use crate::ghl::auth::store::Store;
use crate::ghl::auth::{Bearer, Failed};
use crate::ghl::client::Settings;
use crate::ghl::error::Kind;

/// A marketplace app as HighLevel knows it.
#[derive(Debug, Clone)]
pub struct App {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    pub client_secret: SecretString,
}

/// An app's tokens for one sub-account, shared by all callers and, through the store, by all processes on this machine.
#[derive(Debug)]
pub struct OAuth {
    app: App,
    store: Store,
    state: Mutex<State>,
}

impl OAuth {
    /// Reads nothing: the store is opened for the first request.
    #[must_use]
    pub fn new(app: App, store: Store) -> Self {
        Self { app, store, state: Mutex::default() }
    }

    /// Where the tokens are.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The app's public name.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.app.client_id
    }

    pub(in crate::ghl::auth) fn app(&self) -> &App {
        &self.app
    }

    /// Never held across an await.
    pub(in crate::ghl::auth) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token that ages is renewed first; where that fails it serves up to its end.
    pub(in crate::ghl::auth) async fn bearer(
        self: &Arc<Self>,
        settings: &Settings,
    ) -> Result<Bearer, Failed> {
        let location = settings.location.as_ref();
        {
            let (state, now) = (self.state(), settings.clock.now());
            let alive = || state.closed.at(now).and_then(|_| state.alive(location, now));
            if let Some(bearer) = state.good(location, now).or_else(alive) {
                return Ok(bearer);
            }
        }
        let outcome = self.renewed(settings, None).await;
        let alive = self.state().alive(location, settings.clock.now());
        match (alive, outcome) {
            (Some(bearer), _) => Ok(bearer),
            (None, Err(failed)) => Err(failed),
            (None, Ok(())) => Err(Failed::new(Kind::Unauthorized)),
        }
    }

    /// The token that follows the refused one, which somebody else may have fetched meanwhile. Nothing where the
    /// refused one is so new that its successor would be refused too.
    pub(in crate::ghl::auth) async fn another(
        self: &Arc<Self>,
        settings: &Settings,
        refused: &Bearer,
    ) -> Result<Option<Bearer>, Failed> {
        let successor = || {
            let bearer = self.state().alive(settings.location.as_ref(), settings.clock.now());
            bearer.filter(|bearer| bearer.generation != refused.generation)
        };
        // The first renewal may be one that began before the refusal.
        for _ in 0..2 {
            if let Some(bearer) = successor() {
                return Ok(Some(bearer));
            }
            self.renewed(settings, Some(refused.generation)).await?;
        }
        Ok(successor())
    }

    /// Waits for the renewal that is on its way, or for a new one. It runs in a task of its own: whoever waits may go
    /// away, and the answer with the new refresh token is still kept.
    async fn renewed(self: &Arc<Self>, settings: &Settings, refused: Option<u64>) -> Outcome {
        let mut flight = self.join(settings, refused);
        let ended = flight.wait_for(Option::is_some).await.map(|outcome| outcome.clone());
        ended.ok().flatten().unwrap_or_else(|| Err(Failed::new(Kind::Unavailable)))
    }

    fn join(self: &Arc<Self>, settings: &Settings, refused: Option<u64>) -> watch::Receiver<Option<Outcome>> {
        let mut state = self.state();
        // One whose task is gone without a word would be waited for in vain.
        let flight = state.flights.get(&settings.location).filter(|flight| flight.has_changed().is_ok());
        if let Some(flight) = flight {
            return flight.clone();
        }
        let (tell, flight) = watch::channel(None);
        state.flights.insert(settings.location.clone(), flight.clone());
        drop(state);
        let (oauth, settings) = (Arc::clone(self), settings.clone());
        tokio::spawn(async move {
            let outcome = oauth.renew(&settings, refused).await;
            oauth.state().flights.remove(&settings.location);
            tell.send_replace(Some(outcome));
        });
        flight
    }
}

#[cfg(test)]
mod tests;
