//! Create, upsert, update and delete.

use serde_json::{Map, Value, json};

use crate::sandbox::answer::Answer;
use crate::sandbox::check::{self, Body};
use crate::sandbox::clock;
use crate::sandbox::current::list;
use crate::sandbox::duplicates::{self, Match};
use crate::sandbox::gate;
use crate::sandbox::identity::{self, Key};
use crate::sandbox::record::{self, Contact};
use crate::sandbox::request::Request;
use crate::sandbox::rules::{self, Rules};
use crate::sandbox::state::{State, lock};
use crate::sandbox::store::Store;

type Object = Map<String, Value>;

/// `POST /contacts/`
pub(crate) async fn create(state: &State, request: &Request) -> Result<Answer, Answer> {
    let (body, _) = read(state, request, Body::Create)?;
    if !["email", "phone", "firstName", "lastName"].iter().any(|property| filled(&body, property)) {
        return Err(Answer::unprocessable_text(
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
    Ok(Answer::json(201, json!({ "contact": contact })))
}

/// `POST /contacts/upsert`
pub(crate) async fn upsert(state: &State, request: &Request) -> Result<Answer, Answer> {
    let (mut body, mut dropped) = read(state, request, Body::Upsert)?;
    if !filled(&body, "email") && !filled(&body, "phone") {
        return Err(Answer::bad_request(list::NO_KEY));
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
        return Ok(Answer::json(200, json!({ "new": true, "contact": contact, "succeded": true })));
    };
    // The second identifier names somebody else: HighLevel drops it without a word (highlevel-api-docs issue 37).
    for key in hit.elsewhere {
        if let Some(value) = body.remove(key.property()) {
            dropped.insert(key.property().to_owned(), value);
        }
    }
    let contact = change(state, &mut store, &hit.id, &body, dropped)?;
    Ok(Answer::json(200, json!({ "new": false, "contact": contact, "succeded": true })))
}

/// `PUT /contacts/{id}`
pub(crate) fn update(state: &State, request: &Request, id: &str) -> Result<Answer, Answer> {
    let body = request.object()?;
    check::contact(&body, Body::Update, &state.options)?;
    let mut store = lock(&state.store);
    list::known(state, &store, id)?;
    let mut body = body;
    let dropped = rules::normalise(&mut body);
    if !state.options.allow_duplicate_contact {
        refuse_taken(state, &store, id, &body)?;
    }
    let contact = change(state, &mut store, id, &body, dropped)?;
    Ok(Answer::json(200, json!({ "succeded": true, "contact": contact })))
}

/// `DELETE /contacts/{id}`
pub(crate) fn delete(state: &State, id: &str) -> Result<Answer, Answer> {
    let mut store = lock(&state.store);
    list::known(state, &store, id)?;
    store.remove(id, state.now());
    Ok(Answer::json(200, json!({ "succeded": true })))
}

/// A checked and normalised body, and what normalising dropped.
fn read(state: &State, request: &Request, kind: Body) -> Result<(Object, Object), Answer> {
    let mut body = request.object()?;
    gate::location(&state.options, body.get("locationId").and_then(Value::as_str))?;
    check::contact(&body, kind, &state.options)?;
    let dropped = rules::normalise(&mut body);
    Ok((body, dropped))
}

fn filled(body: &Object, property: &str) -> bool {
    !record::text(body, property).is_empty()
}

/// A new contact, stored.
pub(crate) fn insert(state: &State, store: &mut Store, body: &Object) -> Contact {
    let now = state.now();
    let stamp = clock::iso(now);
    let base = json!({
        "id": store.new_id(), "locationId": state.options.location_id, "type": "lead", "dnd": false, "tags": [],
        "customFields": [], "dateAdded": stamp, "dateUpdated": stamp,
        "createdBy": { "source": "INTEGRATION", "channel": "PRIVATE_INTEGRATION", "timestamp": stamp },
    });
    let mut contact = base.as_object().cloned().unwrap_or_default();
    let rules = Rules { definitions: &store.definitions, options: &state.options, existing: false };
    rules::write(&mut contact, body, &rules);
    rules::settle(&mut contact);
    store.put(contact.clone(), now);
    contact
}

/// Changes a stored contact. The answer echoes what was not stored as if it were (highlevel-api-docs issue 313).
pub(crate) fn change(
    state: &State,
    store: &mut Store,
    id: &str,
    body: &Object,
    mut dropped: Object,
) -> Result<Contact, Answer> {
    let mut contact = store.get(id).cloned().ok_or_else(|| Answer::contact_unknown(id))?;
    refuse_permanent(&contact, body)?;
    let rules = Rules { definitions: &store.definitions, options: &state.options, existing: true };
    dropped.extend(rules::write(&mut contact, body, &rules));
    promote(&mut contact);
    rules::settle(&mut contact);
    rules::touch(&mut contact, state.now());
    store.put(contact.clone(), state.now());
    rules::echo(&mut contact, dropped);
    Ok(contact)
}

/// An additional address that became the main one is no longer additional; the old main one is gone
/// (highlevel-api-docs issue 337).
fn promote(contact: &mut Contact) {
    for (key, more) in [(Key::Email, "additionalEmails"), (Key::Phone, "additionalPhones")] {
        let main = record::text(contact, key.property()).to_lowercase();
        if let Some(Value::Array(list)) = contact.get_mut(more) {
            list.retain(|entry| {
                let text = entry.as_str().or_else(|| entry.get(key.property())?.as_str());
                text.is_none_or(|text| text.to_lowercase() != main)
            });
        }
    }
}

/// 400 where an update takes an address that another contact has and the location wants them unique.
fn refuse_taken(state: &State, store: &Store, id: &str, body: &Object) -> Result<(), Answer> {
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

/// A permanent do-not-disturb cannot be written over.
fn refuse_permanent(contact: &Contact, body: &Object) -> Result<(), Answer> {
    let held = contact.get("dndSettings").and_then(Value::as_object);
    let sent = body.get("dndSettings").and_then(Value::as_object);
    let Some((held, sent)) = held.zip(sent) else { return Ok(()) };
    let clash = sent.iter().find(|(channel, setting)| {
        let permanent = held.get(*channel).is_some_and(|old| old["status"] == "permanent");
        permanent && setting["status"] != "permanent"
    });
    match clash {
        None => Ok(()),
        Some((channel, _)) => {
            Err(Answer::bad_request(&format!("Not authorized to update permanent dnd setting for {channel}")))
        }
    }
}
