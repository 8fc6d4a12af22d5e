//! Between memory and the store: the lock, the reservation, and the tokens that could not be written.

use std::sync::{Arc, Weak};
use std::time::Duration;

use secrecy::SecretSlice;

use crate::ghl::auth::grant::{Grant, KeptGrant};
use crate::ghl::auth::oauth::tokens::OAuth;
use crate::ghl::auth::store_error::StoreError;
use crate::ghl::auth::token_content::{Saved, Seen};
use crate::ghl::auth::token_store::{Lock, Reservation, TokenStore};
use crate::ghl::model::{Clock, Error, Kind, Written};

/// How long to wait before a lock that another process holds, or a store that does not serve, is asked for again.
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// The same for a store that many processes ask.
const ASK_SHARED_AGAIN: Duration = Duration::from_millis(250);
/// Longer than the other process's refresh takes at most.
const LONGEST_LOCK: Duration = Duration::from_secs(25);
/// A store that did not serve for so long is not waited for by the calls of the next moments.
const REST: Duration = Duration::from_secs(5);
/// How long to wait before tokens that are only in memory are written again, which is logged.
const SAVE_AGAIN: Duration = Duration::from_secs(60);

impl OAuth {
    /// The lock. Where a call needs it (`waits`), it waits for a store that does not serve.
    pub(crate) async fn lock(&self, clock: &Arc<dyn Clock>, waits: bool) -> Result<Lock, Error> {
        let began = clock.now();
        loop {
            let has_time = clock.now().saturating_sub(began) <= LONGEST_LOCK;
            match self.store().try_lock().await {
                Ok(Some(lock)) => return Ok(lock),
                Ok(None) if has_time => {}
                Ok(None) => {
                    tracing::error!(
                        seconds = LONGEST_LOCK.as_secs(),
                        "another process holds the lock of the token store"
                    );
                    return Err(Error::new(Kind::Unavailable, Written::No));
                }
                Err(StoreError::Shared(_)) if waits && has_time => {}
                Err(error) => return Err(error.into()),
            }
            self.ask_again(clock).await;
        }
    }

    /// The first content of the store, without which no call can be sent: one that does not serve is waited for.
    pub(crate) async fn read_first(&self, clock: &Arc<dyn Clock>) -> Result<(), Error> {
        let began = clock.now();
        loop {
            match self.reread(clock).await {
                Err(error)
                    if *error.kind() == Kind::TokensAway
                        && clock.now().saturating_sub(began) <= LONGEST_LOCK =>
                {
                    self.ask_again(clock).await;
                }
                Err(error) if *error.kind() == Kind::TokensAway => {
                    self.state().first_read_paused.until(clock.now() + REST, error.clone());
                    return Err(error);
                }
                ended => return ended.map(|_| ()),
            }
        }
    }

    async fn ask_again(&self, clock: &Arc<dyn Clock>) {
        let after = match self.store() {
            TokenStore::File(_) => ASK_AGAIN,
            TokenStore::Shared(_) => ASK_SHARED_AGAIN,
        };
        clock.sleep(after).await;
    }

    /// Makes sure that the tokens that are about to be asked for can be written.
    pub(crate) async fn reserve(&self, lock: Lock) -> Result<Reservation, Error> {
        let seen = self.state().seen.clone();
        lock.reserve(seen).await.map_err(Error::from)
    }

    /// Puts a grant in the store, then in use; `now` is when it was asked for. Where the store fails it is in use all the
    /// same, and is written when the store lets it. False where the store has received newer tokens meanwhile.
    pub(crate) async fn keep(
        self: &Arc<Self>,
        clock: &Arc<dyn Clock>,
        grant: Grant,
        now: Duration,
        reservation: Reservation,
    ) -> Result<bool, Error> {
        let grant = match &self.state().held {
            Some(held) => grant.after(&held.grant),
            None => grant,
        };
        let lifetime = grant.lifetime;
        let wall = clock.wall();
        let text = grant.to_store(self.client_id(), wall + lifetime);
        let Saved { seen, outcome } = reservation.write(&grant, text, wall).await;
        {
            let mut state = self.state();
            state.hold(grant, now, lifetime, true);
            state.seen = seen.or(state.seen.take());
            let was_unsaved = std::mem::replace(&mut state.unsaved, outcome.is_err());
            if outcome.is_err() && !was_unsaved && matches!(self.store(), TokenStore::File(_)) {
                tokio::spawn(save_later(Arc::downgrade(self), Arc::clone(clock)));
            }
        }
        if matches!(outcome, Ok(false)) {
            self.reread(clock).await?;
        }
        outcome.map_err(|error| {
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
        let content = self.store().read().await;
        let read = match content {
            Ok(content) if !content.seen.replaces(self.state().seen.as_ref()) => return Ok(false),
            Ok(content) => Grant::from_store(&content.text, self.client_id(), clock.wall())
                .map(|kept| (kept, content.seen)),
            Err(error) => Err(error),
        };
        let mut state = self.state();
        match read {
            Ok((KeptGrant { grant, left, .. }, seen)) => {
                state.hold(grant, clock.now(), left, false);
                state.seen = Some(seen);
                Ok(true)
            }
            Err(error @ (StoreError::Missing | StoreError::NoEntry | StoreError::Corrupt))
                if state.held.is_some() =>
            {
                tracing::warn!(%error, "the token store; the tokens in memory are used");
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Puts the tokens that are only in memory into the store.
    async fn save(&self, clock: &Arc<dyn Clock>) -> Result<(), Error> {
        if !self.state().unsaved {
            return Ok(());
        }
        if let TokenStore::Shared(_) = self.store() {
            return self.put_back(clock).await;
        }
        let lock = self.lock(clock, true).await?;
        // What another process wrote meanwhile is newer than ours.
        if !self.reread(clock).await? {
            let reservation = self.reserve(lock).await?;
            let Some((grant, text, _)) = self.in_memory(clock) else { return Ok(()) };
            let Saved { seen, outcome } = reservation.write(&grant, text, clock.wall()).await;
            outcome?;
            self.state().seen = seen;
        }
        self.state().unsaved = false;
        Ok(())
    }

    /// The tokens in memory, their text for the store, and what they are in it.
    fn in_memory(&self, clock: &Arc<dyn Clock>) -> Option<(Grant, SecretSlice<u8>, Option<Seen>)> {
        let state = self.state();
        let held = state.held.as_ref()?;
        let ends = clock.wall() + held.token.ends.saturating_sub(clock.now());
        Some((held.grant.clone(), held.grant.to_store(self.client_id(), ends), state.seen.clone()))
    }

    /// Puts the tokens in memory into the shared store where it has none, or older ones; else takes over what stands there.
    pub(crate) async fn put_back(&self, clock: &Arc<dyn Clock>) -> Result<(), Error> {
        let Some((grant, text, seen)) = self.in_memory(clock) else { return Ok(()) };
        if let (TokenStore::Shared(shared), Some(Seen::Shared(version))) = (self.store(), &seen)
            && !shared.put(&grant, text, version).await?
        {
            self.reread(clock).await?;
        }
        let mut state = self.state();
        // A refresh that ended meanwhile has tokens of its own to write.
        if state.seen == seen {
            state.unsaved = false;
        }
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
