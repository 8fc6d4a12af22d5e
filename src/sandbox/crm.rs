//! Direct access to the data of the CRM, for tests and hooks.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::sandbox::clock;
use crate::sandbox::record;
use crate::sandbox::rules;
use crate::sandbox::state::{State, lock};

/// A handle to the data of a sandbox.
#[derive(Clone)]
pub struct Crm {
    /// The state of the sandbox.
    pub(crate) state: Arc<State>,
}

impl Crm {
    /// All contacts in the form that `GET /contacts/{id}` returns, in the order in which they were inserted.
    #[must_use]
    pub fn contacts(&self) -> Vec<Value> {
        lock(&self.state.store).all().cloned().map(Value::Object).collect()
    }

    /// The contact with this id.
    #[must_use]
    pub fn contact(&self, id: &str) -> Option<Value> {
        lock(&self.state.store).get(id).cloned().map(Value::Object)
    }

    /// Inserts a contact as it is; search sees it at once. Returns its id, which is a new one if the contact has none.
    /// Returns an empty text, and inserts nothing, if the value is not an object.
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
        rules::update_derived(&mut contact);
        store.put_indexed(contact);
        id
    }

    /// The notes of a contact, the newest last.
    #[must_use]
    pub fn notes(&self, id: &str) -> Vec<Value> {
        lock(&self.state.store).notes.get(id).cloned().unwrap_or_default()
    }

    /// Adds a note to a contact as it is.
    pub fn add_note(&self, id: &str, note: Value) {
        lock(&self.state.store).notes.entry(id.to_owned()).or_default().push(note);
    }

    /// The tasks of a contact, the newest last.
    #[must_use]
    pub fn tasks(&self, id: &str) -> Vec<Value> {
        lock(&self.state.store).tasks.get(id).cloned().unwrap_or_default()
    }

    /// Adds a task to a contact as it is.
    pub fn add_task(&self, id: &str, task: Value) {
        lock(&self.state.store).tasks.entry(id.to_owned()).or_default().push(task);
    }

    /// Changes a contact as another user of the CRM does: `dateUpdated` moves, and search lags.
    pub fn edit(&self, id: &str, change: impl FnOnce(&mut Map<String, Value>)) {
        let now = self.state.now();
        let mut store = lock(&self.state.store);
        let Some(mut contact) = store.get(id).cloned() else { return };
        change(&mut contact);
        rules::update_derived(&mut contact);
        rules::touch(&mut contact, now);
        store.put(contact, now);
    }

    /// Deletes a contact as another user of the CRM does; search lags.
    pub fn remove(&self, id: &str) {
        let now = self.state.now();
        lock(&self.state.store).remove(id, now);
    }
}
