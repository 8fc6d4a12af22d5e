//! Whether a contact matches a checked filter.

use serde_json::Value;

use crate::sandbox::clock;
use crate::sandbox::record::{Contact, tags, text};

/// Whether a contact matches all filters. The filters must be checked.
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
    let stored = value_of(contact, filter["field"].as_str().unwrap_or_default());
    let value = &filter["value"];
    match filter["operator"].as_str().unwrap_or_default() {
        "eq" => equal(stored, value),
        "not_eq" => !equal(stored, value),
        "contains" => contains(stored, value),
        "not_contains" => !contains(stored, value),
        "exists" => exists(stored),
        "not_exists" => !exists(stored),
        "range" => stored.and_then(number).is_some_and(|stored| within(stored, value)),
        // The sandbox has no opportunities.
        _ => false,
    }
}

/// A contact's value under the field name that search uses.
pub(crate) fn value_of<'a>(contact: &'a Contact, field: &str) -> Option<&'a Value> {
    if let Some(rest) = field.strip_prefix("customFields.") {
        let (id, option) = rest.split_once('.').map_or((rest, None), |(id, option)| (id, Some(option)));
        let value = contact
            .get("customFields")?
            .as_array()?
            .iter()
            .find(|stored| stored["id"] == id)?
            .get("value")?;
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

fn exists(stored: Option<&Value>) -> bool {
    stored.is_some_and(|value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    })
}

/// All elements of an expected list must match. One element of a stored list is enough.
fn equal(stored: Option<&Value>, value: &Value) -> bool {
    match (stored, value) {
        (stored, Value::Array(expected)) => expected.iter().all(|value| equal(stored, value)),
        (Some(Value::Array(stored)), value) => stored.iter().any(|stored| equal(Some(stored), value)),
        (Some(Value::String(stored)), Value::String(value)) => stored.to_lowercase() == value.to_lowercase(),
        (Some(stored), value) => {
            stored == value || number(stored).zip(number(value)).is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
        }
        (None, value) => value == &Value::Bool(false),
    }
}

fn contains(stored: Option<&Value>, value: &Value) -> bool {
    match (stored, value) {
        (stored, Value::Array(expected)) => expected.iter().any(|value| contains(stored, value)),
        (Some(Value::Array(stored)), value) => stored.iter().any(|stored| contains(Some(stored), value)),
        (Some(Value::String(stored)), Value::String(value)) => {
            stored.to_lowercase().contains(&value.to_lowercase())
        }
        _ => false,
    }
}

/// A number, or a date in milliseconds.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of any date fit f64 exactly")]
        Value::String(text) => clock::millis(text).map(|millis| millis as f64),
        _ => None,
    }
}

fn within(stored: f64, bounds: &Value) -> bool {
    bounds.as_object().into_iter().flatten().all(|(bound, value)| match (bound.as_str(), number(value)) {
        ("gte", Some(value)) => stored >= value,
        ("lte", Some(value)) => stored <= value,
        ("gt", Some(value)) => stored > value,
        ("lt", Some(value)) => stored < value,
        _ => false,
    })
}

/// Whether the name, e-mail, phone, company or a tag contains the text.
pub(crate) fn contains_text(contact: &Contact, query: &str) -> bool {
    let query = query.trim().to_lowercase();
    let fields = ["name", "email", "phone", "companyName"].map(|field| text(contact, field));
    fields.into_iter().chain(tags(contact)).any(|value| value.to_lowercase().contains(&query))
}
