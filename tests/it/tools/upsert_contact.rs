//! `ghl_upsert_contact`: one contact is created or updated, and nothing else is harmed.

mod cost;
mod lookup;
