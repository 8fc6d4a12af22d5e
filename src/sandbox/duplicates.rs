//! Which stored contact a written body names, and how a duplicate is refused.

use serde_json::{Map, Value, json};

use crate::sandbox::identity::{Key, order};
use crate::sandbox::options::Options;
use crate::sandbox::record;
use crate::sandbox::response::Response;
use crate::sandbox::store::Store;

/// The contact a body names, and the keys of the body that name somebody else.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) id: String,
    pub(crate) by: Key,
    pub(crate) elsewhere: Vec<Key>,
}

/// Looks a body's e-mail and phone up. `email` and `phone` must be normalised already.
pub(crate) fn matched(store: &Store, options: &Options, body: &Map<String, Value>) -> Option<Match> {
    let mut hit: Option<Match> = None;
    for key in order(options) {
        let Some(value) = body.get(key.property()).and_then(Value::as_str).filter(|v| !v.is_empty()) else {
            continue;
        };
        let found = store.find(key, value);
        let Some(first) = found.first() else { continue };
        match &mut hit {
            None => hit = Some(Match { id: first.clone(), by: key, elsewhere: Vec::new() }),
            Some(hit) if !found.contains(&hit.id) => hit.elsewhere.push(key),
            Some(_) => {}
        }
    }
    hit
}

/// 400 of a create that would make a duplicate: it names the contact that is there.
pub(crate) fn duplicate(store: &Store, hit: &Match) -> Response {
    let name = store.get(&hit.id).map(|contact| record::text(contact, "name").to_owned()).unwrap_or_default();
    Response::json(
        400,
        json!({
            "statusCode": 400,
            "message": "This location does not allow duplicated contacts.",
            "meta": { "contactId": hit.id, "matchingField": hit.by.property(), "contactName": name },
        }),
    )
}
