//! The specs of each tool: what the model sees, what goes over the wire, and what the CRM holds afterwards.

mod add_note;
mod add_tags;
mod add_task;
mod complete_task;
mod delete_contact;
mod get_contact;
mod list_custom_fields;
mod list_notes;
mod list_tags;
mod list_tasks;
mod list_users;
mod remove_tags;
pub mod search_contacts;
mod set_dnd;
mod upsert_contact;
mod upsert_contacts;
