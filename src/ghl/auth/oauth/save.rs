//! From memory to disk: the lock, the claim, and the tokens that found no room.

use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use crate::ghl::auth::grant::Grant;
use crate::ghl::auth::oauth::renew::blocking;
use crate::ghl::auth::store::{Claim, Fingerprint, Lock, StoreError};
use crate::ghl::auth::{Failed, OAuth};
use crate::ghl::clock::Clock;
use crate::ghl::error::Kind;

/// How often a lock that another process holds is asked for.
const ASK: Duration = Duration::from_millis(50);
/// Longer than the other process's refresh takes at most.
const PATIENCE: Duration = Duration::from_secs(25);
/// How often tokens that are only in memory are tried to be written, and spoken of.
const AGAIN: Duration = Duration::from_secs(60);

/// The room on disk, and the lock under which it was claimed.
#[derive(Debug)]
pub(in crate::ghl::auth) struct Claimed {
    claim: Claim,
    lock: Lock,
}

impl Claimed {
    /// Without the room.
    pub(in crate::ghl::auth) fn give_back(self) -> Lock {
        self.lock
    }
}

impl OAuth {
    pub(in crate::ghl::auth) async fn lock(&self, clock: &Arc<dyn Clock>) -> Result<Lock, Failed> {
        let began = clock.now();
        loop {
            let store = self.store().clone();
            if let Some(lock) = blocking(move || store.try_lock()).await? {
                return Ok(lock);
            }
            if clock.now().saturating_sub(began) > PATIENCE {
                tracing::error!(
                    seconds = PATIENCE.as_secs(),
                    "another process holds the lock of the token store"
                );
                return Err(Failed::new(Kind::Unavailable));
            }
            clock.sleep(ASK).await;
        }
    }

    pub(in crate::ghl::auth) async fn claim(&self, lock: Lock) -> Result<Claimed, Failed> {
        let store = self.store().clone();
        let claimed = blocking(move || store.claim(&lock).map(|claim| Claimed { claim, lock })).await;
        claimed.map_err(Failed::from)
    }

    /// Puts a grant on disk, then in use; `now` is when it was asked for. Where the disk fails it is in use all the
    /// same, and is written when the disk lets it.
    pub(in crate::ghl::auth) async fn keep(
        self: &Arc<Self>,
        clock: &Arc<dyn Clock>,
        grant: Grant,
        now: Duration,
        claimed: Claimed,
    ) -> Result<(), Failed> {
        let grant = match &self.state().held {
            Some(held) => grant.after(&held.grant),
            None => grant,
        };
        let lifetime = grant.lifetime;
        let written = self.write(&grant, clock.wall() + lifetime, claimed).await;
        {
            let mut state = self.state();
            state.hold(grant, now, lifetime, true);
            match &written {
                Ok(fingerprint) => (state.seen, state.unsaved) = (Some(*fingerprint), false),
                Err(_) if state.unsaved => {}
                Err(_) => {
                    state.unsaved = true;
                    tokio::spawn(save_later(Arc::downgrade(self), Arc::clone(clock)));
                }
            }
        }
        written.map(|_| ()).map_err(|error| {
            tracing::error!(%error, "the token store; the new tokens are in memory only and lost at the end");
            error.into()
        })
    }

    /// Waits for the renewals that are on their way, and tries a last time to write what is in memory only. A process
    /// that ends before may take a refresh token with it that HighLevel has replaced already.
    pub(in crate::ghl::auth) async fn settled(&self, clock: &Arc<dyn Clock>) {
        let flights: Vec<_> = self.state().flights.values().cloned().collect();
        for mut flight in flights {
            let _ = flight.wait_for(Option::is_some).await;
        }
        if self.save(clock).await.is_err() {
            tracing::error!(
                "the OAuth tokens could not be written and are lost: run `ghl-contacts-mcp login`"
            );
        }
    }

    async fn write(
        &self,
        grant: &Grant,
        ends: SystemTime,
        claimed: Claimed,
    ) -> Result<Fingerprint, StoreError> {
        let text = grant.to_store(self.client_id(), ends);
        blocking(move || {
            let written = claimed.claim.write(&text);
            drop(claimed.lock);
            written
        })
        .await
    }

    /// Puts the tokens that are only in memory on disk.
    async fn save(&self, clock: &Arc<dyn Clock>) -> Result<(), Failed> {
        if !self.state().unsaved {
            return Ok(());
        }
        let lock = self.lock(clock).await?;
        // What another process wrote meanwhile is newer than ours.
        if !self.reread(clock).await? {
            let claimed = self.claim(lock).await?;
            let held = self.state().held.as_ref().map(|held| (held.grant.clone(), held.token.ends));
            let Some((grant, ends)) = held else { return Ok(()) };
            let ends = clock.wall() + ends.saturating_sub(clock.now());
            let fingerprint = self.write(&grant, ends, claimed).await?;
            self.state().seen = Some(fingerprint);
        }
        self.state().unsaved = false;
        Ok(())
    }
}

/// Tries until the tokens are on disk or nobody needs them any more.
async fn save_later(oauth: Weak<OAuth>, clock: Arc<dyn Clock>) {
    loop {
        clock.sleep(AGAIN).await;
        let Some(oauth) = oauth.upgrade() else { return };
        match oauth.save(&clock).await {
            Ok(()) => {
                tracing::info!("the OAuth tokens are in the token store again");
                return;
            }
            Err(failed) => tracing::error!(
                kind = ?failed.kind,
                "the OAuth tokens are still in memory only; they are lost when this process ends"
            ),
        }
    }
}
