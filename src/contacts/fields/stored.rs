//! Values of custom fields as HighLevel stores them: compared with wanted values, and decoded for a reader.

use std::collections::{BTreeMap, BTreeSet};

use crate::contacts::fields::encoding;
use crate::contacts::value::text::is_short_form;
use crate::contacts::value::{date, number};
use crate::ghl::model::text::clean;
use crate::ghl::model::{CustomField, DataType, FieldValue, same_email, same_phone};

/// Whether two values are the same to HighLevel. Both are compared in the form that is sent, where they have one.
pub(crate) fn same(field: Option<&CustomField>, stored: &FieldValue, wanted: &FieldValue) -> bool {
    let form = |value: &FieldValue| {
        field.and_then(|field| encoding::encoded(field, value).ok()).unwrap_or_else(|| value.clone())
    };
    // A value that cannot be sent is the stored one where it is what an answer shows of it.
    if let Some(field) = field.filter(|field| encoding::encoded(field, wanted).is_err())
        && alike(&decoded(field, stored), wanted)
    {
        return true;
    }
    let (stored, wanted) = (form(stored), form(wanted));
    if stored.is_empty() || wanted.is_empty() {
        return stored.is_empty() && wanted.is_empty();
    }
    match field.map_or(DataType::Other, |field| field.data_type) {
        DataType::Date => match (date::stored_date(&stored), date::stored_date(&wanted)) {
            (Some(stored), Some(wanted)) => stored == wanted,
            _ => alike(&stored, &wanted),
        },
        DataType::Email => same_email(&trimmed(&stored), &trimmed(&wanted)),
        DataType::Phone => same_phone(&trimmed(&stored), &trimmed(&wanted)),
        _ => alike(&stored, &wanted),
    }
}

fn alike(stored: &FieldValue, wanted: &FieldValue) -> bool {
    match (stored, wanted) {
        (FieldValue::Map(stored), FieldValue::Map(wanted)) => {
            let filled = |map: &BTreeMap<String, FieldValue>| {
                let filled = map.iter().filter(|(_, item)| !item.is_empty());
                filled.map(|(key, item)| (key.clone(), trimmed(item))).collect::<BTreeMap<_, _>>()
            };
            let (stored, wanted) = (filled(stored), filled(wanted));
            stored.keys().eq(wanted.keys())
                && stored.values().zip(wanted.values()).all(|(a, b)| same_texts(a, b))
        }
        (FieldValue::List(_), _) | (_, FieldValue::List(_)) => set(stored) == set(wanted),
        (FieldValue::Number(_), _) | (_, FieldValue::Number(_)) => equal_numbers(stored, wanted),
        _ => same_texts(&trimmed(stored), &trimmed(wanted)),
    }
}

/// Whether two texts are the same, or the wanted one is what an answer showed of the stored one.
fn same_texts(stored: &str, wanted: &str) -> bool {
    stored == wanted || is_short_form(wanted, stored)
}

fn set(value: &FieldValue) -> BTreeSet<String> {
    let items = match value {
        FieldValue::List(list) => list.as_slice(),
        other => std::slice::from_ref(other),
    };
    items.iter().filter(|item| !item.is_empty()).map(trimmed).collect()
}

/// A value as a text, for a comparison.
fn trimmed(value: &FieldValue) -> String {
    let text = value.to_text().unwrap_or_else(|| serde_json::to_string(value).unwrap_or_default());
    clean(&text).trim().to_owned()
}

fn equal_numbers(stored: &FieldValue, wanted: &FieldValue) -> bool {
    let (Some(stored), Some(wanted)) = (number::stored_number(stored), number::stored_number(wanted)) else {
        return trimmed(stored) == trimmed(wanted);
    };
    // As floats, whole numbers beyond 2^53 would look equal.
    match (stored.as_i64(), wanted.as_i64()) {
        (Some(stored), Some(wanted)) => stored == wanted,
        _ => stored.as_f64() == wanted.as_f64(),
    }
}

/// A stored value in the form that is easiest to read.
pub(crate) fn decoded(field: &CustomField, value: &FieldValue) -> FieldValue {
    let decoded = match (field.data_type, value) {
        (DataType::Date, _) => date::stored_date(value).map(|date| FieldValue::Text(date.to_string())),
        (DataType::Numerical | DataType::Monetory, _) => number::stored_number(value).map(FieldValue::Number),
        (DataType::MultipleOptions | DataType::Checkbox, FieldValue::Text(_)) => {
            Some(FieldValue::List(vec![value.clone()]))
        }
        (DataType::TextboxList, FieldValue::Map(map)) => Some(FieldValue::Map(labelled(field, map))),
        (DataType::FileUpload, _) => files(value),
        _ => None,
    };
    decoded.unwrap_or_else(|| value.clone())
}

fn labelled(field: &CustomField, map: &BTreeMap<String, FieldValue>) -> BTreeMap<String, FieldValue> {
    let entries = field.entries();
    let mut labelled = BTreeMap::new();
    for (id, item) in map {
        let label = entries.iter().find(|(entry, _)| entry == id).map_or(id, |(_, label)| label);
        // Of two boxes with the same label, the second keeps its id.
        let key = if labelled.contains_key(label) { id } else { label };
        labelled.insert(key.clone(), item.clone());
    }
    labelled
}

/// `[{ name, url }]` from HighLevel's map of uuid to `{ meta: { originalname, .. }, url, documentId }`.
fn files(value: &FieldValue) -> Option<FieldValue> {
    let files: Vec<FieldValue> = match value {
        FieldValue::Map(map) if map.contains_key("url") => vec![file("file", value)],
        FieldValue::Map(map) => map.iter().map(|(uuid, item)| file(uuid, item)).collect(),
        FieldValue::List(list) => list.iter().map(|item| file("file", item)).collect(),
        _ => return None,
    };
    Some(FieldValue::List(files))
}

fn file(default_name: &str, item: &FieldValue) -> FieldValue {
    let mut shown = BTreeMap::from([("name".to_owned(), default_name.into())]);
    match item {
        FieldValue::Map(map) => {
            let meta = match map.get("meta") {
                Some(FieldValue::Map(meta)) => meta,
                _ => map,
            };
            let name = ["originalname", "originalName", "name"].into_iter().find_map(|key| meta.get(key));
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                shown.insert("name".to_owned(), name.clone());
            }
            if let Some(url) = map.get("url") {
                shown.insert("url".to_owned(), url.clone());
            }
        }
        FieldValue::Text(url) => {
            shown.insert("url".to_owned(), url.as_str().into());
        }
        _ => {}
    }
    FieldValue::Map(shown)
}
