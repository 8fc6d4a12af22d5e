//! One renewal from beginning to end, in the order that loses no token: lock, read again, reserve, spend, write, publish.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::ghl::auth::grant::UserType;
use crate::ghl::auth::oauth::tokens::{OAuth, Outcome};
use crate::ghl::auth::token_endpoint::{Refusal, TokenEndpoint};
use crate::ghl::auth::token_store::Lock;
use crate::ghl::model::{Error, Kind, Missing, Written};

/// After `invalid_grant` the token endpoint is not asked for this long.
const AFTER_INVALID_GRANT: Duration = Duration::from_secs(60);
/// After any other failure.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// What the refresh is made with.
struct Spend {
    token: SecretString,
    user_type: UserType,
}

impl OAuth {
    /// Brings the token that requests carry up to date, with as few requests as that takes; often with none.
    pub(crate) async fn renew(self: &Arc<Self>, endpoint: &TokenEndpoint, refused: Option<u64>) -> Outcome {
        let nothing_yet = self.state().held.is_none();
        if nothing_yet {
            if let Some(failed) = self.state().first_read_paused.at(endpoint.clock.now()) {
                return Err(failed);
            }
            self.read_first(&endpoint.clock).await?;
            self.watch(&endpoint.clock);
        }
        if !self.state().is_agency() {
            self.refresh(endpoint, refused).await?;
        }
        if self.state().is_agency() { self.mint(endpoint, refused).await } else { Ok(()) }
    }

    async fn refresh(self: &Arc<Self>, endpoint: &TokenEndpoint, refused: Option<u64>) -> Outcome {
        if !self.wants_refresh(endpoint, refused) {
            return Ok(());
        }
        let is_needed = refused.is_some() || !self.is_alive(endpoint);
        let locked = self.lock(&endpoint.clock, is_needed).await;
        let lock = locked.map_err(|failed| self.pause(endpoint, failed, AFTER_FAILURE))?;
        self.refresh_alone(endpoint, refused, lock).await
    }

    fn wants_refresh(&self, endpoint: &TokenEndpoint, refused: Option<u64>) -> bool {
        let now = endpoint.clock.now();
        self.state().held.as_ref().is_some_and(|held| held.token.needs_refresh(now, refused))
    }

    fn is_alive(&self, endpoint: &TokenEndpoint) -> bool {
        let now = endpoint.clock.now();
        self.state().held.as_ref().is_some_and(|held| held.token.is_alive(now))
    }

    /// Holds the lock: no other process that shares the store refreshes meanwhile.
    async fn refresh_alone(
        self: &Arc<Self>,
        endpoint: &TokenEndpoint,
        refused: Option<u64>,
        lock: Lock,
    ) -> Outcome {
        // Another process may have refreshed already: its token serves as well.
        let reread = self.reread(&endpoint.clock).await;
        reread.map_err(|failed| self.pause(endpoint, failed, AFTER_FAILURE))?;
        let mut lock = Some(lock);
        while let Some(spend) = self.to_spend(endpoint, refused)? {
            let Some(held) = lock.take() else { break };
            let reservation = self.reserve(held).await;
            let reservation = reservation.map_err(|failed| self.pause(endpoint, failed, AFTER_FAILURE))?;
            let now = endpoint.clock.now();
            match endpoint.refresh(self.app(), &spend.token, spend.user_type).await {
                Ok(grant) => {
                    // Where the store fails now, the new token serves from memory: the old one is spent.
                    let _ = self.keep(&endpoint.clock, grant, now, reservation).await;
                    return Ok(());
                }
                Err(Refusal::InvalidGrant) => {
                    lock = reservation.cancel();
                    // A process that does not know the lock may have rotated the token.
                    if !self.reread(&endpoint.clock).await? {
                        return Err(self.pause(endpoint, authorize_again(), AFTER_INVALID_GRANT));
                    }
                }
                Err(Refusal::Failed(failed)) => return Err(self.pause(endpoint, failed, AFTER_FAILURE)),
                Err(Refusal::Unauthorized) => {
                    return Err(self.pause(endpoint, authorize_again(), AFTER_INVALID_GRANT));
                }
            }
        }
        Ok(())
    }

