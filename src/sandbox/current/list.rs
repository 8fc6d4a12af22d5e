//! Reading contacts: by id, by duplicate check, and the deprecated list.

use serde_json::{Value, json};

use crate::sandbox::answer::Answer;
use crate::sandbox::clock;
use crate::sandbox::filter;
use crate::sandbox::gate;
use crate::sandbox::identity::{self, Key};
use crate::sandbox::record::{Contact, text};
use crate::sandbox::request::Request;
use crate::sandbox::state::{State, lock};
use crate::sandbox::store::Store;

/// What the API says where neither e-mail nor phone names anybody.
pub(crate) const NO_KEY: &str = "Pass at least one of number, email query parameter";

/// `GET /contacts/{id}`
pub(crate) fn get(state: &State, id: &str) -> Result<Answer, Answer> {
    let store = lock(&state.store);
    let contact = known(state, &store, id)?;
    Ok(Answer::json(200, json!({ "contact": contact })))
}

/// The contact, or the 400 of an unknown one, or the 403 of another location's.
pub(crate) fn known<'a>(state: &State, store: &'a Store, id: &str) -> Result<&'a Contact, Answer> {
    let contact = store.get(id).ok_or_else(|| Answer::contact_unknown(id))?;
    gate::location(&state.options, contact.get("locationId").and_then(Value::as_str))?;
    Ok(contact)
}

/// `GET /contacts/search/duplicate`: immediate, exact, and it sees additional e-mails and phones.
pub(crate) fn duplicate(state: &State, request: &Request) -> Result<Answer, Answer> {
    gate::location(&state.options, request.param("locationId").as_deref())?;
    let (email, number) = (request.param("email"), request.param("number"));
    if email.is_none() && number.is_none() {
        return Err(Answer::bad_request(NO_KEY));
    }
    let store = lock(&state.store);
    let found = identity::order(&state.options).into_iter().find_map(|key| {
        let value = match key {
            Key::Email => email.as_deref()?,
            Key::Phone => number.as_deref()?,
        };
        store.find(key, value).into_iter().find_map(|id| here(state, store.get(&id)?))
    });
    Ok(Answer::json(200, json!({ "contact": found })))
}

/// The contact, if it is of the sandbox's own location.
pub(crate) fn here<'a>(state: &State, contact: &'a Contact) -> Option<&'a Contact> {
    (text(contact, "locationId") == state.options.location_id).then_some(contact)
}

/// `GET /contacts/`: deprecated; newest first, names in lower case.
pub(crate) fn list(state: &State, request: &Request) -> Result<Answer, Answer> {
    gate::location(&state.options, request.param("locationId").as_deref())?;
    let limit: usize = match request.param("limit").map(|text| text.parse()) {
        None => 20,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => return Err(Answer::unprocessable(&[String::from("limit must not be greater than 100")])),
    };
    let query = request.param("query").unwrap_or_default();
    let mut store = lock(&state.store);
    let mut all: Vec<&Contact> =
        store.indexed(state.now()).filter_map(|contact| here(state, contact)).collect();
    all.retain(|contact| query.is_empty() || filter::mentions(contact, &query));
    all.sort_by(|a, b| (text(b, "dateAdded"), text(b, "id")).cmp(&(text(a, "dateAdded"), text(a, "id"))));
    let total = all.len();
    let after = request.param("startAfterId");
    let from = after
        .and_then(|id| all.iter().position(|contact| text(contact, "id") == id))
        .map_or(0, |place| place + 1);
    let page: Vec<&Contact> = all.into_iter().skip(from).take(limit).collect();
    let more = page.last().filter(|_| from + page.len() < total);
    let meta = json!({
        "total": total,
        "startAfterId": more.map(|last| text(last, "id")),
        "startAfter": more.and_then(|last| clock::millis(text(last, "dateAdded"))),
        "nextPageUrl": more.map(|last| format!(
            "/contacts/?locationId={}&limit={limit}&startAfterId={}", state.options.location_id, text(last, "id"))),
        "currentPage": 1, "nextPage": Value::Null, "prevPage": Value::Null,
    });
    let page: Vec<Value> = page.into_iter().map(listed).collect();
    Ok(Answer::json(200, json!({ "contacts": page, "count": total, "meta": meta })))
}

/// The list's own shape of a contact.
fn listed(contact: &Contact) -> Value {
    let mut shown = contact.clone();
    for (name, raw) in [("firstName", "firstNameRaw"), ("lastName", "lastNameRaw")] {
        if let Some(value) = contact.get(name) {
            shown.insert(raw.to_owned(), value.clone());
            shown.insert(name.to_owned(), Value::from(text(contact, name).to_lowercase()));
        }
    }
    shown.insert(String::from("contactName"), Value::from(text(contact, "name").to_lowercase()));
    Value::Object(shown)
}
