//! The operations on a location's contacts, one file each. Each is a method of [`Contacts`](crate::contacts::Contacts).

pub(crate) mod check_up;
pub(crate) mod get;
mod native_upsert;
mod safe_upsert;
pub(crate) mod search;
mod tags;
mod upsert;
mod upsert_by_id;
mod users;
