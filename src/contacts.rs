//! Owns: identity, lookup, the plan of a write, its verification and receipt, custom fields, the search grammar, and
//! the slim contact that a model sees.
//! May import: `ghl`.
//! Never: sends (it asks `ghl`), knows of MCP, changes a value on its way in beyond the normal form of a key.
//! Tests: `tests/it/tools/`, the properties beside the code.

pub mod batch;
mod cache;
mod error;
pub mod fields;
pub mod identity;
mod location;
mod operation;
pub mod query;
mod service;
pub mod value;
pub mod view;
pub mod write;

pub use crate::contacts::error::{Error, Subject};
pub use crate::contacts::operation::check_up::{CheckUp, Probe};
pub use crate::contacts::operation::dnd::Blocked;
pub use crate::contacts::operation::get::Target;
pub use crate::contacts::operation::notes::Added;
pub use crate::contacts::operation::pages::{ListPage, Listing};
pub use crate::contacts::operation::search::SearchResult;
pub use crate::contacts::operation::tasks::TaskRequest;
pub use crate::contacts::service::{Contacts, Options};
pub use crate::contacts::write::audit::AuditKey;
pub use crate::contacts::write::desired::Upsert;
pub use crate::contacts::write::receipt::{Receipt, Tagged, Tagging};
