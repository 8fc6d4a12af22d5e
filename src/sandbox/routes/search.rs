//! `POST /contacts/search`: filtered, sorted, paged, and a little behind the writes.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use crate::sandbox::check;
use crate::sandbox::clock;
use crate::sandbox::filter;
use crate::sandbox::gate;
use crate::sandbox::record::{Contact, text};
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::here;
use crate::sandbox::state::{State, lock};

const LARGEST_PAGE: usize = 500;
const LAST_RECORD: usize = 10_000;
const LONGEST_QUERY: usize = 75;
const PROPERTIES: &[&str] = &["locationId", "pageLimit", "page", "searchAfter", "filters", "sort", "query"];
const SORTABLE: &[&str] = &[
    "firstNameLowerCase",
    "lastNameLowerCase",
    "businessName",
    "dateAdded",
    "dateUpdated",
    "email",
    "dnd",
    "source",
];

type Sort = Vec<(String, bool)>;

/// A checked search.
struct Wanted {
    limit: usize,
    skip: usize,
    after: Option<Vec<Value>>,
    filters: Vec<Value>,
    /// Field, and whether it descends.
    sort: Sort,
    query: String,
}

/// Answers a search.
pub(crate) fn search(state: &State, request: &Request) -> Result<Response, Response> {
    let body = request.object()?;
    if let Some(location) = body.get("locationId").and_then(Value::as_str) {
        gate::location(&state.options, Some(location))?;
    }
    let wanted = read(&body)?;
    let mut store = lock(&state.store);
    filter::check(&Value::from(wanted.filters.clone()), &store.definitions)?;
    let mut found: Vec<(Vec<Value>, &Contact)> = store
        .indexed(state.now())
        .filter_map(|contact| here(state, contact))
        .filter(|contact| filter::all_match(contact, &wanted.filters))
        .filter(|contact| wanted.query.is_empty() || filter::mentions(contact, &wanted.query))
        .map(|contact| (place_of(contact, &wanted.sort), contact))
        .collect();
    found.sort_by(|a, b| compare(&a.0, &b.0, &wanted.sort));
    let total = found.len();
    if let Some(after) = &wanted.after {
        found.retain(|(place, _)| compare(place, after, &wanted.sort).is_gt());
    }
    let page = found.into_iter().skip(wanted.skip).take(wanted.limit);
    let contacts: Vec<Value> = page.map(|(place, contact)| shown(contact, place)).collect();
    Ok(Response::json(200, json!({ "contacts": contacts, "total": total })))
}

fn read(body: &Map<String, Value>) -> Result<Wanted, Response> {
    let mut wrong = check::only(body, PROPERTIES);
    if !body.get("locationId").is_some_and(Value::is_string) {
        wrong.push(String::from("locationId must be a string"));
    }
    let limit = whole(body, "pageLimit");
    match limit {
        Some(1..=LARGEST_PAGE) => {}
        Some(_) => wrong.push(format!("pageLimit must be between 1 and {LARGEST_PAGE}")),
        None => {
            wrong.push(String::from("pageLimit must be a number conforming to the specified constraints"));
        }
    }
    let query = text(body, "query").to_owned();
    if query.chars().count() > LONGEST_QUERY {
        wrong.push(format!("query must be shorter than or equal to {LONGEST_QUERY} characters"));
    }
    let page = if body.contains_key("page") { whole(body, "page").filter(|page| *page > 0) } else { Some(1) };
    let after = body.get("searchAfter").map(|after| after.as_array().cloned());
    if page.is_none() {
        wrong.push(String::from("page must not be less than 1"));
    }
    if after == Some(None) {
        wrong.push(String::from("searchAfter must be an array"));
    }
    let sort = sort(body.get("sort")).unwrap_or_else(|message| {
        wrong.push(message);
        Sort::new()
    });
    if !wrong.is_empty() {
        return Err(Response::unprocessable(&wrong));
    }
    let (limit, page, after) = (limit.unwrap_or_default(), page.unwrap_or(1), after.flatten());
    if after.is_some() && body.contains_key("page") {
        return Err(Response::bad_request("page and searchAfter can not be used together"));
    }
    if after.as_ref().is_some_and(|after| after.len() != sort.len() + 1) {
        return Err(Response::bad_request("searchAfter does not match sort"));
    }
    if page.saturating_mul(limit) > LAST_RECORD {
        return Err(Response::bad_request("Only the first 10000 records can be paged, use searchAfter"));
    }
    let filters = match body.get("filters") {
        None => Vec::new(),
        Some(Value::Array(filters)) => filters.clone(),
        Some(_) => return Err(Response::unprocessable(&[String::from("filters must be an array")])),
    };
    Ok(Wanted { limit, skip: (page - 1) * limit, after, filters, sort, query })
}

