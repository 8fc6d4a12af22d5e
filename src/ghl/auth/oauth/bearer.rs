//! The token for a request: one that is good, or the one that a renewal brings.

use std::sync::Arc;

use crate::ghl::auth::bearer::Bearer;
use crate::ghl::auth::oauth::tokens::{OAuth, Outcome};
use crate::ghl::auth::token_endpoint::TokenEndpoint;
use crate::ghl::model::{Error, Kind, Written};

impl OAuth {
    /// A token that ages is renewed first; where that fails it serves up to its end.
    pub(crate) async fn bearer(self: &Arc<Self>, endpoint: &TokenEndpoint) -> Result<Bearer, Error> {
        let location = endpoint.location.as_ref();
        {
            let (state, now) = (self.state(), endpoint.clock.now());
            let alive = || state.paused.at(now).and_then(|_| state.alive(location, now));
            if let Some(bearer) = state.good(location, now).or_else(alive) {
                return Ok(bearer);
            }
        }
        let outcome = self.renewed(endpoint, None).await;
        let alive = self.state().alive(location, endpoint.clock.now());
        match (alive, outcome) {
            (Some(bearer), _) => Ok(bearer),
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(Error::new(Kind::Unauthorized, Written::No)),
        }
    }

    /// Whether another token follows the refused one; another caller may have fetched it meanwhile. False where the
    /// refused one is so new that its successor would be refused too.
    pub(crate) async fn renew_refused(
        self: &Arc<Self>,
        endpoint: &TokenEndpoint,
        refused: &Bearer,
    ) -> Result<bool, Error> {
        let has_successor = || {
            let bearer = self.state().alive(endpoint.location.as_ref(), endpoint.clock.now());
            bearer.is_some_and(|bearer| bearer.generation != refused.generation)
        };
        // The first renewal may be one that began before the refusal.
        for _ in 0..2 {
            if has_successor() {
                return Ok(true);
            }
            self.renewed(endpoint, Some(refused.generation)).await?;
        }
        Ok(has_successor())
    }

    /// Waits for the renewal that is under way, or for a new one.
    async fn renewed(self: &Arc<Self>, endpoint: &TokenEndpoint, refused: Option<u64>) -> Outcome {
        let work = || {
            let (oauth, endpoint) = (Arc::clone(self), endpoint.clone());
            async move { oauth.renew(&endpoint, refused).await }
        };
        let outcome = self.renewals.join(endpoint.location.clone(), work).await;
        outcome.unwrap_or_else(|| Err(Error::new(Kind::Unavailable, Written::No)))
    }
}
