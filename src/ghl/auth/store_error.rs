//! Why a token store cannot be used.

use std::io;
use std::time::Duration;

use crate::ghl::model::{Error, Kind, Written};
use crate::ghl::policy::Fault;

/// When a call that needs the shared store may be sent again.
const STORE_AGAIN: Duration = Duration::from_secs(5);

/// Why the store cannot be used, in words that go on from "the token store".
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no file.
    #[error("does not exist: run `ghl-contacts-mcp login` to make it")]
    Missing,
    /// Others may read or write it; the mode's last three digits.
    #[error("may be read or written by others (mode {0:03o}): run `chmod 600` on it")]
    TooPermissive(u32),
    /// Others may write its folder, and put another file in its place.
    #[error("lies in a folder that others may write to (mode {0:03o}): run `chmod 700` on the folder")]
    Folder(u32),
    /// A symbolic link: what it points at may be anybody's.
    #[error("is a symbolic link: name the file itself")]
    Link,
    /// A folder, a device or the like.
    #[error("is not a file")]
    NotAFile,
    /// It cannot be read as a store: half a file, or another program's.
    #[error("cannot be understood: run `ghl-contacts-mcp login` to make it anew")]
    Corrupt,
    /// A file that only gives the first tokens, and that others may write.
    #[error("may be written by others (mode {0:03o}): run `chmod go-w` on it")]
    Writable(u32),
    /// No entry of the store that several processes share.
    #[error(
        "of these servers holds no tokens for this location: run `ghl-contacts-mcp login` with the same GHL_STORE, GHL_STORE_KEY and GHL_CLIENT_ID"
    )]
    NoEntry,
    /// The store that several processes share does not serve.
    #[error("of these servers cannot be used: the store {0}")]
    Shared(Fault),
    /// Made for another app.
    #[error("was made for another GHL_CLIENT_ID: run `ghl-contacts-mcp login`")]
    OtherApp,
    /// The machine refuses.
    #[error("cannot be {0}: {1}")]
    System(&'static str, io::ErrorKind),
}

/// Nothing was written to the CRM: the request that wanted the token was not sent, or was answered 401.
impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Shared(fault) => Self::new(Kind::TokensAway, Written::No)
                .with_reason(format!("the store {fault}"))
                .with_retry_after(Some(STORE_AGAIN)),
            error => Self::new(Kind::Authorization(format!("the token store {error}")), Written::No),
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        Self::Shared(fault)
    }
}

impl StoreError {
    pub(crate) fn system(verb: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self::System(verb, error.kind())
    }
}
