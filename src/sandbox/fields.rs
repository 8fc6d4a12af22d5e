//! Custom fields: their definitions, and how HighLevel stores a written value.

use serde_json::{Value, json};

use crate::sandbox::options::{FieldForm, Options};
use crate::sandbox::record::{Contact, id_of};
use crate::sandbox::text;

/// The name, data type and options of each field of a sandbox. The ids and keys follow from the order.
const FIELDS: &[(&str, &str, &[&str])] = &[
    ("Lead Score", "NUMERICAL", &[]),
    ("Budget", "MONETORY", &[]),
    ("Preferred Contact Time", "RADIO", &["Morning", "Afternoon", "Evening"]),
    ("Interests", "CHECKBOX", &["Product news", "Webinars", "Case studies", "Events"]),
    ("Plan", "SINGLE_OPTIONS", &["Starter", "Growth", "Scale"]),
    ("Services", "MULTIPLE_OPTIONS", &["Consulting", "Training", "Support", "Migration"]),
    ("Renewal Date", "DATE", &[]),
    ("Job Title", "TEXT", &[]),
    ("Notes From Intake", "LARGE_TEXT", &[]),
    ("Assistant Phone", "PHONE", &[]),
    ("Billing Email", "EMAIL", &[]),
    ("Social Profiles", "TEXTBOX_LIST", &["LinkedIn", "Instagram"]),
    ("Signed Contract", "FILE_UPLOAD", &[]),
    ("Region", "TEXT", &[]),
    ("Region", "SINGLE_OPTIONS", &["North", "South", "East", "West"]),
];

/// The definitions in the form that `GET /locations/{id}/customFields` returns. Two fields have the name "Region".
pub(crate) fn definitions(location: &str) -> Vec<Value> {
    let mut keys: Vec<String> = Vec::new();
    let definitions = FIELDS.iter().zip(0_u64..).map(|((name, data_type, options), index)| {
        let mut key = format!("contact.{}", name.to_lowercase().replace(' ', "_"));
        if keys.contains(&key) {
            key.push_str("_2");
        }
        keys.push(key.clone());
        json!({
            "id": id_of(9_000 + index), "name": name, "fieldKey": key, "dataType": data_type, "placeholder": "",
            "position": index * 50, "locationId": location, "model": "contact", "isAllowedCustomOption": false,
            "picklistOptions": picklist(data_type, options),
        })
    });
    definitions.collect()
}

/// The options in the form of a definition: text boxes have ids, other options are plain texts.
fn picklist(data_type: &str, options: &[&str]) -> Value {
    if data_type != "TEXTBOX_LIST" {
        return json!(options);
    }
    let boxes =
        options.iter().zip(9_500..).map(|(label, number)| json!({ "id": id_of(number), "label": label }));
    Value::Array(boxes.collect())
}

/// The definition that a written item names by `id`, or by `key` with or without the prefix `contact.`.
pub(crate) fn definition_of<'a>(definitions: &'a [Value], item: &Value) -> Option<&'a Value> {
    if let Some(id) = item.get("id").and_then(Value::as_str) {
        return definitions.iter().find(|field| field["id"] == id);
    }
    let key = item.get("key")?.as_str()?;
    let bare = key.strip_prefix("contact.").unwrap_or(key);
    definitions
        .iter()
        .find(|field| field["fieldKey"].as_str().and_then(|k| k.strip_prefix("contact.")) == Some(bare))
}

/// The value of a written item, from the key that this location accepts.
fn accepted_value<'a>(item: &'a Value, options: &Options) -> Option<&'a Value> {
    match options.custom_field_form {
        FieldForm::Either => item.get("field_value").or_else(|| item.get("value")),
        FieldForm::FieldValue => item.get("field_value"),
        FieldForm::Value => item.get("value"),
    }
}

/// Merges written items into a contact by field id. Null, "" and [] clear a field. Unknown fields, unknown options and
/// wrong types are dropped without an error. Returns the dropped items in the form of a response.
pub(crate) fn apply(
    contact: &mut Contact,
    items: &[Value],
    definitions: &[Value],
    options: &Options,
) -> Vec<Value> {
    let mut dropped = Vec::new();
    let mut values = contact.get("customFields").and_then(Value::as_array).cloned().unwrap_or_default();
    for item in items {
        let field = definition_of(definitions, item);
        let value = accepted_value(item, options);
        let stored = field.zip(value).and_then(|(field, value)| stored_value(field, value));
        if let (Some(field), Some(value)) = (field, stored) {
            values.retain(|old| old["id"] != field["id"]);
            if !value.is_null() {
                values.push(json!({ "id": field["id"], "value": value }));
            }
        } else {
            let id = field.or(Some(item)).and_then(|field| field.get("id"));
            let value = item.get("field_value").or_else(|| item.get("value"));
            dropped.push(json!({ "id": id, "value": value }));
        }
    }
    contact.insert(String::from("customFields"), Value::Array(values));
    dropped
}

/// What is stored for a value: null if it clears the field, nothing if its type or an option is wrong.
fn stored_value(field: &Value, value: &Value) -> Option<Value> {
    if value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty) {
        return Some(Value::Null);
    }
    let options = field["picklistOptions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let any_option = field["isAllowedCustomOption"] == true;
    let is_option = |option: &Value| option.is_string() && (any_option || options.contains(option));
    let valid = match field["dataType"].as_str().unwrap_or_default() {
        "NUMERICAL" | "MONETORY" => value.is_number(),
        "RADIO" | "SINGLE_OPTIONS" => is_option(value),
        "CHECKBOX" | "MULTIPLE_OPTIONS" => value.as_array().is_some_and(|list| list.iter().all(is_option)),
        "DATE" => return day(value.as_str()?).map(Value::from),
        "EMAIL" => value.as_str().is_some_and(text::is_email),
        "TEXTBOX_LIST" | "FILE_UPLOAD" => value.is_object(),
        _ => value.is_string(),
    };
    valid.then(|| value.clone())
}

/// A date or a full ISO datetime as `YYYY-MM-DD`.
fn day(text: &str) -> Option<String> {
    let date: jiff::civil::Date = match text.split_once('T') {
        Some((date, _)) if text.parse::<jiff::Timestamp>().is_ok() => date.parse().ok()?,
        Some(_) => return None,
        None => text.parse().ok()?,
    };
    Some(date.to_string())
}

#[cfg(test)]
mod tests;
