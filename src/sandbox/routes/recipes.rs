//! The API of the recipes article: a GET search, `POST /contacts`, a `Location-Id` header, and 404 for an unknown
//! contact.

use serde_json::{Map, Value, json};

use crate::sandbox::check::{self, WriteKind};
use crate::sandbox::fields;
use crate::sandbox::filter;
use crate::sandbox::gate;
use crate::sandbox::record::{Contact, text};
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::in_location;
use crate::sandbox::routes::not_found::not_found;
use crate::sandbox::routes::save::{change, insert};
use crate::sandbox::rules;
use crate::sandbox::state::{State, lock};
use crate::sandbox::store::Store;

/// Answers one request.
pub(crate) fn serve(state: &State, request: &Request) -> Response {
    gate::check(state, request, true).and_then(|()| route(state, request)).unwrap_or_else(|refusal| refusal)
}

fn route(state: &State, request: &Request) -> Result<Response, Response> {
    let segments = request.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["contacts", "search"]) => {
            check_headers(state, request, "contacts.readonly").and_then(|()| search(state, request))
        }
        ("POST", ["contacts"]) => {
            check_headers(state, request, "contacts.write").and_then(|()| create(state, request))
        }
        ("GET", ["contacts", id]) if !id.is_empty() => {
            check_headers(state, request, "contacts.readonly")?;
            let store = lock(&state.store);
            let contact = contact_by_id(state, &store, id)?;
            Ok(Response::json(200, json!({ "contact": contact })))
        }
        ("PUT", ["contacts", id]) if !id.is_empty() => {
            check_headers(state, request, "contacts.write").and_then(|()| update(state, request, id))
        }
        ("DELETE", ["contacts", id]) if !id.is_empty() => {
            check_headers(state, request, "contacts.write")?;
            let mut store = lock(&state.store);
            contact_by_id(state, &store, id)?;
            store.remove(id, state.now());
            Ok(Response::json(200, json!({ "succeded": true })))
        }
        _ => Err(not_found(&mut lock(&state.log), request)),
    }
}

/// Checks the scope and the header that the article demands.
fn check_headers(state: &State, request: &Request, scope: &str) -> Result<(), Response> {
    gate::check_scope(&state.options, scope)?;
    match request.header("location-id") {
        None => Err(Response::error(400, "Location-Id header is required")),
        location => gate::check_location(&state.options, location),
    }
}

/// The contact with this id; 404 if it is unknown or belongs to another location.
fn contact_by_id<'a>(state: &State, store: &'a Store, id: &str) -> Result<&'a Contact, Response> {
    let contact = store.get(id).and_then(|contact| in_location(state, contact));
    contact.ok_or_else(|| Response::error(404, "Contact not found"))
}

/// A fuzzy search: it finds the contacts whose e-mail, phone or text contains the parameter.
fn search(state: &State, request: &Request) -> Result<Response, Response> {
    gate::check_location(&state.options, request.param("locationId").as_deref())?;
    let parameters = ["email", "phone", "query"].map(|name| (name, request.param(name)));
    let matches = |contact: &Contact| {
        parameters.iter().all(|(name, value)| match value {
            None => true,
            Some(value) if *name == "query" => filter::contains_text(contact, value),
            Some(value) => text(contact, name).to_lowercase().contains(&value.to_lowercase()),
        })
    };
    let store = lock(&state.store);
    let found: Vec<&Contact> =
        store.all().filter(|c| in_location(state, c).is_some() && matches(c)).collect();
    Ok(Response::json(200, json!({ "contacts": found, "total": found.len() })))
}

fn create(state: &State, request: &Request) -> Result<Response, Response> {
    let mut body = request.object()?;
    if let Some(location) = body.get("locationId") {
        gate::check_location(&state.options, location.as_str())?;
    }
    check::contact_body(&body, WriteKind::Create, &state.options)?;
    if text(&body, "email").is_empty() && text(&body, "phone").is_empty() {
        return Err(Response::unprocessable(&[String::from("email or phone is required")]));
    }
    rules::normalise(&mut body);
    let mut store = lock(&state.store);
    check_fields(&body, &store.definitions)?;
    let contact = insert(state, &mut store, &body);
    Ok(Response::json(201, json!({ "contact": contact })))
}

fn update(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    let mut body = request.object()?;
    check::contact_body(&body, WriteKind::Update, &state.options)?;
    let dropped = rules::normalise(&mut body);
    let mut store = lock(&state.store);
    contact_by_id(state, &store, id)?;
    check_fields(&body, &store.definitions)?;
    let contact = change(state, &mut store, id, &body, dropped)?;
    Ok(Response::json(200, json!({ "contact": contact })))
}

/// 422 if the location does not have a custom field of the body, as the article says.
fn check_fields(body: &Map<String, Value>, definitions: &[Value]) -> Result<(), Response> {
    let items = body.get("customFields").and_then(Value::as_array).into_iter().flatten();
    let unknown = items.filter(|item| fields::definition_of(definitions, item).is_none());
    let problems: Vec<String> = unknown
        .map(|item| format!("custom field {} does not exist", item["id"].as_str().unwrap_or_default()))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Response::unprocessable(&problems)) }
}
