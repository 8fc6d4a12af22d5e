//! The filter grammar of `POST /contacts/search`: fields, their operators, and what matches.

use serde_json::Value;

use crate::sandbox::clock;
use crate::sandbox::record::{Contact, tags, text};
use crate::sandbox::response::Response;

const LONGEST_VALUE: usize = 75;

/// The operators a field takes, after the search guide that HighLevel's OpenAPI links to.
fn operators(field: &str, definitions: &[Value]) -> Option<&'static [&'static str]> {
    const ID: &[&str] = &["eq", "not_eq"];
    const EXACT: &[&str] = &["eq", "not_eq", "exists", "not_exists"];
    const TEXT: &[&str] = &["eq", "not_eq", "contains", "not_contains", "exists", "not_exists"];
    const DATE: &[&str] = &["range", "exists", "not_exists"];
    const NUMBER: &[&str] = &["eq", "not_eq", "range", "exists", "not_exists"];
    if let Some(rest) = field.strip_prefix("customFields.") {
        let (id, option) = rest.split_once('.').map_or((rest, None), |(id, option)| (id, Some(option)));
        let kind = definitions.iter().find(|d| d["id"] == id)?["dataType"].as_str()?;
        return match (kind, option) {
            ("TEXTBOX_LIST", Some(_))
            | ("TEXT" | "LARGE_TEXT" | "SINGLE_OPTIONS" | "RADIO" | "PHONE" | "EMAIL", None) => Some(TEXT),
            ("CHECKBOX" | "MULTIPLE_OPTIONS", None) => Some(EXACT),
            ("NUMERICAL" | "MONETORY", None) => Some(NUMBER),
            ("DATE", None) => Some(DATE),
            _ => None,
        };
    }
    Some(match field {
        "id" => ID,
        "firstNameLowerCase" | "lastNameLowerCase" | "address" | "city" | "state" | "postalCode"
        | "companyName" | "businessName" | "source" | "phone" | "tags" => TEXT,
        "contactName"
        | "email"
        | "website"
        | "country"
        | "assignedTo"
        | "dnd"
        | "followers"
        | "isValidWhatsapp"
        | "timezone"
        | "type"
        | "validEmail"
        | "activeWorkflows"
        | "finishedWorkflows"
        | "dndSettings.Email.status"
        | "dndSettings.SMS.status"
        | "dndSettings.Call.status"
        | "inboundDndSettings.all.status" => EXACT,
        "dateAdded"
        | "dateUpdated"
        | "dateOfBirth"
        | "lastEmailClickedDate"
        | "lastEmailOpenedDate"
        | "lastAppointment" => DATE,
        "opportunities" => &["nested"],
        _ => return None,
    })
}

/// Refuses what HighLevel cannot answer, before any contact is looked at.
pub(crate) fn check(filters: &Value, definitions: &[Value]) -> Result<(), Response> {
    let Some(list) = filters.as_array() else {
        return Err(Response::unprocessable(&[String::from("filters must be an array")]));
    };
    for filter in list {
        if let Some(group) = filter.get("group") {
            if group != "AND" && group != "OR" {
                return Err(Response::bad_request("Invalid group, use AND or OR"));
            }
            check(filter.get("filters").unwrap_or(&Value::Null), definitions)?;
            continue;
        }
        let field = filter["field"].as_str().unwrap_or_default();
        let operator = filter["operator"].as_str().unwrap_or_default();
        let allowed = operators(field, definitions)
            .ok_or_else(|| Response::bad_request(&format!("Invalid field {field}")))?;
        if !allowed.contains(&operator) {
            return Err(Response::bad_request(&format!("Invalid operator {operator} for field {field}")));
        }
        check_value(field, operator, filter.get("value"))?;
    }
    Ok(())
}

