//! Stores a written contact, for both dialects.

use serde_json::{Map, Value, json};

use crate::sandbox::clock;
use crate::sandbox::identity::Key;
use crate::sandbox::record::{self, Contact};
use crate::sandbox::response::Response;
use crate::sandbox::rules::{self, Rules};
use crate::sandbox::state::State;
use crate::sandbox::store::Store;

/// Stores a new contact and returns it.
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
    rules::apply(&mut contact, body, &rules);
    rules::update_derived(&mut contact);
    store.put(contact.clone(), now);
    contact
}

/// Changes a stored contact. Returns it as the response shows it: what was not stored is shown as it was sent. That is the
/// harder case for a client; for `gender` HighLevel shows the stored value (highlevel-api-docs issue 313).
pub(crate) fn change(
    state: &State,
    store: &mut Store,
    id: &str,
    body: &Map<String, Value>,
    mut dropped: Map<String, Value>,
) -> Result<Contact, Response> {
    let mut contact = store.get(id).cloned().ok_or_else(|| Response::unknown_contact(id))?;
    refuse_permanent_dnd(&contact, body)?;
    let rules = Rules { definitions: &store.definitions, options: &state.options, existing: true };
    dropped.extend(rules::apply(&mut contact, body, &rules));
    remove_main_from_additional(&mut contact);
    rules::update_derived(&mut contact);
    rules::touch(&mut contact, state.now());
    store.put(contact.clone(), state.now());
    rules::echo_dropped(&mut contact, dropped);
    Ok(contact)
}

/// Removes the main e-mail and phone from the additional ones. An additional one that becomes the main one replaces the
/// old main one, which is lost (highlevel-api-docs issue 337).
fn remove_main_from_additional(contact: &mut Contact) {
    for (key, additional) in [(Key::Email, "additionalEmails"), (Key::Phone, "additionalPhones")] {
        let main = record::text(contact, key.property()).to_lowercase();
        if let Some(Value::Array(list)) = contact.get_mut(additional) {
            list.retain(|entry| {
                let text = entry.as_str().or_else(|| entry.get(key.property())?.as_str());
                text.is_none_or(|text| text.to_lowercase() != main)
            });
        }
    }
}

/// 400 if the body changes a permanent do-not-disturb setting.
fn refuse_permanent_dnd(contact: &Contact, body: &Map<String, Value>) -> Result<(), Response> {
    let stored = contact.get("dndSettings").and_then(Value::as_object);
    let sent = body.get("dndSettings").and_then(Value::as_object);
    let Some((stored, sent)) = stored.zip(sent) else { return Ok(()) };
    let refused = sent.iter().find(|(channel, setting)| {
        let permanent = stored.get(*channel).is_some_and(|old| old["status"] == "permanent");
        permanent && setting["status"] != "permanent"
    });
    match refused {
        None => Ok(()),
        Some((channel, _)) => Err(Response::bad_request(&format!(
            "Not authorized to update permanent dnd setting for {channel}"
        ))),
    }
}
