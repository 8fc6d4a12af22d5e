//! The operations on a location's contacts, one file each.

pub(crate) mod search;
pub(crate) mod tags;
pub(crate) mod upsert;
