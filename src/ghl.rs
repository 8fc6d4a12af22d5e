//! Owns: every request to HighLevel, its headers, its errors, its retries, and what HighLevel sends and takes.
//! May import: no other module.
//! Never: knows of MCP, prints, reads the environment, decides what an operation on a contact means.
//! Tests: `tests/it/architecture.rs`, the tables beside the code, `tests/it/wire.rs`.

pub mod auth;
mod breaker;
mod call;
mod client;
pub mod clock;
pub mod contacts;
pub mod custom_fields;
pub mod dialect;
mod error;
pub mod http;
mod id;
mod invisible;
pub mod locations;
pub mod model;
mod observer;
mod pace;
mod retry;
mod share;
pub mod tags;

pub use crate::ghl::call::Effect;
pub use crate::ghl::client::{Client, Scope, Settings};
pub use crate::ghl::dialect::{Dialect, FieldForm};
pub use crate::ghl::error::{Error, Happened, Kind};
pub use crate::ghl::id::{ContactId, CustomFieldId, IdError, LocationId};
pub use crate::ghl::invisible::is_invisible;
pub use crate::ghl::observer::Observer;
