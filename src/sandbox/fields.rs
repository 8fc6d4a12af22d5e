//! Custom fields: their definitions, and what HighLevel keeps of a written value.

use serde_json::{Value, json};

use crate::sandbox::options::{FieldForm, Options};
use crate::sandbox::record::{Contact, id_of};
use crate::sandbox::text;

/// Name, data type and options of every field a sandbox defines; ids and keys follow from the place.
const DEFINED: &[(&str, &str, &[&str])] = &[
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

/// The definitions, as `GET /locations/{id}/customFields` answers them. Two are named "Region".
pub(crate) fn definitions(location: &str) -> Vec<Value> {
    let mut taken: Vec<String> = Vec::new();
    let defined = DEFINED.iter().zip(0_u64..).map(|((name, kind, options), place)| {
        let mut key = format!("contact.{}", name.to_lowercase().replace(' ', "_"));
        if taken.contains(&key) {
            key.push_str("_2");
        }
        taken.push(key.clone());
        json!({
            "id": id_of(9_000 + place), "name": name, "fieldKey": key, "dataType": kind, "placeholder": "",
            "position": place * 50, "locationId": location, "model": "contact", "isAllowedCustomOption": false,
            "picklistOptions": picklist(kind, options),
        })
    });
    defined.collect()
}

/// Options as a definition lists them: text boxes have ids, the others are plain texts.
fn picklist(kind: &str, options: &[&str]) -> Value {
    if kind != "TEXTBOX_LIST" {
        return json!(options);
    }
    let boxes =
        options.iter().zip(9_500..).map(|(label, number)| json!({ "id": id_of(number), "label": label }));
    Value::Array(boxes.collect())
}

/// The definition a written item names by `id` or `key` (with or without the `contact.` in front).
pub(crate) fn named<'a>(definitions: &'a [Value], item: &Value) -> Option<&'a Value> {
    if let Some(id) = item.get("id").and_then(Value::as_str) {
        return definitions.iter().find(|field| field["id"] == id);
    }
    let key = item.get("key")?.as_str()?;
    let bare = key.strip_prefix("contact.").unwrap_or(key);
    definitions
        .iter()
        .find(|field| field["fieldKey"].as_str().and_then(|k| k.strip_prefix("contact.")) == Some(bare))
}

/// The value of a written item under the key this location honours.
fn written<'a>(item: &'a Value, options: &Options) -> Option<&'a Value> {
    match options.custom_field_form {
        FieldForm::Either => item.get("field_value").or_else(|| item.get("value")),
        FieldForm::FieldValue => item.get("field_value"),
        FieldForm::Value => item.get("value"),
    }
}

/// Merges written items into a contact by field id. Null, "" and [] clear. Unknown fields, unknown options and wrong
/// types are dropped in silence; what was dropped comes back in the read form, for the echo.
pub(crate) fn write(
    contact: &mut Contact,
    items: &[Value],
    definitions: &[Value],
    options: &Options,
) -> Vec<Value> {
    let mut dropped = Vec::new();
    let mut kept = contact.get("customFields").and_then(Value::as_array).cloned().unwrap_or_default();
    for item in items {
        let field = named(definitions, item);
        let value = written(item, options);
        let stored = field.zip(value).and_then(|(field, value)| stored(field, value));
        if let (Some(field), Some(value)) = (field, stored) {
            kept.retain(|old| old["id"] != field["id"]);
            if !value.is_null() {
                kept.push(json!({ "id": field["id"], "value": value }));
            }
        } else {
            let id = field.or(Some(item)).and_then(|named| named.get("id"));
            let value = item.get("field_value").or_else(|| item.get("value"));
            dropped.push(json!({ "id": id, "value": value }));
        }
    }
    contact.insert(String::from("customFields"), Value::Array(kept));
    dropped
}

