//! What the CRM holds, for those who compare it with what they asked for. HighLevel has no such route.

use serde_json::{Value, json};

use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::state::{State, lock};

/// `GET /sandbox`: all contacts in the order in which they were inserted, tags and custom field definitions, and how many
/// requests it answered by status. It needs no token, has no fault and no limit, and is not in the log of requests.
pub(crate) fn contents(state: &State, request: &Request) -> Option<Response> {
    if (request.method.as_str(), request.path.as_str()) != ("GET", "/sandbox") {
        return None;
    }
    let store = lock(&state.store);
    let contacts: Vec<Value> = store.all().cloned().map(Value::Object).collect();
    let tags: Vec<&String> = store.tags.iter().map(|(_, name)| name).collect();
    let answers = lock(&state.log).answers.clone();
    let definitions = &store.definitions;
    let contents =
        json!({ "contacts": contacts, "tags": tags, "customFields": definitions, "answers": answers });
    Some(Response::json(200, contents))
}
