//! Whether a contact matches a filter that was checked.

use serde_json::Value;

use crate::sandbox::clock;
use crate::sandbox::record::{Contact, tags, text};

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
