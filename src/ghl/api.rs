//! The one entry point for `contacts`: what can be asked of HighLevel, whichever dialect it speaks.

mod activity;
mod contacts;
mod dialect;
mod location;
mod tags;

pub use crate::ghl::api::activity::{complete_task, create_note, create_task, list_notes, list_tasks};
pub use crate::ghl::api::contacts::{
    block, create, delete, find, get, get_coalesced, search, update, upsert,
};
pub use crate::ghl::api::location::{
    custom_fields, dialect, field_form, field_form_is_proven, location, remember_field_form, users,
};
pub use crate::ghl::api::tags::{add_tags, change_tags_of_many, location_tags, remove_tags};
pub use crate::ghl::endpoint::contacts::Upserted;
