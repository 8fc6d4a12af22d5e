//! The stored contact that a written body matches, and the refusal of a duplicate.

use serde_json::{Map, Value, json};

use crate::sandbox::identity::{Key, key_order};
use crate::sandbox::options::Options;
use crate::sandbox::record;
use crate::sandbox::response::Response;
use crate::sandbox::store::Store;

/// The contact that a body matches.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// The contact's id.
    pub(crate) id: String,
    /// The key that matched first.
    pub(crate) key: Key,
    /// The keys of the body that match only other contacts.
    pub(crate) conflicting: Vec<Key>,
}

/// Finds the contact with the body's e-mail or phone, which must be normalised.
pub(crate) fn find_match(store: &Store, options: &Options, body: &Map<String, Value>) -> Option<Match> {
    let mut matched: Option<Match> = None;
    for key in key_order(options) {
        let Some(value) = body.get(key.property()).and_then(Value::as_str).filter(|v| !v.is_empty()) else {
            continue;
        };
        let found = store.find(key, value);
        let Some(first) = found.first() else { continue };
        match &mut matched {
            None => matched = Some(Match { id: first.clone(), key, conflicting: Vec::new() }),
            Some(matched) if !found.contains(&matched.id) => matched.conflicting.push(key),
            Some(_) => {}
        }
    }
    matched
}

/// 400: the write would make a duplicate of this contact.
pub(crate) fn refusal(store: &Store, existing: &Match) -> Response {
    let name =
        store.get(&existing.id).map(|contact| record::text(contact, "name").to_owned()).unwrap_or_default();
    Response::json(
        400,
        json!({
            "statusCode": 400,
            "message": "This location does not allow duplicated contacts.",
            "meta": { "contactId": existing.id, "matchingField": existing.key.property(), "contactName": name },
        }),
    )
}
