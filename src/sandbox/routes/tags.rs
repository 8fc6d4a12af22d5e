//! The tags of one contact and of many.

use serde_json::{Map, Value, json};

use crate::sandbox::check;
use crate::sandbox::gate;
use crate::sandbox::record;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::contact_by_id;
use crate::sandbox::rules;
use crate::sandbox::state::{State, lock};
use crate::sandbox::store::Store;
use crate::sandbox::text;

/// `POST /contacts/{id}/tags`: adds tags, and returns all tags of the contact.
pub(crate) fn add(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    let tags = read(request)?;
    let mut store = lock(&state.store);
    contact_by_id(state, &store, id)?;
    let (_, after) = change_tags(state, &mut store, id, &tags, true);
    Ok(Response::json(201, json!({ "tags": after })))
}

/// `DELETE /contacts/{id}/tags`, with a body: removes tags, and returns the remaining tags.
pub(crate) fn remove(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    let tags = read(request)?;
    let mut store = lock(&state.store);
    contact_by_id(state, &store, id)?;
    let (_, after) = change_tags(state, &mut store, id, &tags, false);
    Ok(Response::json(200, json!({ "tags": after })))
}

/// `POST /contacts/bulk/tags/update/{add|remove}`: a failure of one contact is part of a 201.
pub(crate) fn bulk(state: &State, request: &Request, adding: bool) -> Result<Response, Response> {
    let body = request.object()?;
    gate::check_location(&state.options, body.get("locationId").and_then(Value::as_str))?;
    let allowed: &[&str] = if adding {
        &["contacts", "tags", "locationId"]
    } else {
        &["contacts", "tags", "locationId", "removeAllTags"]
    };
    let ids = body.get("contacts").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut problems = check::unknown_properties(&body, allowed);
    problems.extend(check::tags_problem(body.get("tags")));
    if ids.is_empty() || !ids.iter().all(Value::is_string) {
        problems.push(String::from("contacts must be an array of contact ids"));
    }
    if !problems.is_empty() {
        return Err(Response::unprocessable(&problems));
    }
    let all = body.get("removeAllTags") == Some(&json!(true));
    let tags = tags_of(&body);
    let mut store = lock(&state.store);
    let mut errors = 0;
    let mut responses = Vec::new();
    for id in ids.iter().filter_map(Value::as_str) {
        if contact_by_id(state, &store, id).is_err() {
            errors += 1;
            responses.push(json!({ "contactId": id, "message": "Contact not found", "type": "error",
                "oldTags": [], "tagsAdded": [], "tagsRemoved": [] }));
            continue;
        }
        let every =
            if all { store.get(id).map(|c| record::tags(c).map(str::to_owned).collect()) } else { None };
        let (before, after) =
            change_tags(state, &mut store, id, &every.unwrap_or_else(|| tags.clone()), adding);
        let added: Vec<&String> = after.iter().filter(|tag| !before.contains(tag)).collect();
        let removed: Vec<&String> = before.iter().filter(|tag| !after.contains(tag)).collect();
        responses.push(json!({ "contactId": id, "message": "Tags updated", "type": "success",
            "oldTags": before, "tagsAdded": added, "tagsRemoved": removed }));
    }
    Ok(Response::json(201, json!({ "succeded": true, "errorCount": errors, "responses": responses })))
}

/// Checks a body that has only tags, and returns them normalised.
fn read(request: &Request) -> Result<Vec<String>, Response> {
    let body = request.object()?;
    let mut problems = check::unknown_properties(&body, &["tags"]);
    problems.extend(check::tags_problem(body.get("tags")));
    if problems.is_empty() { Ok(tags_of(&body)) } else { Err(Response::unprocessable(&problems)) }
}

/// The tags of a body, normalised.
fn tags_of(body: &Map<String, Value>) -> Vec<String> {
    text::normalise_tags(body.get("tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default())
}

/// Adds tags to a contact or removes them. Returns its tags before and after.
fn change_tags(
    state: &State,
    store: &mut Store,
    id: &str,
    tags: &[String],
    adding: bool,
) -> (Vec<String>, Vec<String>) {
    let Some(mut changed) = store.get(id).cloned() else { return (Vec::new(), Vec::new()) };
    let before: Vec<String> = record::tags(&changed).map(str::to_owned).collect();
    let mut after = before.clone();
    after.retain(|tag| adding || !tags.contains(&tag.to_lowercase()));
    if adding {
        after.extend(tags.iter().filter(|tag| !before.contains(tag)).cloned());
    }
    if after != before {
        changed.insert(String::from("tags"), json!(after));
        rules::touch(&mut changed, state.now());
        store.put(changed, state.now());
    }
    (before, after)
}
