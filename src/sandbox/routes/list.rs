//! The duplicate check and the deprecated list of contacts.

use serde_json::{Value, json};

use crate::sandbox::clock;
use crate::sandbox::filter;
use crate::sandbox::gate;
use crate::sandbox::identity::{self, Key};
use crate::sandbox::record::{Contact, text};
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::in_location;
use crate::sandbox::state::{State, lock};

/// `GET /contacts/search/duplicate`: exact, without lag, and also by additional e-mails and phones.
pub(crate) fn duplicate_check(state: &State, request: &Request) -> Result<Response, Response> {
    gate::check_location(&state.options, request.param("locationId").as_deref())?;
    let (email, number) = (request.param("email"), request.param("number"));
    if email.is_none() && number.is_none() {
        return Err(Response::missing_key());
    }
    let store = lock(&state.store);
    let found = identity::key_order(&state.options).into_iter().find_map(|key| {
        let value = match key {
            Key::Email => email.as_deref()?,
            Key::Phone => number.as_deref()?,
        };
        store.find(key, value).into_iter().find_map(|id| in_location(state, store.get(&id)?))
    });
    Ok(Response::json(200, json!({ "contact": found })))
}

/// `GET /contacts/`: deprecated; the newest contact comes first, and names are in lower case.
pub(crate) fn list(state: &State, request: &Request) -> Result<Response, Response> {
    gate::check_location(&state.options, request.param("locationId").as_deref())?;
    let limit: usize = match request.param("limit").map(|text| text.parse()) {
        None => 20,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => {
            return Err(Response::unprocessable(&[String::from("limit must not be greater than 100")]));
        }
    };
    let query = request.param("query").unwrap_or_default();
    let mut store = lock(&state.store);
    let mut all: Vec<&Contact> =
        store.indexed(state.now()).filter_map(|contact| in_location(state, contact)).collect();
    all.retain(|contact| query.is_empty() || filter::contains_text(contact, &query));
    all.sort_by(|a, b| (text(b, "dateAdded"), text(b, "id")).cmp(&(text(a, "dateAdded"), text(a, "id"))));
    let total = all.len();
    let after = request.param("startAfterId");
    let from = after
        .and_then(|id| all.iter().position(|contact| text(contact, "id") == id))
        .map_or(0, |index| index + 1);
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
    let page: Vec<Value> = page.into_iter().map(list_item).collect();
    Ok(Response::json(200, json!({ "contacts": page, "count": total, "meta": meta })))
}

/// A contact in the form of the list.
fn list_item(contact: &Contact) -> Value {
    let mut item = contact.clone();
    for (name, raw) in [("firstName", "firstNameRaw"), ("lastName", "lastNameRaw")] {
        if let Some(value) = contact.get(name) {
            item.insert(raw.to_owned(), value.clone());
            item.insert(name.to_owned(), Value::from(text(contact, name).to_lowercase()));
        }
    }
    item.insert(String::from("contactName"), Value::from(text(contact, "name").to_lowercase()));
    Value::Object(item)
}
