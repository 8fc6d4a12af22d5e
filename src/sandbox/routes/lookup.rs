//! How a route finds the contact it is about.

use serde_json::Value;

use crate::sandbox::gate;
use crate::sandbox::record::{Contact, text};
use crate::sandbox::response::Response;
use crate::sandbox::state::State;
use crate::sandbox::store::Store;

/// The contact, or the 400 of an unknown one, or the 403 of another location's.
pub(crate) fn known<'a>(state: &State, store: &'a Store, id: &str) -> Result<&'a Contact, Response> {
    let contact = store.get(id).ok_or_else(|| Response::contact_unknown(id))?;
    gate::location(&state.options, contact.get("locationId").and_then(Value::as_str))?;
    Ok(contact)
}

/// The contact, if it is of the sandbox's own location.
pub(crate) fn here<'a>(state: &State, contact: &'a Contact) -> Option<&'a Contact> {
    (text(contact, "locationId") == state.options.location_id).then_some(contact)
}