fn whole(body: &Map<String, Value>, property: &str) -> Option<usize> {
    usize::try_from(body.get(property)?.as_u64()?).ok()
}

fn sort(value: Option<&Value>) -> Result<Sort, String> {
    let list = match value {
        None => return Ok(vec![(String::from("dateAdded"), true)]),
        Some(Value::Array(list)) if list.is_empty() => return Ok(vec![(String::from("dateAdded"), true)]),
        Some(Value::Array(list)) if list.len() <= 2 => list,
        Some(_) => return Err(String::from("sort must be an array of at most 2 elements")),
    };
    let read = |item: &Value| {
        let field = item["field"].as_str().filter(|field| SORTABLE.contains(field));
        let field = field.ok_or_else(|| format!("sort by {} is not supported", item["field"]))?;
        match item["direction"].as_str() {
            Some("asc") => Ok((field.to_owned(), false)),
            Some("desc") => Ok((field.to_owned(), true)),
            _ => Err(String::from("sort direction must be asc or desc")),
        }
    };
    list.iter().map(read).collect()
}

/// Where a contact stands in the order: its sort values and its id. This is its `searchAfter`.
fn place_of(contact: &Contact, sort: &Sort) -> Vec<Value> {
    let value = |field: &str| {
        let value = filter::value_of(contact, field).cloned().unwrap_or_default();
        match value.as_str() {
            Some(date) if field.starts_with("date") => clock::millis(date).map_or(Value::Null, Value::from),
            Some(text) => Value::from(text.to_lowercase()),
            None => value,
        }
    };
    let mut place: Vec<Value> = sort.iter().map(|(field, _)| value(field)).collect();
    place.push(Value::from(text(contact, "id")));
    place
}

fn compare(a: &[Value], b: &[Value], sort: &Sort) -> Ordering {
    let directions = sort.iter().map(|(_, down)| *down).chain([false]);
    for ((a, b), down) in a.iter().zip(b).zip(directions) {
        let order = compare_values(a, b);
        if order.is_ne() {
            return if down { order.reverse() } else { order };
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

/// A contact as search shows it, which differs from a contact read by id (highlevel-api-docs issue 314).
fn shown(contact: &Contact, place: Vec<Value>) -> Value {
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
    let mut shown: Map<String, Value> = SAME
        .iter()
        .map(|name| ((*name).to_owned(), contact.get(*name).cloned().unwrap_or_default()))
        .collect();
    for name in ["tags", "customFields", "additionalEmails", "additionalPhones", "followers", "opportunities"]
    {
        shown.insert(name.to_owned(), contact.get(name).cloned().unwrap_or_else(|| json!([])));
    }
    let birthday = clock::millis(text(contact, "dateOfBirth"));
    let renamed = [
        ("address", contact.get("address1").cloned().unwrap_or_default()),
        ("contactName", contact.get("name").cloned().unwrap_or_default()),
        ("businessName", contact.get("companyName").cloned().unwrap_or_default()),
        ("dateOfBirth", birthday.map_or(Value::Null, Value::from)),
        ("phoneLabel", Value::Null),
        ("validEmail", Value::Null),
        ("searchAfter", Value::from(place)),
    ];
    shown.extend(renamed.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(shown)
}
