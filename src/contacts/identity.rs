//! Which contact is meant: the lookup by e-mail and phone, possible duplicates, and one writer for each key.

pub(crate) mod duplicates;
pub(crate) mod keys;
pub(crate) mod locks;
pub(crate) mod lookup;
pub(crate) mod reading;
pub(crate) mod shared_key;

pub use crate::contacts::identity::keys::MatchedBy;
pub use crate::contacts::identity::lookup::OnConflict;
