//! One contact: read, create, upsert, update and delete.

use serde_json::{Map, Value, json};

use crate::sandbox::check::{self, WriteKind};
use crate::sandbox::clock;
use crate::sandbox::duplicates::{self, Match};
use crate::sandbox::gate;
use crate::sandbox::identity;
use crate::sandbox::record;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::contact_by_id;
use crate::sandbox::routes::save::{change, insert};
use crate::sandbox::rules;
use crate::sandbox::state::{State, lock};
use crate::sandbox::store::Store;

type Object = Map<String, Value>;

/// `GET /contacts/{id}`
pub(crate) fn get(state: &State, id: &str) -> Result<Response, Response> {
    let store = lock(&state.store);
    let contact = contact_by_id(state, &store, id)?;
    Ok(Response::json(200, json!({ "contact": contact })))
}

/// `POST /contacts/`
pub(crate) async fn create(state: &State, request: &Request) -> Result<Response, Response> {
    let (body, _) = read(state, request, WriteKind::Create)?;
    if !["email", "phone", "firstName", "lastName"].iter().any(|property| has_text(&body, property)) {
        return Err(Response::unprocessable_text(
            "Contacts without email, phone, firstName and lastName are not allowed.",
        ));
    }
    let check = |store: &Store| match duplicates::find_match(store, &state.options, &body) {
        Some(existing) if !state.options.allow_duplicate_contact => {
            Err(duplicates::refusal(store, &existing))
        }
        _ => Ok(()),
    };
    let window = state.options.insert_window;
    if !window.is_zero() {
        check(&lock(&state.store))?;
        clock::pause(window).await;
    }
    let mut store = lock(&state.store);
    if window.is_zero() {
        check(&store)?;
    }
    let mut contact = insert(state, &mut store, &body);
    for (property, value) in
        [("deleted", json!(false)), ("bounceEmail", json!(false)), ("unsubscribeEmail", json!(false))]
    {
        contact.insert(property.to_owned(), value);
    }
    Ok(Response::json(201, json!({ "contact": contact })))
}

/// `POST /contacts/upsert`
pub(crate) async fn upsert(state: &State, request: &Request) -> Result<Response, Response> {
    let (mut body, mut dropped) = read(state, request, WriteKind::Upsert)?;
    if !has_text(&body, "email") && !has_text(&body, "phone") {
        return Err(Response::missing_key());
    }
    let always_new = state.options.allow_duplicate_contact
        && body.get("createNewIfDuplicateAllowed") == Some(&json!(true));
    let find = |store: &Store| {
        if always_new { None } else { duplicates::find_match(store, &state.options, &body) }
    };
    let window = state.options.insert_window;
    let early = if window.is_zero() {
        None
    } else {
        let existing = find(&lock(&state.store));
        clock::pause(window).await;
        Some(existing)
    };
    let mut store = lock(&state.store);
    let existing = early.unwrap_or_else(|| find(&store));
    let Some(existing) = existing else {
        let contact = insert(state, &mut store, &body);
        return Ok(Response::json(200, json!({ "new": true, "contact": contact, "succeded": true })));
    };
    // The second key belongs to another contact: HighLevel drops it without an error (highlevel-api-docs issue 37).
    for key in existing.conflicting {
        if let Some(value) = body.remove(key.property()) {
            dropped.insert(key.property().to_owned(), value);
        }
    }
    let contact = change(state, &mut store, &existing.id, &body, dropped)?;
    Ok(Response::json(200, json!({ "new": false, "contact": contact, "succeded": true })))
}

/// `PUT /contacts/{id}`
pub(crate) fn update(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    let body = request.object()?;
    check::contact_body(&body, WriteKind::Update, &state.options)?;
    let mut store = lock(&state.store);
    contact_by_id(state, &store, id)?;
    let mut body = body;
    let dropped = rules::normalise(&mut body);
    if !state.options.allow_duplicate_contact {
        refuse_duplicate(state, &store, id, &body)?;
    }
    let contact = change(state, &mut store, id, &body, dropped)?;
    Ok(Response::json(200, json!({ "succeded": true, "contact": contact })))
}

/// `DELETE /contacts/{id}`
pub(crate) fn delete(state: &State, id: &str) -> Result<Response, Response> {
    let mut store = lock(&state.store);
    contact_by_id(state, &store, id)?;
    store.remove(id, state.now());
    Ok(Response::json(200, json!({ "succeded": true })))
}

/// The checked and normalised body, and what normalising dropped.
fn read(state: &State, request: &Request, kind: WriteKind) -> Result<(Object, Object), Response> {
    let mut body = request.object()?;
    gate::check_location(&state.options, body.get("locationId").and_then(Value::as_str))?;
    check::contact_body(&body, kind, &state.options)?;
    let dropped = rules::normalise(&mut body);
    Ok((body, dropped))
}

/// Whether the body has a text under this property that is not empty.
fn has_text(body: &Object, property: &str) -> bool {
    !record::text(body, property).is_empty()
}

/// 400 if an update writes an e-mail or a phone that only another contact has.
fn refuse_duplicate(state: &State, store: &Store, id: &str, body: &Object) -> Result<(), Response> {
    for key in identity::key_order(&state.options).into_iter().filter(|key| has_text(body, key.property())) {
        let found = store.find(key, record::text(body, key.property()));
        if let Some(other) = found.iter().find(|found| *found != id)
            && !found.iter().any(|found| found == id)
        {
            let existing = Match { id: other.clone(), key, conflicting: Vec::new() };
            return Err(duplicates::refusal(store, &existing));
        }
    }
    Ok(())
}
