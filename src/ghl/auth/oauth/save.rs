//! Between memory and disk: the lock, the reservation, and the tokens that could not be written.

use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use crate::ghl::auth::grant::Grant;
use crate::ghl::auth::oauth::tokens::OAuth;
use crate::ghl::auth::token_file::{Fingerprint, Lock, Reservation, StoreError};
use crate::ghl::model::{Clock, Error, Kind, Written};

/// How long to wait before a lock that another process holds is asked for again.
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// Longer than the other process's refresh takes at most.
const LONGEST_LOCK: Duration = Duration::from_secs(25);
/// How long to wait before tokens that are only in memory are written again, which is logged.
const SAVE_AGAIN: Duration = Duration::from_secs(60);

impl OAuth {
    pub(crate) async fn lock(&self, clock: &Arc<dyn Clock>) -> Result<Lock, Error> {
        let began = clock.now();
        loop {
            let store = self.store().clone();
            if let Some(lock) = blocking(move || store.try_lock()).await? {
                return Ok(lock);
            }
            if clock.now().saturating_sub(began) > LONGEST_LOCK {
                tracing::error!(
                    seconds = LONGEST_LOCK.as_secs(),
                    "another process holds the lock of the token store"
                );
                return Err(Error::new(Kind::Unavailable, Written::No));
            }
            clock.sleep(ASK_AGAIN).await;
        }
    }

    /// Reserves the disk space for the tokens that are about to be asked for.
    pub(crate) async fn reserve(&self, lock: Lock) -> Result<Reservation, Error> {
        let store = self.store().clone();
        blocking(move || store.reserve(lock)).await.map_err(Error::from)
    }

    /// Puts a grant on disk, then in use; `now` is when it was asked for. Where the disk fails it is in use all the
    /// same, and is written when the disk lets it.
    pub(crate) async fn keep(
        self: &Arc<Self>,
        clock: &Arc<dyn Clock>,
        grant: Grant,
        now: Duration,
        reservation: Reservation,
    ) -> Result<(), Error> {
        let grant = match &self.state().held {
            Some(held) => grant.after(&held.grant),
            None => grant,
        };
        let lifetime = grant.lifetime;
        let written = self.write(&grant, clock.wall() + lifetime, reservation).await;
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
            tracing::error!(%error, "cannot write the token store; new tokens are lost when the process exits");
            error.into()
        })
    }

    /// Waits for the renewals that are under way, and tries a last time to write tokens that are in memory only. A process
    /// that ends before may take a refresh token with it that HighLevel has replaced already.
    pub(crate) async fn settled(&self, clock: &Arc<dyn Clock>) {
        self.renewals.settled().await;
        if self.save(clock).await.is_err() {
            tracing::error!(
                "the OAuth tokens could not be written and are lost: run `ghl-contacts-mcp login`"
            );
        }
    }

    /// Takes over what the store holds where it is not what memory knows of. A store that cannot be understood or is
    /// gone does not end a process that has good tokens in memory: they are written at the next renewal.
    pub(crate) async fn reread(&self, clock: &Arc<dyn Clock>) -> Result<bool, Error> {
        let store = self.store().clone();
        let content = blocking(move || store.read()).await;
        let known = self.state().seen;
        let read = match content {
            Ok(content) if Some(content.fingerprint) == known => return Ok(false),
            Ok(content) => Grant::from_store(&content, &self.app().client_id, clock.wall())
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
            Err(error @ (StoreError::Missing | StoreError::Corrupt)) if state.held.is_some() => {
                tracing::warn!(%error, "the token store; the tokens in memory are used");
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn write(
        &self,
        grant: &Grant,
        ends: SystemTime,
        reservation: Reservation,
    ) -> Result<Fingerprint, StoreError> {
        let text = grant.to_store(self.client_id(), ends);
        blocking(move || reservation.write(&text)).await
    }

    /// Puts the tokens that are only in memory on disk.
    async fn save(&self, clock: &Arc<dyn Clock>) -> Result<(), Error> {
        if !self.state().unsaved {
            return Ok(());
        }
        let lock = self.lock(clock).await?;
        // What another process wrote meanwhile is newer than ours.
        if !self.reread(clock).await? {
            let reservation = self.reserve(lock).await?;
            let held = self.state().held.as_ref().map(|held| (held.grant.clone(), held.token.ends));
            let Some((grant, ends)) = held else { return Ok(()) };
            let ends = clock.wall() + ends.saturating_sub(clock.now());
            let fingerprint = self.write(&grant, ends, reservation).await?;
            self.state().seen = Some(fingerprint);
        }
        self.state().unsaved = false;
        Ok(())
    }
}

/// Tries until the tokens are on disk or are not needed any more.
async fn save_later(oauth: Weak<OAuth>, clock: Arc<dyn Clock>) {
    loop {
        clock.sleep(SAVE_AGAIN).await;
        let Some(oauth) = oauth.upgrade() else { return };
        match oauth.save(&clock).await {
            Ok(()) => {
                tracing::info!("the OAuth tokens are in the token store again");
                return;
            }
            Err(failed) => tracing::error!(
                kind = ?failed.kind(),
                "the OAuth tokens are still in memory only; they are lost when this process ends"
            ),
        }
    }
}

/// Disk work, off the threads that serve.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.unwrap_or(Err(StoreError::System("used", std::io::ErrorKind::Other)))
}
