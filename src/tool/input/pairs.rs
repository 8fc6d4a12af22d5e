//! The ways in which a field and its value are sent: as an item, as a map of names to values, as a read answered them.

use rmcp::model::JsonObject;
use serde_json::{Map, Value};

use crate::ghl::model::text::plain_name;
use crate::tool::Failure;
use crate::tool::input::json_text;
use crate::tool::input::refusal::{given_twice, missing, unknown_field, wrong_type};

/// The names of the field in an item: where several stand there, the first one here is it.
const ID: [&str; 6] = ["id", "key", "fieldKey", "fieldId", "customFieldId", "name"];
/// The names of its value. HighLevel writes `field_value` and `fieldValue` in its own documents.
const VALUE: [&str; 3] = ["value", "fieldValue", "fieldValues"];

/// The items in their one form, `{id, value}`, with `also` for further names of the field that the item holds.
///
/// `{"Plan": "Growth"}`, `[{"Plan": "Growth"}]`, `{"id": "Plan", "value": "Growth"}` and
/// `[{"id": "Plan", "value": "Growth"}]` are the same.
pub(crate) fn read(value: Value, path: &str) -> Result<Value, Failure> {
    let mut items = Vec::new();
    match value {
        Value::Null => {}
        Value::Array(list) => {
            for (at, one) in list.into_iter().enumerate() {
                collect(one, &format!("{path}[{at}]"), &mut items)?;
            }
        }
        one => collect(one, path, &mut items)?,
    }
    Ok(Value::Array(items))
}

fn collect(value: Value, path: &str, items: &mut Vec<Value>) -> Result<(), Failure> {
    match value {
        Value::Null => Ok(()),
        Value::Object(object) if is_item(&object) => {
            items.push(item(object, path)?);
            Ok(())
        }
        Value::Object(map) => {
            items.extend(map.into_iter().map(|(id, value)| pair(id, Vec::new(), Some(value))));
            Ok(())
        }
        Value::String(ref text) => match json_text::parse(text) {
            Some(Value::Array(list)) => list.into_iter().try_for_each(|one| collect(one, path, items)),
            Some(object) => collect(object, path, items),
            None if text.trim().is_empty() => Ok(()),
            None => Err(wrong_type(path, &value, "an object like {\"id\": \"Plan\", \"value\": \"Growth\"}")),
        },
        other => Err(wrong_type(path, &other, "an object like {\"id\": \"Plan\", \"value\": \"Growth\"}")),
    }
}

/// Whether an object is one field with its value, not a map of fields.
fn is_item(object: &JsonObject) -> bool {
    let named = |names: &[&str]| object.keys().any(|key| position(names, key).is_some());
    (named(&ID) && (named(&VALUE) || object.len() == 1)) || (object.len() == 1 && named(&VALUE))
}

fn item(object: JsonObject, path: &str) -> Result<Value, Failure> {
    let (mut ids, mut found) = (Vec::new(), None);
    for (key, value) in object {
        if let Some(at) = position(&ID, &key) {
            match value {
                Value::Null => {}
                Value::String(id) if id.trim().is_empty() => {}
                Value::String(id) => ids.push((at, id)),
                Value::Number(id) => ids.push((at, id.to_string())),
                other => return Err(wrong_type(&format!("{path}.{key}"), &other, "a string")),
            }
        } else if position(&VALUE, &key).is_some() {
            if found.as_ref().is_some_and(|before| *before != value) {
                return Err(given_twice(path, "value"));
            }
            found = Some(value);
        } else {
            return Err(unknown_field(path, &key, &["id", "value"]));
        }
    }
    ids.sort();
    let mut ids = ids.into_iter().map(|(_, id)| id);
    let id = ids.next().ok_or_else(|| missing(path, "id"))?;
    Ok(pair(id, ids.collect(), found))
}

fn pair(id: String, also: Vec<String>, value: Option<Value>) -> Value {
    let mut pair = Map::new();
    pair.insert("id".to_owned(), id.into());
    if !also.is_empty() {
        pair.insert("also".to_owned(), also.into());
    }
    if let Some(value) = value {
        pair.insert("value".to_owned(), value);
    }
    Value::Object(pair)
}

fn position(names: &[&str], key: &str) -> Option<usize> {
    let key = plain_name(key);
    names.iter().position(|name| plain_name(name) == key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_field_in_any_form_is_one_pair() {
        for sent in [
            json!([{"id": "Plan", "value": "Growth"}]),
            json!({"id": "Plan", "value": "Growth"}),
            json!({"Plan": "Growth"}),
            json!([{"Plan": "Growth"}]),
            json!([{"name": "Plan", "value": "Growth"}]),
            json!([{"key": "Plan", "field_value": "Growth"}]),
            json!([{"fieldKey": "Plan", "fieldValue": "Growth"}]),
            json!([{"field_key": "Plan", "fieldValue": "Growth", "value": "Growth"}]),
            json!("[{\"id\":\"Plan\",\"value\":\"Growth\"}]"),
            json!("{\"Plan\":\"Growth\"}"),
            json!(["{\"id\":\"Plan\",\"value\":\"Growth\"}"]),
            json!([{"id": "Plan", "value": "Growth"}, null, ""]),
        ] {
            assert_eq!(
                read(sent.clone(), "customFields").unwrap(),
                json!([{"id": "Plan", "value": "Growth"}]),
                "{sent}"
            );
        }
    }

    #[test]
    fn a_map_holds_many_fields_and_no_value_is_not_null() {
        assert_eq!(
            read(json!({"Plan": null, "Score": 5}), "customFields").unwrap(),
            json!([{"id": "Plan", "value": null}, {"id": "Score", "value": 5}])
        );
        assert_eq!(read(json!([{"id": "Plan"}]), "customFields").unwrap(), json!([{"id": "Plan"}]));
    }

    #[test]
    fn an_item_with_several_names_of_its_field_keeps_all_of_them() {
        assert_eq!(
            read(json!([{"key": "plan", "id": "cf1", "name": "Plan", "value": 1}]), "customFields").unwrap(),
            json!([{"id": "cf1", "also": ["plan", "Plan"], "value": 1}])
        );
    }

    #[test]
    fn what_has_two_values_or_no_field_is_refused() {
        for (sent, words) in [
            (json!([{"id": "Plan", "value": 1, "fieldValue": 2}]), "under two names in customFields[0]"),
            (json!([{"value": 1}]), "The field \"id\" is missing in customFields[0]"),
            (json!([{"id": "", "value": 1}]), "The field \"id\" is missing in customFields[0]"),
            (json!([{"id": "Plan", "value": 1, "unit": "kg"}]), "Unknown field \"unit\""),
            (json!(["Plan"]), "expected an object like"),
            (json!(true), "expected an object like"),
            (json!([{"id": ["Plan"], "value": 1}]), "customFields[0].id"),
        ] {
            let text = read(sent.clone(), "customFields").unwrap_err().text();
            assert!(text.contains(words), "{sent}: {text}");
        }
    }
}
