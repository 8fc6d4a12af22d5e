//! The API as the recipes article describes it: GET search, POST /contacts, a Location-Id header, real 404s.

use serde_json::{Map, Value, json};

use crate::sandbox::check::{self, Body};
use crate::sandbox::fields;
use crate::sandbox::filter;
use crate::sandbox::gate;
use crate::sandbox::record::{Contact, text};
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::here;
use crate::sandbox::routes::not_found::not_found;
use crate::sandbox::routes::save::{change, insert};
use crate::sandbox::rules;
use crate::sandbox::state::{State, lock};

/// Answers one request.
pub(crate) fn serve(state: &State, request: &Request) -> Response {
    let answer = gate::pass(state, request, false).and_then(|()| route(state, request));
    answer.unwrap_or_else(|refusal| refusal)
}

fn route(state: &State, request: &Request) -> Result<Response, Response> {
    let segments = request.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["contacts", "search"]) => {
            ready(state, request, "contacts.readonly").and_then(|()| search(state, request))
        }
        ("POST", ["contacts"]) => {
            ready(state, request, "contacts.write").and_then(|()| create(state, request))
        }
        ("GET", ["contacts", id]) if !id.is_empty() => {
            ready(state, request, "contacts.readonly")?;
            let store = lock(&state.store);
            let contact = store.get(id).and_then(|contact| here(state, contact)).ok_or_else(unknown)?;
            Ok(Response::json(200, json!({ "contact": contact })))
        }
        ("PUT", ["contacts", id]) if !id.is_empty() => {
            ready(state, request, "contacts.write").and_then(|()| update(state, request, id))
        }
        ("DELETE", ["contacts", id]) if !id.is_empty() => {
            ready(state, request, "contacts.write")?;
            let mut store = lock(&state.store);
            store.get(id).and_then(|contact| here(state, contact)).ok_or_else(unknown)?;
            store.remove(id, state.now());
            Ok(Response::json(200, json!({ "succeded": true })))
        }
        _ => Err(not_found(&mut lock(&state.log), request)),
    }
}

/// Scope, and the header the article asks for.
fn ready(state: &State, request: &Request, scope: &str) -> Result<(), Response> {
    gate::scope(&state.options, scope)?;
    match request.header("location-id") {
        None => Err(Response::refuse(400, "Location-Id header is required")),
        given => gate::location(&state.options, given),
    }
}

fn unknown() -> Response {
    Response::refuse(404, "Contact not found")
}

/// Fuzzy: a contact is found where its e-mail, phone or text contains what is asked for.
fn search(state: &State, request: &Request) -> Result<Response, Response> {
    gate::location(&state.options, request.param("locationId").as_deref())?;
    let asked = ["email", "phone", "query"].map(|name| (name, request.param(name)));
    let hits = |contact: &Contact| {
        asked.iter().all(|(name, value)| match value {
            None => true,
            Some(value) if *name == "query" => filter::mentions(contact, value),
            Some(value) => text(contact, name).to_lowercase().contains(&value.to_lowercase()),
        })
    };
    let store = lock(&state.store);
    let found: Vec<&Contact> = store.all().filter(|c| here(state, c).is_some() && hits(c)).collect();
    Ok(Response::json(200, json!({ "contacts": found, "total": found.len() })))
}

fn create(state: &State, request: &Request) -> Result<Response, Response> {
    let mut body = request.object()?;
    if let Some(location) = body.get("locationId") {
        gate::location(&state.options, location.as_str())?;
    }
    check::contact(&body, Body::Create, &state.options)?;
    if text(&body, "email").is_empty() && text(&body, "phone").is_empty() {
        return Err(Response::unprocessable(&[String::from("email or phone is required")]));
    }
    rules::normalise(&mut body);
    let mut store = lock(&state.store);
    known_fields(&body, &store.definitions)?;
    let contact = insert(state, &mut store, &body);
    Ok(Response::json(201, json!({ "contact": contact })))
}

fn update(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    let mut body = request.object()?;
    check::contact(&body, Body::Update, &state.options)?;
    let dropped = rules::normalise(&mut body);
    let mut store = lock(&state.store);
    store.get(id).and_then(|contact| here(state, contact)).ok_or_else(unknown)?;
    known_fields(&body, &store.definitions)?;
    let contact = change(state, &mut store, id, &body, dropped)?;
    Ok(Response::json(200, json!({ "contact": contact })))
}

/// The article's 422 of a custom field id the location does not have.
fn known_fields(body: &Map<String, Value>, definitions: &[Value]) -> Result<(), Response> {
    let items = body.get("customFields").and_then(Value::as_array).into_iter().flatten();
    let strange = items.filter(|item| fields::named(definitions, item).is_none());
    let wrong: Vec<String> = strange
        .map(|item| format!("custom field {} does not exist", item["id"].as_str().unwrap_or_default()))
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(Response::unprocessable(&wrong)) }
}
