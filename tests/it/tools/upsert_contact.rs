//! `ghl_upsert_contact`: one contact is created or updated, and nothing else is harmed.

mod audit;
mod beside;
mod cost;
mod custom_fields;
mod lookup;
mod lost_answers;
mod plan;
mod races;
mod recipe;
mod refusals;
mod tags;
mod untrusted;
mod verify;