fn check_value(field: &str, operator: &str, value: Option<&Value>) -> Result<(), Response> {
    let fits = match operator {
        "exists" | "not_exists" => true,
        "range" => value.and_then(Value::as_object).is_some_and(|bounds| {
            !bounds.is_empty()
                && bounds
                    .iter()
                    .all(|(b, v)| ["gte", "lte", "gt", "lt"].contains(&b.as_str()) && number(v).is_some())
        }),
        "nested" => value.is_some_and(Value::is_array),
        _ => value.is_some_and(|value| !value.is_null() && !value.is_object()),
    };
    if !fits {
        return Err(Response::bad_request(&format!("Invalid value for field {field}")));
    }
    if value.and_then(Value::as_str).is_some_and(|text| text.chars().count() > LONGEST_VALUE) {
        return Err(Response::bad_request(&format!(
            "Value of field {field} is longer than {LONGEST_VALUE} characters"
        )));
    }
    Ok(())
}

/// Whether all the filters match. They must have been checked.
pub(crate) fn all_match(contact: &Contact, filters: &[Value]) -> bool {
    filters.iter().all(|filter| matches(contact, filter))
}

fn matches(contact: &Contact, filter: &Value) -> bool {
    if let Some(group) = filter.get("group") {
        let inner = filter["filters"].as_array().map(Vec::as_slice).unwrap_or_default();
        return if group == "OR" {
            inner.iter().any(|f| matches(contact, f))
        } else {
            all_match(contact, inner)
        };
    }
    let held = value_of(contact, filter["field"].as_str().unwrap_or_default());
    let value = &filter["value"];
    match filter["operator"].as_str().unwrap_or_default() {
        "eq" => equal(held, value),
        "not_eq" => !equal(held, value),
        "contains" => contains(held, value),
        "not_contains" => !contains(held, value),
        "exists" => present(held),
        "not_exists" => !present(held),
        "range" => held.and_then(number).is_some_and(|held| within(held, value)),
        // The sandbox has no opportunities.
        _ => false,
    }
}

/// A contact's value under the name search has for it.
pub(crate) fn value_of<'a>(contact: &'a Contact, field: &str) -> Option<&'a Value> {
    if let Some(rest) = field.strip_prefix("customFields.") {
        let (id, option) = rest.split_once('.').map_or((rest, None), |(id, option)| (id, Some(option)));
        let value =
            contact.get("customFields")?.as_array()?.iter().find(|held| held["id"] == id)?.get("value")?;
        return option.map_or(Some(value), |option| value.get(option));
    }
    if let Some((outer, inner)) = field.split_once('.') {
        return inner.split('.').try_fold(contact.get(outer)?, |value, key| value.get(key));
    }
    contact.get(match field {
        "address" => "address1",
        "contactName" => "name",
        "businessName" => "companyName",
        other => other,
    })
}

fn present(held: Option<&Value>) -> bool {
    held.is_some_and(|value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    })
}

/// A list given means all of it; a list held means any of it.
fn equal(held: Option<&Value>, value: &Value) -> bool {
    match (held, value) {
        (held, Value::Array(wanted)) => wanted.iter().all(|value| equal(held, value)),
        (Some(Value::Array(held)), value) => held.iter().any(|held| equal(Some(held), value)),
        (Some(Value::String(held)), Value::String(value)) => held.to_lowercase() == value.to_lowercase(),
        (Some(held), value) => {
            held == value || number(held).zip(number(value)).is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
        }
        (None, value) => value == &Value::Bool(false),
    }
}

fn contains(held: Option<&Value>, value: &Value) -> bool {
    match (held, value) {
        (held, Value::Array(wanted)) => wanted.iter().any(|value| contains(held, value)),
        (Some(Value::Array(held)), value) => held.iter().any(|held| contains(Some(held), value)),
        (Some(Value::String(held)), Value::String(value)) => {
            held.to_lowercase().contains(&value.to_lowercase())
        }
        _ => false,
    }
}

/// A number, or a date as milliseconds.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of any date fit f64 exactly")]
        Value::String(text) => clock::millis(text).map(|millis| millis as f64),
        _ => None,
    }
}

