//! Notes of a contact. Nothing makes a create idempotent: sent twice, it makes two.

use serde_json::{Value, json};

use crate::sandbox::check;
use crate::sandbox::clock;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::contact_by_id;
use crate::sandbox::state::{State, lock};

/// `GET /contacts/{id}/notes`: the newest first.
pub(crate) fn list(state: &State, id: &str) -> Result<Response, Response> {
    let store = lock(&state.store);
    contact_by_id(state, &store, id)?;
    let notes: Vec<&Value> = store.notes.get(id).into_iter().flatten().rev().collect();
    Ok(Response::json(200, json!({ "notes": notes })))
}

/// `POST /contacts/{id}/notes`
pub(crate) fn create(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    let body = request.object()?;
    let mut problems = check::unknown_properties(&body, &["userId", "body", "title", "color", "pinned"]);
    match body.get("body") {
        Some(Value::String(text)) if !text.is_empty() => {}
        Some(Value::String(_)) => problems.push(String::from("body should not be empty")),
        _ => problems.push(String::from("body must be a string")),
    }
    if !problems.is_empty() {
        return Err(Response::unprocessable(&problems));
    }
    let mut store = lock(&state.store);
    contact_by_id(state, &store, id)?;
    let mut note = json!({
        "id": store.new_id(), "contactId": id, "dateAdded": clock::iso(state.now()),
    });
    if let Value::Object(note) = &mut note {
        note.extend(body);
    }
    store.notes.entry(id.to_owned()).or_default().push(note.clone());
    Ok(Response::json(201, json!({ "note": note })))
}