/// What is stored of a value: nothing where the type or an option is wrong, null where it clears.
fn stored(field: &Value, value: &Value) -> Option<Value> {
    if value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty) {
        return Some(Value::Null);
    }
    let options = field["picklistOptions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let any_option = field["isAllowedCustomOption"] == true;
    let known = |option: &Value| option.is_string() && (any_option || options.contains(option));
    let fits = match field["dataType"].as_str().unwrap_or_default() {
        "NUMERICAL" | "MONETORY" => value.is_number(),
        "RADIO" | "SINGLE_OPTIONS" => known(value),
        "CHECKBOX" | "MULTIPLE_OPTIONS" => value.as_array().is_some_and(|list| list.iter().all(known)),
        "DATE" => return day(value.as_str()?).map(Value::from),
        "EMAIL" => value.as_str().is_some_and(text::is_email),
        "TEXTBOX_LIST" | "FILE_UPLOAD" => value.is_object(),
        _ => value.is_string(),
    };
    fits.then(|| value.clone())
}

/// `YYYY-MM-DD`, of a date or a full ISO datetime.
fn day(text: &str) -> Option<String> {
    let date: jiff::civil::Date = match text.split_once('T') {
        Some((date, _)) if text.parse::<jiff::Timestamp>().is_ok() => date.parse().ok()?,
        Some(_) => return None,
        None => text.parse().ok()?,
    };
    Some(date.to_string())
}

#[cfg(test)]
mod tests {
    use crate::sandbox::fields::{definitions, named, write};
    use crate::sandbox::options::{FieldForm, Options};
    use serde_json::{Map, Value, json};

    fn written(item: &Value, options: &Options) -> (Value, usize) {
        let mut contact = Map::new();
        let dropped = write(&mut contact, std::slice::from_ref(item), &definitions("L"), options);
        (contact["customFields"][0]["value"].clone(), dropped.len())
    }

    #[test]
    fn the_right_type_is_kept_and_the_wrong_one_dropped_in_silence() {
        let kept = [
            ("lead_score", json!(87)),
            ("budget", json!(12.5)),
            ("plan", json!("Growth")),
            ("interests", json!(["Webinars", "Events"])),
            ("renewal_date", json!("2026-09-01")),
            ("social_profiles", json!({ "a": "b" })),
        ];
        for (key, value) in kept {
            assert_eq!(
                written(&json!({ "key": key, "field_value": value }), &Options::default()),
                (value, 0),
                "{key}"
            );
        }
        let dropped = [
            ("lead_score", json!("87")),
            ("plan", json!("growth")),
            ("interests", json!("Webinars")),
            ("interests", json!(["Webinars", "Cats"])),
            ("renewal_date", json!("01/09/2026")),
            ("job_title", json!(7)),
            ("nothing_of_the_kind", json!("x")),
        ];
        for (key, value) in dropped {
            let (stored, count) = written(&json!({ "key": key, "field_value": value }), &Options::default());
            assert!(stored.is_null() && count == 1, "{key} {value}");
        }
    }

    #[test]
    fn only_the_honoured_form_is_stored() {
        let id = named(&definitions("L"), &json!({ "key": "contact.job_title" })).unwrap()["id"].clone();
        let options = |form| Options { custom_field_form: form, ..Options::default() };
        let (old, new) = (json!({ "id": id, "value": "CTO" }), json!({ "id": id, "field_value": "CTO" }));
        assert_eq!(written(&old, &options(FieldForm::Value)), (json!("CTO"), 0));
        assert_eq!(written(&new, &options(FieldForm::Value)), (Value::Null, 1));
        assert_eq!(written(&old, &options(FieldForm::FieldValue)), (Value::Null, 1));
        assert_eq!(written(&new, &options(FieldForm::FieldValue)), (json!("CTO"), 0));
    }

    #[test]
    fn null_and_empty_clear_and_other_fields_stay() {
        let (defined, options) = (definitions("L"), Options::default());
        let mut contact = Map::new();
        let item = |key: &str, value: Value| json!({ "key": key, "field_value": value });
        write(
            &mut contact,
            &[item("job_title", json!("CTO")), item("lead_score", json!(1))],
            &defined,
            &options,
        );
        write(&mut contact, &[item("job_title", Value::Null)], &defined, &options);
        assert_eq!(contact["customFields"].as_array().unwrap().len(), 1);
        write(&mut contact, &[item("lead_score", json!(""))], &defined, &options);
        assert_eq!(contact["customFields"], json!([]));
    }
}
