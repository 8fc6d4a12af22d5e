//! One function an endpoint: method, path, effect, the subject of its answer, and the vendor's page.

pub(crate) mod bulk;
pub(crate) mod contacts;
pub(crate) mod custom_fields;
pub(crate) mod locations;
pub(crate) mod notes;
pub(crate) mod recipes;
pub(crate) mod tags;
pub(crate) mod tasks;
pub(crate) mod users;
