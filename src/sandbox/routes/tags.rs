//! Tags of one contact and of many.

use serde_json::{Map, Value, json};

use crate::sandbox::check;
use crate::sandbox::gate;
use crate::sandbox::record;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::known;
use crate::sandbox::rules;
use crate::sandbox::state::{State, lock};
use crate::sandbox::store::Store;
use crate::sandbox::text;

/// `POST /contacts/{id}/tags`: adds, and answers the contact's whole list.
pub(crate) fn add(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    let given = read(request)?;
    let mut store = lock(&state.store);
    known(state, &store, id)?;
    let (_, after) = retag(state, &mut store, id, &given, true);
    Ok(Response::json(201, json!({ "tags": after })))
}

/// `DELETE /contacts/{id}/tags`, which has a body: removes, and answers what is left.
pub(crate) fn remove(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    let given = read(request)?;
    let mut store = lock(&state.store);
    known(state, &store, id)?;
    let (_, after) = retag(state, &mut store, id, &given, false);
    Ok(Response::json(200, json!({ "tags": after })))
}

/// `POST /contacts/bulk/tags/update/{add|remove}`: failures of single contacts come with a 201.
pub(crate) fn bulk(state: &State, request: &Request, adding: bool) -> Result<Response, Response> {
    let body = request.object()?;
    gate::location(&state.options, body.get("locationId").and_then(Value::as_str))?;
    let allowed: &[&str] = if adding {
        &["contacts", "tags", "locationId"]
    } else {
        &["contacts", "tags", "locationId", "removeAllTags"]
    };
    let ids = body.get("contacts").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut wrong = check::only(&body, allowed);
    wrong.extend(check::tags(body.get("tags")));
    if ids.is_empty() || !ids.iter().all(Value::is_string) {
        wrong.push(String::from("contacts must be an array of contact ids"));
    }
    if !wrong.is_empty() {
        return Err(Response::unprocessable(&wrong));
    }
    let all = body.get("removeAllTags") == Some(&json!(true));
    let given = listed(&body);
    let mut store = lock(&state.store);
    let mut errors = 0;
    let mut responses = Vec::new();
    for id in ids.iter().filter_map(Value::as_str) {
        if known(state, &store, id).is_err() {
            errors += 1;
            responses.push(json!({ "contactId": id, "message": "Contact not found", "type": "error",
                "oldTags": [], "tagsAdded": [], "tagsRemoved": [] }));
            continue;
        }
        let named =
            if all { store.get(id).map(|c| record::tags(c).map(str::to_owned).collect()) } else { None };
        let (before, after) = retag(state, &mut store, id, &named.unwrap_or_else(|| given.clone()), adding);
        let added: Vec<&String> = after.iter().filter(|tag| !before.contains(tag)).collect();
        let removed: Vec<&String> = before.iter().filter(|tag| !after.contains(tag)).collect();
        responses.push(json!({ "contactId": id, "message": "Tags updated", "type": "success",
            "oldTags": before, "tagsAdded": added, "tagsRemoved": removed }));
    }
    Ok(Response::json(201, json!({ "succeded": true, "errorCount": errors, "responses": responses })))
}

fn read(request: &Request) -> Result<Vec<String>, Response> {
    let body = request.object()?;
    let mut wrong = check::only(&body, &["tags"]);
    wrong.extend(check::tags(body.get("tags")));
    if wrong.is_empty() { Ok(listed(&body)) } else { Err(Response::unprocessable(&wrong)) }
}

fn listed(body: &Map<String, Value>) -> Vec<String> {
    text::tags(body.get("tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default())
}

/// Changes a contact's tags; gives the list before and after.
fn retag(
    state: &State,
    store: &mut Store,
    id: &str,
    given: &[String],
    adding: bool,
) -> (Vec<String>, Vec<String>) {
    let Some(mut changed) = store.get(id).cloned() else { return (Vec::new(), Vec::new()) };
    let before: Vec<String> = record::tags(&changed).map(str::to_owned).collect();
    let mut after = before.clone();
    after.retain(|tag| adding || !given.contains(&tag.to_lowercase()));
    if adding {
        after.extend(given.iter().filter(|tag| !before.contains(tag)).cloned());
    }
    if after != before {
        changed.insert(String::from("tags"), json!(after));
        rules::touch(&mut changed, state.now());
        store.put(changed, state.now());
    }
    (before, after)
}
