//! Create, upsert, update and delete.

use serde_json::{Map, Value, json};

use crate::sandbox::check::{self, Body};
use crate::sandbox::clock;
use crate::sandbox::duplicates::{self, Match};
use crate::sandbox::gate;
use crate::sandbox::identity;
use crate::sandbox::record;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::known;
use crate::sandbox::routes::save::{change, insert};
use crate::sandbox::rules;
use crate::sandbox::state::{State, lock};
use crate::sandbox::store::Store;

type Object = Map<String, Value>;

/// `GET /contacts/{id}`
pub(crate) fn get(state: &State, id: &str) -> Result<Response, Response> {
    let store = lock(&state.store);
    let contact = known(state, &store, id)?;
    Ok(Response::json(200, json!({ "contact": contact })))
}

/// `POST /contacts/`
pub(crate) async fn create(state: &State, request: &Request) -> Result<Response, Response> {
    let (body, _) = read(state, request, Body::Create)?;
    if !["email", "phone", "firstName", "lastName"].iter().any(|property| filled(&body, property)) {
        return Err(Response::unprocessable_text(
            "Contacts without email, phone, firstName and lastName are not allowed.",
        ));
    }
    let check = |store: &Store| match duplicates::matched(store, &state.options, &body) {
        Some(hit) if !state.options.allow_duplicate_contact => Err(duplicates::duplicate(store, &hit)),
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
    let (mut body, mut dropped) = read(state, request, Body::Upsert)?;
    if !filled(&body, "email") && !filled(&body, "phone") {
        return Err(Response::no_key());
    }
    let always_new = state.options.allow_duplicate_contact
        && body.get("createNewIfDuplicateAllowed") == Some(&json!(true));
    let look = |store: &Store| {
        if always_new { None } else { duplicates::matched(store, &state.options, &body) }
    };
    let window = state.options.insert_window;
    let early = if window.is_zero() {
        None
    } else {
        let hit = look(&lock(&state.store));
        clock::pause(window).await;
        Some(hit)
    };
    let mut store = lock(&state.store);
    let hit = early.unwrap_or_else(|| look(&store));
    let Some(hit) = hit else {
        let contact = insert(state, &mut store, &body);
        return Ok(Response::json(200, json!({ "new": true, "contact": contact, "succeded": true })));
    };
    // The second identifier names somebody else: HighLevel drops it without a word (highlevel-api-docs issue 37).
    for key in hit.elsewhere {
        if let Some(value) = body.remove(key.property()) {
            dropped.insert(key.property().to_owned(), value);
        }
    }
    let contact = change(state, &mut store, &hit.id, &body, dropped)?;
    Ok(Response::json(200, json!({ "new": false, "contact": contact, "succeded": true })))
}

/// `PUT /contacts/{id}`
pub(crate) fn update(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    let body = request.object()?;
    check::contact(&body, Body::Update, &state.options)?;
    let mut store = lock(&state.store);
    known(state, &store, id)?;
    let mut body = body;
    let dropped = rules::normalise(&mut body);
    if !state.options.allow_duplicate_contact {
        refuse_taken(state, &store, id, &body)?;
    }
    let contact = change(state, &mut store, id, &body, dropped)?;
    Ok(Response::json(200, json!({ "succeded": true, "contact": contact })))
}

/// `DELETE /contacts/{id}`
pub(crate) fn delete(state: &State, id: &str) -> Result<Response, Response> {
    let mut store = lock(&state.store);
    known(state, &store, id)?;
    store.remove(id, state.now());
    Ok(Response::json(200, json!({ "succeded": true })))
}

/// A checked and normalised body, and what normalising dropped.
fn read(state: &State, request: &Request, kind: Body) -> Result<(Object, Object), Response> {
    let mut body = request.object()?;
    gate::location(&state.options, body.get("locationId").and_then(Value::as_str))?;
    check::contact(&body, kind, &state.options)?;
    let dropped = rules::normalise(&mut body);
    Ok((body, dropped))
}

fn filled(body: &Object, property: &str) -> bool {
    !record::text(body, property).is_empty()
}

/// 400 where an update takes an address that another contact has and the location wants them unique.
fn refuse_taken(state: &State, store: &Store, id: &str, body: &Object) -> Result<(), Response> {
    for by in identity::order(&state.options).into_iter().filter(|key| filled(body, key.property())) {
        let found = store.find(by, record::text(body, by.property()));
        if let Some(other) = found.iter().find(|found| *found != id)
            && !found.iter().any(|found| found == id)
        {
            let hit = Match { id: other.clone(), by, elsewhere: Vec::new() };
            return Err(duplicates::duplicate(store, &hit));
        }
    }
    Ok(())
}
