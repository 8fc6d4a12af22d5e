//! What each tool does: what the model sees, what goes over the wire, and what the CRM then holds.

mod add_tags;
mod get_contact;
mod search_contacts;
mod upsert_contact;
