//! The CRM as somebody else sees it: what tests and hooks use to look and to meddle.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::sandbox::clock;
use crate::sandbox::record;
use crate::sandbox::rules;
use crate::sandbox::state::{State, lock};

/// A handle on what the sandbox holds.
#[derive(Clone)]
pub struct Crm {
    pub(crate) state: Arc<State>,
}

impl Crm {
    /// Every contact, as `GET /contacts/{id}` shows it, oldest insert first.
    #[must_use]
    pub fn contacts(&self) -> Vec<Value> {
        lock(&self.state.store).all().cloned().map(Value::Object).collect()
    }

    /// One contact.
    #[must_use]
    pub fn contact(&self, id: &str) -> Option<Value> {
        lock(&self.state.store).get(id).cloned().map(Value::Object)
    }

    /// Puts a contact in as it stands, visible to search at once; gives its id, made up where absent.
    pub fn insert(&self, contact: Value) -> String {
        let now = clock::iso(self.state.now());
        let mut store = lock(&self.state.store);
        let Value::Object(mut contact) = contact else { return String::new() };
        let id = match contact.get("id").and_then(Value::as_str) {
            Some(id) => id.to_owned(),
            None => store.new_id(),
        };
        let defaults = json!({
            "id": id, "locationId": self.state.options.location_id, "type": "lead", "dnd": false, "tags": [],
            "customFields": [], "dateAdded": now, "dateUpdated": now,
        });
        if let Value::Object(defaults) = defaults {
            for (property, value) in defaults {
                contact.entry(property).or_insert(value);
            }
        }
        if !contact.contains_key("firstName") && !contact.contains_key("lastName") {
            let name = record::text(&contact, "name").to_owned();
            rules::split_name(&mut contact, &name);
        }
        rules::settle(&mut contact);
        store.put_at_once(contact);
        id
    }

    /// Somebody else changes the contact: `dateUpdated` moves, search lags.
    pub fn edit(&self, id: &str, change: impl FnOnce(&mut Map<String, Value>)) {
        let now = self.state.now();
        let mut store = lock(&self.state.store);
        let Some(mut contact) = store.get(id).cloned() else { return };
        change(&mut contact);
        rules::settle(&mut contact);
        rules::touch(&mut contact, now);
        store.put(contact, now);
    }

    /// Somebody else deletes the contact; search lags.
    pub fn remove(&self, id: &str) {
        let now = self.state.now();
        lock(&self.state.store).remove(id, now);
    }
}