fn within(held: f64, bounds: &Value) -> bool {
    bounds.as_object().into_iter().flatten().all(|(bound, value)| match (bound.as_str(), number(value)) {
        ("gte", Some(value)) => held >= value,
        ("lte", Some(value)) => held <= value,
        ("gt", Some(value)) => held > value,
        ("lt", Some(value)) => held < value,
        _ => false,
    })
}

/// Free text: the name, e-mail, phone, company or a tag contains it.
pub(crate) fn mentions(contact: &Contact, query: &str) -> bool {
    let wanted = query.trim().to_lowercase();
    let fields = ["name", "email", "phone", "companyName"].map(|field| text(contact, field));
    fields.into_iter().chain(tags(contact)).any(|value| value.to_lowercase().contains(&wanted))
}

#[cfg(test)]
mod tests {
    use crate::sandbox::fields::definitions;
    use crate::sandbox::filter::{all_match, check};
    use serde_json::{Value, json};

    fn found(filter: &Value) -> bool {
        let score = definitions("L")[0]["id"].clone();
        let contact = json!({
            "id": "a", "name": "Ana Silva", "firstNameLowerCase": "ana", "email": "ana@example.com", "phone": "+14155550101",
            "tags": ["vip", "webinar"], "companyName": "Acme Corp", "address1": "1 Main St", "dnd": false,
            "dateAdded": "2026-01-05T10:00:00.000Z", "customFields": [{ "id": score, "value": 80 }],
        });
        check(&json!([filter]), &definitions("L")).unwrap();
        all_match(contact.as_object().unwrap(), std::slice::from_ref(filter))
    }

    #[test]
    fn every_operator_finds_what_it_should() {
        let score = format!("customFields.{}", definitions("L")[0]["id"].as_str().unwrap());
        let yes = [
            json!({ "field": "email", "operator": "eq", "value": "ANA@example.com" }),
            json!({ "field": "contactName", "operator": "eq", "value": "ana silva" }),
            json!({ "field": "tags", "operator": "eq", "value": ["vip", "webinar"] }),
            json!({ "field": "tags", "operator": "contains", "value": "web" }),
            json!({ "field": "address", "operator": "contains", "value": "main" }),
            json!({ "field": "city", "operator": "not_exists" }),
            json!({ "field": "dnd", "operator": "eq", "value": false }),
            json!({ "field": "dateAdded", "operator": "range", "value": { "gte": "2026-01-05", "lt": "2026-01-06" } }),
            json!({ "field": score, "operator": "range", "value": { "gt": 79, "lte": 80 } }),
            json!({ "group": "OR", "filters": [
                { "field": "id", "operator": "eq", "value": "b" },
                { "group": "AND", "filters": [{ "field": "phone", "operator": "exists" }] },
            ] }),
        ];
        for filter in yes {
            assert!(found(&filter), "{filter}");
        }
        let no = [
            json!({ "field": "tags", "operator": "eq", "value": ["vip", "cold"] }),
            json!({ "field": "email", "operator": "not_eq", "value": "ana@example.com" }),
            json!({ "field": "companyName", "operator": "not_contains", "value": "acme" }),
            json!({ "field": "dateOfBirth", "operator": "range", "value": { "gte": "1990-01-01" } }),
        ];
        for filter in no {
            assert!(!found(&filter), "{filter}");
        }
    }

    #[test]
    fn what_highlevel_cannot_answer_is_refused() {
        let refused = [
            json!([{ "field": "additional_phones", "operator": "eq", "value": "x" }]),
            json!([{ "field": "email", "operator": "contains", "value": "example" }]),
            json!([{ "field": "customFields.Lead Score", "operator": "eq", "value": 1 }]),
            json!([{ "field": "dateAdded", "operator": "range", "value": { "from": "2026-01-01" } }]),
            json!([{ "field": "city", "operator": "eq", "value": "x".repeat(76) }]),
            json!([{ "group": "XOR", "filters": [] }]),
            json!({ "field": "city" }),
        ];
        for filters in refused {
            assert!(check(&filters, &definitions("L")).is_err(), "{filters}");
        }
    }
}
