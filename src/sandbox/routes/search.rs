//! `POST /contacts/search`: filters, sorts and pages the contacts of the index, which lags behind the writes.

mod parameters;

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use crate::sandbox::clock;
use crate::sandbox::filter;
use crate::sandbox::gate;
use crate::sandbox::record::{Contact, text};
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::in_location;
use crate::sandbox::routes::search::parameters::{Sort, read};
use crate::sandbox::state::{State, lock};

/// Answers a search.
pub(crate) fn search(state: &State, request: &Request) -> Result<Response, Response> {
    let body = request.object()?;
    if let Some(location) = body.get("locationId").and_then(Value::as_str) {
        gate::check_location(&state.options, Some(location))?;
    }
    let search = read(&body)?;
    let mut store = lock(&state.store);
    filter::check(&Value::from(search.filters.clone()), &store.definitions)?;
    let mut found: Vec<(Vec<Value>, &Contact)> = store
        .indexed(state.now())
        .filter_map(|contact| in_location(state, contact))
        .filter(|contact| filter::all_match(contact, &search.filters))
        .filter(|contact| search.query.is_empty() || filter::contains_text(contact, &search.query))
        .map(|contact| (position_of(contact, &search.sort), contact))
        .collect();
    let total = found.len();
    if let Some(after) = &search.after {
        found.retain(|(position, _)| compare(position, after, &search.sort).is_gt());
    }
    found.sort_by(|a, b| compare(&a.0, &b.0, &search.sort));
    let page = found.into_iter().skip(search.skip).take(search.limit);
    let contacts: Vec<Value> = page.map(|(position, contact)| search_result(contact, position)).collect();
    Ok(Response::json(200, json!({ "contacts": contacts, "total": total })))
}

/// The position of a contact in the order: its sort values and its id. This is its `searchAfter`.
fn position_of(contact: &Contact, sort: &Sort) -> Vec<Value> {
    let value = |field: &str| {
        let value = filter::value_of(contact, field).cloned().unwrap_or_default();
        match value.as_str() {
            Some(date) if field.starts_with("date") => clock::millis(date).map_or(Value::Null, Value::from),
            Some(text) => Value::from(text.to_lowercase()),
            None => value,
        }
    };
    let mut position: Vec<Value> = sort.iter().map(|(field, _)| value(field)).collect();
    position.push(Value::from(text(contact, "id")));
    position
}

/// Compares two positions.
fn compare(a: &[Value], b: &[Value], sort: &Sort) -> Ordering {
    let directions = sort.iter().map(|(_, descends)| *descends).chain([false]);
    for ((a, b), descends) in a.iter().zip(b).zip(directions) {
        let order = compare_values(a, b);
        if order.is_ne() {
            return if descends { order.reverse() } else { order };
        }
    }
    Ordering::Equal
}

fn compare_values(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => a.as_f64().unwrap_or(f64::NEG_INFINITY).total_cmp(&b.as_f64().unwrap_or(f64::NEG_INFINITY)),
    }
}

/// A contact in the form of a search result, which differs from a contact that is read by id (highlevel-api-docs issue
/// 314).
fn search_result(contact: &Contact, position: Vec<Value>) -> Value {
    const SAME: &[&str] = &[
        "id",
        "locationId",
        "firstName",
        "lastName",
        "firstNameLowerCase",
        "lastNameLowerCase",
        "email",
        "phone",
        "city",
        "state",
        "country",
        "postalCode",
        "companyName",
        "businessId",
        "website",
        "source",
        "type",
        "assignedTo",
        "dateAdded",
        "dateUpdated",
        "dnd",
        "dndSettings",
        "inboundDndSettings",
        "attributionSource",
        "lastAttributionSource",
    ];
    let mut result: Map<String, Value> = SAME
        .iter()
        .map(|name| ((*name).to_owned(), contact.get(*name).cloned().unwrap_or_default()))
        .collect();
    for name in ["tags", "customFields", "additionalEmails", "additionalPhones", "followers", "opportunities"]
    {
        result.insert(name.to_owned(), contact.get(name).cloned().unwrap_or_else(|| json!([])));
    }
    let birthday = clock::millis(text(contact, "dateOfBirth"));
    let renamed = [
        ("address", contact.get("address1").cloned().unwrap_or_default()),
        ("contactName", contact.get("name").cloned().unwrap_or_default()),
        ("businessName", contact.get("companyName").cloned().unwrap_or_default()),
        ("dateOfBirth", birthday.map_or(Value::Null, Value::from)),
        ("phoneLabel", Value::Null),
        ("validEmail", Value::Null),
        ("searchAfter", Value::from(position)),
    ];
    result.extend(renamed.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(result)
}
