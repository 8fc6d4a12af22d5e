//! Where an app's tokens are kept: in a file of this machine, or in the store that several processes share.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use secrecy::SecretSlice;

use crate::ghl::auth::grant::Grant;
use crate::ghl::auth::shared_grant::{SharedGrant, SharedLock};
use crate::ghl::auth::store_error::StoreError;
use crate::ghl::auth::token_content::{Content, Saved, Seen};
use crate::ghl::auth::token_file::{self, TokenFile, blocking};
#[cfg(feature = "redis")]
use crate::ghl::model::LocationId;

/// Where an app's tokens are kept.
#[derive(Debug)]
pub enum TokenStore {
    /// A file: the processes of this machine share it.
    File(TokenFile),
    /// The store that several processes share.
    Shared(SharedGrant),
}

/// The right to refresh and to write: one process has it at a time. Ends when it is dropped.
#[derive(Debug)]
pub(crate) enum Lock {
    File(token_file::Lock),
    Shared(SharedLock),
}

/// Space for one new content, and the lock under which it was reserved. Freed when it is dropped unused.
#[derive(Debug)]
pub(crate) enum Reservation {
    File(token_file::Reservation),
    /// With the content that the new one follows.
    Shared(SharedLock, Option<Seen>),
}

impl TokenStore {
    /// A file of this machine, which need not exist yet. Touches nothing.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::File(TokenFile::new(path))
    }

    /// The store that several processes share: the tokens for this location, of the app with this `client_id`. The tokens of the
    /// file, if there are any, are put into the store where it has none, or older ones; the file is never written.
    #[cfg(feature = "redis")]
    #[must_use]
    pub fn shared(client_id: &str, location: Option<LocationId>, seed: Option<PathBuf>) -> Self {
        Self::Shared(SharedGrant::new(client_id, location, seed.map(TokenFile::new)))
    }

    /// The file that is written, or that only gives the first tokens.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(file) => Some(file.path()),
            Self::Shared(shared) => shared.seed().map(TokenFile::path),
        }
    }

    /// Whether the file is fit to be used; one that is not there yet is fine. Blocks.
    pub fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::File(file) => file.check(),
            Self::Shared(shared) => shared.seed().map_or(Ok(()), |seed| seed.read_seed().map(|_| ())),
        }
    }

    pub(crate) async fn read(&self) -> Result<Content, StoreError> {
        match self {
            Self::File(file) => {
                let file = file.clone();
                let (text, fingerprint) = blocking(move || file.read()).await?;
                Ok(Content { text, seen: Seen::File(fingerprint) })
            }
            Self::Shared(shared) => shared.read().await,
        }
    }

    /// Nothing where another process holds it.
    pub(crate) async fn try_lock(&self) -> Result<Option<Lock>, StoreError> {
        Ok(match self {
            Self::File(file) => {
                let file = file.clone();
                blocking(move || file.try_lock()).await?.map(Lock::File)
            }
            Self::Shared(shared) => shared.try_lock().await?.map(Lock::Shared),
        })
    }
}

impl Lock {
    /// Makes sure that new tokens can be written, while the old ones are still good. `seen` is what they follow.
    pub(crate) async fn reserve(self, seen: Option<Seen>) -> Result<Reservation, StoreError> {
        match self {
            Self::File(lock) => blocking(move || lock.reserve()).await.map(Reservation::File),
            Self::Shared(lock) => lock.check().map(|()| Reservation::Shared(lock, seen)),
        }
    }
}

impl Reservation {
    /// Writes a grant, whose text this is; `now` is the calendar's.
    pub(crate) async fn write(self, grant: &Grant, text: SecretSlice<u8>, now: SystemTime) -> Saved {
        match self {
            Self::File(reservation) => match blocking(move || reservation.write(&text)).await {
                Ok(fingerprint) => Saved { seen: Some(Seen::File(fingerprint)), outcome: Ok(true) },
                Err(error) => Saved { seen: None, outcome: Err(error) },
            },
            Self::Shared(lock, follows) => lock.write(grant, text, follows, now).await,
        }
    }

    /// Frees the space and gives the lock back.
    pub(crate) fn cancel(self) -> Option<Lock> {
        match self {
            Self::File(reservation) => reservation.cancel().map(Lock::File),
            Self::Shared(lock, _) => Some(Lock::Shared(lock)),
        }
    }
}
