//! The operations on a location's contacts, one file each. Each is a method of [`Contacts`](crate::contacts::Contacts).

pub(crate) mod check_up;
mod delete;
mod directory;
pub(crate) mod dnd;
pub(crate) mod get;
mod native_upsert;
pub(crate) mod notes;
pub(crate) mod pages;
mod remove_tags;
mod safe_upsert;
pub(crate) mod search;
pub(crate) mod tags;
pub(crate) mod tasks;
mod upsert;
mod upsert_by_id;
mod users;
