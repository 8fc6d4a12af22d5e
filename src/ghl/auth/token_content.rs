//! What stands in a token store, and how one content is told from another.

use secrecy::SecretSlice;

use crate::ghl::auth::store_error::StoreError;
use crate::ghl::auth::token_file::Fingerprint;

/// What tells one content of a store from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    File(Fingerprint),
    Shared(Version),
}

/// The content of a store.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) text: SecretSlice<u8>,
    pub(crate) seen: Seen,
}

/// One content of one entry of the shared store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) entry: String,
    /// When it was made, in milliseconds since 1970.
    pub(crate) number: u64,
    /// It is not written over a later content than this.
    pub(crate) follows: u64,
}

/// What became of a write.
#[derive(Debug)]
pub(crate) struct Saved {
    /// What the store holds of it, or will, once it can be written; none where that is not known.
    pub(crate) seen: Option<Seen>,
    /// False where a later content was written meanwhile, which stays.
    pub(crate) outcome: Result<bool, StoreError>,
}

impl Seen {
    /// Whether this content is to be used in place of the known one.
    pub(crate) fn replaces(&self, known: Option<&Self>) -> bool {
        match (self, known) {
            // A process may have read newer tokens from a store that has lost them since.
            (Self::Shared(new), Some(Self::Shared(known))) => new.number > known.number,
            _ => Some(self) != known,
        }
    }
}

impl Version {
    /// A content that the store has, or had.
    pub(crate) fn of(entry: String, number: u64) -> Self {
        Self { entry, number, follows: number.saturating_sub(1) }
    }
}