    /// The refresh token, where one is to be spent.
    fn to_spend(&self, endpoint: &TokenEndpoint, refused: Option<u64>) -> Result<Option<Spend>, Error> {
        let (state, now) = (self.state(), endpoint.clock.now());
        let Some(held) = &state.held else { return Ok(None) };
        if !held.token.needs_refresh(now, refused) || held.token.is_too_new_to_refresh(now, refused) {
            return Ok(None);
        }
        if let Some(failed) = state.paused.at(now) {
            return Err(failed);
        }
        let token = held.grant.refresh.clone().ok_or_else(authorize_again)?;
        Ok(Some(Spend { token, user_type: held.grant.user_type }))
    }

    /// Stops asking the token endpoint for a while, and logs it once.
    fn pause(&self, endpoint: &TokenEndpoint, failed: Error, time: Duration) -> Error {
        tracing::error!(
            kind = ?failed.kind(),
            status = failed.status(),
            pause_seconds = time.as_secs(),
            "the OAuth token could not be renewed"
        );
        self.state().paused.until(endpoint.clock.now() + time, failed.clone());
        failed
    }

    /// Exchanges the agency's token for one of the configured location.
    async fn mint(self: &Arc<Self>, endpoint: &TokenEndpoint, refused: Option<u64>) -> Outcome {
        let location = endpoint
            .location
            .as_ref()
            .ok_or_else(|| Error::new(Kind::NotConfigured(Missing::Location), Written::No))?;
        {
            let (state, now) = (self.state(), endpoint.clock.now());
            let minted = state.minted_for(location);
            if minted.is_some_and(|life| {
                !life.needs_refresh(now, refused) || life.is_too_new_to_refresh(now, refused)
            }) {
                return Ok(());
            }
            if let Some(failed) = state.exchange_paused.at(now) {
                return Err(failed);
            }
        }
        let aged = self.refresh(endpoint, None).await;
        let (agency, company, generation) = self.agency(endpoint, aged)?;
        let now = endpoint.clock.now();
        let mut answer = endpoint.location_token(&agency, &company, location).await;
        if matches!(answer, Err(Refusal::Unauthorized)) {
            self.refresh(endpoint, Some(generation)).await?;
            let (agency, company, renewed) = self.agency(endpoint, Ok(()))?;
            if renewed != generation {
                answer = endpoint.location_token(&agency, &company, location).await;
            }
        }
        let failed = match answer {
            Ok(grant) => {
                let mut state = self.state();
                state.mint(location.clone(), grant, now);
                state.exchange_paused.end();
                return Ok(());
            }
            Err(Refusal::Failed(failed)) => failed,
            Err(Refusal::Unauthorized | Refusal::InvalidGrant) => authorize_again(),
        };
        self.state().exchange_paused.until(endpoint.clock.now() + AFTER_FAILURE, failed.clone());
        Err(failed)
    }

    /// The agency's access token while it lives, the agency's id, and the token's generation.
    fn agency(
        &self,
        endpoint: &TokenEndpoint,
        refreshed: Outcome,
    ) -> Result<(SecretString, String, u64), Error> {
        let state = self.state();
        let held = state.held.as_ref().filter(|held| held.token.is_alive(endpoint.clock.now()));
        let Some(held) = held else { return Err(refreshed.err().unwrap_or_else(authorize_again)) };
        let company = held.grant.company.clone().ok_or_else(authorize_again)?;
        Ok((held.grant.access.clone(), company, held.token.generation))
    }
}

fn authorize_again() -> Error {
    let reason = "HighLevel no longer accepts the app's refresh token (it was used elsewhere, revoked, or a year old): \
                  run `ghl-contacts-mcp login` to authorise again";
    Error::new(Kind::Authorization(reason.to_owned()), Written::No)
}
