//! `ghl_upsert_contact` creates or updates one contact and changes nothing else.

mod audit;
mod beside;
mod cost;
mod custom_fields;
mod lookup;
mod lost_answers;
mod mismatch;
mod plan;
mod races;
mod recipe;
mod refusals;
mod tags;
mod untrusted;
mod verify;
mod who;
