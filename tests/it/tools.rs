//! What each tool does: what the model sees, what goes over the wire, and what the CRM then holds.

mod upsert_contact;
