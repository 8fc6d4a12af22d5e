//! The contact that a request is about.

use serde_json::Value;

use crate::sandbox::gate;
use crate::sandbox::record::{Contact, text};
use crate::sandbox::response::Response;
use crate::sandbox::state::State;
use crate::sandbox::store::Store;

/// The contact with this id; 400 if it is unknown, 403 if it belongs to another location.
pub(crate) fn contact_by_id<'a>(state: &State, store: &'a Store, id: &str) -> Result<&'a Contact, Response> {
    let contact = store.get(id).ok_or_else(|| Response::unknown_contact(id))?;
    gate::check_location(&state.options, contact.get("locationId").and_then(Value::as_str))?;
    Ok(contact)
}

/// The contact, if it belongs to the sandbox's location.
pub(crate) fn in_location<'a>(state: &State, contact: &'a Contact) -> Option<&'a Contact> {
    (text(contact, "locationId") == state.options.location_id).then_some(contact)
}
