//! The parameters in the body of a search.

use serde_json::{Map, Value};

use crate::sandbox::check;
use crate::sandbox::record::text;
use crate::sandbox::response::Response;

const MAX_PAGE_LIMIT: usize = 500;
const MAX_RECORDS: usize = 10_000;
const MAX_QUERY_CHARS: usize = 75;
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

/// Each sort field, and whether it descends.
pub(crate) type Sort = Vec<(String, bool)>;

/// The checked parameters of a search.
pub(crate) struct SearchParameters {
    pub(crate) limit: usize,
    pub(crate) skip: usize,
    pub(crate) after: Option<Vec<Value>>,
    pub(crate) filters: Vec<Value>,
    pub(crate) sort: Sort,
    pub(crate) query: String,
}

/// Reads the parameters. A 422 lists all problems with the properties, a 400 names what cannot be combined.
pub(crate) fn read(body: &Map<String, Value>) -> Result<SearchParameters, Response> {
    let mut problems = check::unknown_properties(body, PROPERTIES);
    if !body.get("locationId").is_some_and(Value::is_string) {
        problems.push(String::from("locationId must be a string"));
    }
    let limit = whole_number(body, "pageLimit");
    match limit {
        Some(1..=MAX_PAGE_LIMIT) => {}
        Some(_) => problems.push(format!("pageLimit must be between 1 and {MAX_PAGE_LIMIT}")),
        None => {
            problems.push(String::from("pageLimit must be a number conforming to the specified constraints"));
        }
    }
    let query = text(body, "query").to_owned();
    if query.chars().count() > MAX_QUERY_CHARS {
        problems.push(format!("query must be shorter than or equal to {MAX_QUERY_CHARS} characters"));
    }
    let page =
        if body.contains_key("page") { whole_number(body, "page").filter(|page| *page > 0) } else { Some(1) };
    let after = body.get("searchAfter").map(|after| after.as_array().cloned());
    if page.is_none() {
        problems.push(String::from("page must not be less than 1"));
    }
    if after == Some(None) {
        problems.push(String::from("searchAfter must be an array"));
    }
    let sort = sort(body.get("sort")).unwrap_or_else(|message| {
        problems.push(message);
        Sort::new()
    });
    if !problems.is_empty() {
        return Err(Response::unprocessable(&problems));
    }
    let (limit, page, after) = (limit.unwrap_or_default(), page.unwrap_or(1), after.flatten());
    if after.is_some() && body.contains_key("page") {
        return Err(Response::bad_request("page and searchAfter can not be used together"));
    }
    if after.as_ref().is_some_and(|after| after.len() != sort.len() + 1) {
        return Err(Response::bad_request("searchAfter does not match sort"));
    }
    if page.saturating_mul(limit) > MAX_RECORDS {
        return Err(Response::bad_request("Only the first 10000 records can be paged, use searchAfter"));
    }
    let filters = match body.get("filters") {
        None => Vec::new(),
        Some(Value::Array(filters)) => filters.clone(),
        Some(_) => return Err(Response::unprocessable(&[String::from("filters must be an array")])),
    };
    Ok(SearchParameters { limit, skip: (page - 1) * limit, after, filters, sort, query })
}

fn whole_number(body: &Map<String, Value>, property: &str) -> Option<usize> {
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
