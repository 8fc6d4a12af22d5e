//! The specs of each tool: what the model sees, what goes over the wire, and what the CRM holds afterwards.

mod add_tags;
mod get_contact;
pub mod search_contacts;
mod upsert_contact;
