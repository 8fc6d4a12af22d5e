//! Which contact is meant: the lookup by e-mail and phone, possible duplicates, and one writer for each key.

pub(crate) mod duplicates;
pub(crate) mod locks;
pub mod lookup;
