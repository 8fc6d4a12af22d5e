//! One renewal from beginning to end, in the order that loses no token: lock, re-read, claim, spend, write, publish.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::ghl::auth::endpoint::{self, Refusal};
use crate::ghl::auth::grant::{Grant, UserType};
use crate::ghl::auth::oauth::state::Outcome;
use crate::ghl::auth::store::{Lock, StoreError};
use crate::ghl::auth::{Failed, OAuth};
use crate::ghl::client::Settings;
use crate::ghl::clock::Clock;
use crate::ghl::error::Kind;

/// After `invalid_grant` the token endpoint is left alone for this long.
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
    pub(in crate::ghl::auth) async fn renew(
        self: &Arc<Self>,
        settings: &Settings,
        refused: Option<u64>,
    ) -> Outcome {
        let nothing_yet = self.state().held.is_none();
        if nothing_yet {
            self.reread(&settings.clock).await?;
        }
        if !self.state().is_agency() {
            self.refresh(settings, refused).await?;
        }
        if self.state().is_agency() { self.mint(settings, refused).await } else { Ok(()) }
    }

    async fn refresh(self: &Arc<Self>, settings: &Settings, refused: Option<u64>) -> Outcome {
        if !self.wants_refresh(settings, refused) {
            return Ok(());
        }
        let locked = self.lock(&settings.clock).await;
        let lock = locked.map_err(|failed| self.close(settings, failed, AFTER_FAILURE))?;
        self.refresh_alone(settings, refused, lock).await
    }

    fn wants_refresh(&self, settings: &Settings, refused: Option<u64>) -> bool {
        let now = settings.clock.now();
        self.state().held.as_ref().is_some_and(|held| held.token.is_wanting(now, refused))
    }

    /// With the lock: nobody else on this machine refreshes meanwhile.
    async fn refresh_alone(
        self: &Arc<Self>,
        settings: &Settings,
        refused: Option<u64>,
        lock: Lock,
    ) -> Outcome {
        // Another process may have been first: then its token is as good as one of our own.
        let reread = self.reread(&settings.clock).await;
        reread.map_err(|failed| self.close(settings, failed, AFTER_FAILURE))?;
        let mut lock = Some(lock);
        while let Some(spend) = self.to_spend(settings, refused)? {
            let Some(held) = lock.take() else { break };
            let claimed = self.claim(held).await;
            let claim = claimed.map_err(|failed| self.close(settings, failed, AFTER_FAILURE))?;
            let now = settings.clock.now();
            match endpoint::refresh(settings, &self.app, &spend.token, spend.user_type).await {
                Ok(grant) => {
                    // Serving goes on from memory where the disk fails now: the old token is spent.
                    let _ = self.keep(&settings.clock, grant, now, claim).await;
                    return Ok(());
                }
                Err(Refusal::InvalidGrant) => {
                    lock = Some(claim.give_back());
                    // Somebody who does not know of the lock may have rotated the token.
                    if !self.reread(&settings.clock).await? {
                        return Err(self.close(settings, authorize_again(), AFTER_INVALID_GRANT));
                    }
                }
                Err(Refusal::Failed(failed)) => return Err(self.close(settings, failed, AFTER_FAILURE)),
                Err(Refusal::Unauthorized) => {
                    return Err(self.close(settings, authorize_again(), AFTER_INVALID_GRANT));
                }
            }
        }
        Ok(())
    }

    /// The refresh token, where one is to be spent.
    fn to_spend(&self, settings: &Settings, refused: Option<u64>) -> Result<Option<Spend>, Failed> {
        let (state, now) = (self.state(), settings.clock.now());
        let Some(held) = &state.held else { return Ok(None) };
        if !held.token.is_wanting(now, refused) || held.token.is_hopeless(now, refused) {
            return Ok(None);
        }
        if let Some(failed) = state.closed.at(now) {
            return Err(failed);
        }
        let token = held.grant.refresh.clone().ok_or_else(authorize_again)?;
        Ok(Some(Spend { token, user_type: held.grant.user_type }))
    }

    /// Leaves the token endpoint alone for a while, and says so once.
    fn close(&self, settings: &Settings, failed: Failed, time: Duration) -> Failed {
        tracing::error!(
            kind = ?failed.kind,
            status = failed.status,
            pause_seconds = time.as_secs(),
            "the OAuth token could not be renewed"
        );
        self.state().closed.until(settings.clock.now() + time, failed.clone());
        failed
    }

    /// Exchanges the agency's token for one of the configured location.
    async fn mint(self: &Arc<Self>, settings: &Settings, refused: Option<u64>) -> Outcome {
        let location = settings.location.as_ref().ok_or_else(|| Failed::new(Kind::NotConfigured))?;
        {
            let (state, now) = (self.state(), settings.clock.now());
            let minted = state.minted_for(location);
            if minted.is_some_and(|life| !life.is_wanting(now, refused) || life.is_hopeless(now, refused)) {
                return Ok(());
            }
            if let Some(failed) = state.exchange_closed.at(now) {
                return Err(failed);
            }
        }
        let aged = self.refresh(settings, None).await;
        let (agency, company, generation) = self.agency(settings, aged)?;
        let now = settings.clock.now();
        let mut answer = endpoint::location_token(settings, &agency, &company, location).await;
        if matches!(answer, Err(Refusal::Unauthorized)) {
            self.refresh(settings, Some(generation)).await?;
            let (agency, company, renewed) = self.agency(settings, Ok(()))?;
            if renewed != generation {
                answer = endpoint::location_token(settings, &agency, &company, location).await;
            }
        }
        let failed = match answer {
            Ok(grant) => {
                let mut state = self.state();
                state.mint(location.clone(), grant, now);
                state.exchange_closed.open();
                return Ok(());
            }
            Err(Refusal::Failed(failed)) => failed,
            Err(Refusal::Unauthorized | Refusal::InvalidGrant) => authorize_again(),
        };
        self.state().exchange_closed.until(settings.clock.now() + AFTER_FAILURE, failed.clone());
        Err(failed)
    }

    /// The agency's access token while it lives, the agency's id, and the token's generation.
    fn agency(&self, settings: &Settings, refreshed: Outcome) -> Result<(SecretString, String, u64), Failed> {
        let state = self.state();
        let held = state.held.as_ref().filter(|held| settings.clock.now() < held.token.ends);
        let Some(held) = held else { return Err(refreshed.err().unwrap_or_else(authorize_again)) };
        let company = held.grant.company.clone().ok_or_else(authorize_again)?;
        Ok((held.grant.access.clone(), company, held.token.generation))
    }

    /// Takes over what the store holds where it is not what memory knows of. A store that cannot be understood or is
    /// gone does not end a process that has good tokens in memory: they are written at the next renewal.
    pub(in crate::ghl::auth) async fn reread(&self, clock: &Arc<dyn Clock>) -> Result<bool, Failed> {
        let store = self.store.clone();
        let content = blocking(move || store.read()).await;
        let known = self.state().seen;
        let read = match content {
            Ok(content) if Some(content.fingerprint) == known => return Ok(false),
            Ok(content) => Grant::from_store(&content, &self.app.client_id, clock.wall())
                .map(|(grant, left)| (grant, left, content.fingerprint)),
            Err(error) => Err(error),
        };
        let mut state = self.state();
        match read {
            Ok((grant, left, fingerprint)) => {
                state.hold(grant, clock.now(), left, false);
                state.seen = Some(fingerprint);
                Ok(true)
            }
            Err(error @ (StoreError::Missing | StoreError::Torn)) if state.held.is_some() => {
                tracing::warn!(%error, "the token store; the tokens in memory are used");
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn authorize_again() -> Failed {
    let reason = "HighLevel no longer accepts the app's refresh token (it was used elsewhere, revoked, or a year old): \
                  run `ghl-contacts-mcp login` to authorise again";
    Failed::new(Kind::Authorization(reason.to_owned()))
}

/// Disk work, off the threads that serve.
pub(in crate::ghl::auth) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.unwrap_or(Err(StoreError::System("used", std::io::ErrorKind::Other)))
}
