//! Storing a written contact, in either dialect.

use serde_json::{Map, Value, json};

use crate::sandbox::clock;
use crate::sandbox::identity::Key;
use crate::sandbox::record::{self, Contact};
use crate::sandbox::response::Response;
use crate::sandbox::rules::{self, Rules};
use crate::sandbox::state::State;
use crate::sandbox::store::Store;

/// A new contact, stored.
pub(crate) fn insert(state: &State, store: &mut Store, body: &Map<String, Value>) -> Contact {
    let now = state.now();
    let stamp = clock::iso(now);
    let base = json!({
        "id": store.new_id(), "locationId": state.options.location_id, "type": "lead", "dnd": false, "tags": [],
        "customFields": [], "dateAdded": stamp, "dateUpdated": stamp,
        "createdBy": { "source": "INTEGRATION", "channel": "PRIVATE_INTEGRATION", "timestamp": stamp },
    });
    let mut contact = base.as_object().cloned().unwrap_or_default();
    let rules = Rules { definitions: &store.definitions, options: &state.options, existing: false };
    rules::write(&mut contact, body, &rules);
    rules::settle(&mut contact);
    store.put(contact.clone(), now);
    contact
}

/// Changes a stored contact. The answer echoes what was not stored as if it were (highlevel-api-docs issue 313).
pub(crate) fn change(
    state: &State,
    store: &mut Store,
    id: &str,
    body: &Map<String, Value>,
    mut dropped: Map<String, Value>,
) -> Result<Contact, Response> {
    let mut contact = store.get(id).cloned().ok_or_else(|| Response::contact_unknown(id))?;
    refuse_permanent(&contact, body)?;
    let rules = Rules { definitions: &store.definitions, options: &state.options, existing: true };
    dropped.extend(rules::write(&mut contact, body, &rules));
    promote(&mut contact);
    rules::settle(&mut contact);
    rules::touch(&mut contact, state.now());
    store.put(contact.clone(), state.now());
    rules::echo(&mut contact, dropped);
    Ok(contact)
}

/// An additional address that became the main one is no longer additional; the old main one is gone
/// (highlevel-api-docs issue 337).
fn promote(contact: &mut Contact) {
    for (key, more) in [(Key::Email, "additionalEmails"), (Key::Phone, "additionalPhones")] {
        let main = record::text(contact, key.property()).to_lowercase();
        if let Some(Value::Array(list)) = contact.get_mut(more) {
            list.retain(|entry| {
                let text = entry.as_str().or_else(|| entry.get(key.property())?.as_str());
                text.is_none_or(|text| text.to_lowercase() != main)
            });
        }
    }
}

/// A permanent do-not-disturb cannot be written over.
fn refuse_permanent(contact: &Contact, body: &Map<String, Value>) -> Result<(), Response> {
    let held = contact.get("dndSettings").and_then(Value::as_object);
    let sent = body.get("dndSettings").and_then(Value::as_object);
    let Some((held, sent)) = held.zip(sent) else { return Ok(()) };
    let clash = sent.iter().find(|(channel, setting)| {
        let permanent = held.get(*channel).is_some_and(|old| old["status"] == "permanent");
        permanent && setting["status"] != "permanent"
    });
    match clash {
        None => Ok(()),
        Some((channel, _)) => Err(Response::bad_request(&format!(
            "Not authorized to update permanent dnd setting for {channel}"
        ))),
    }
}
