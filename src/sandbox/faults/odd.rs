//! Odd answers: a 200 whose body is not what HighLevel describes. A key is missing, a value has another type, the answer
//! is about another contact or another location.
//!
//! An answer that no client can tell from a right one is not made: another value of the same type, a lookup that finds no contact
//! where there is one, another contact's id beside the right contact's e-mail.

use serde_json::{Map, Value, json};

use crate::sandbox::faults::random::Random;
use crate::sandbox::record::Contact;
use crate::sandbox::response::Payload;

type Object = Map<String, Value>;

/// Properties that decide what a client does next. Half of the changes inside a body change one of these.
const DECISIVE: &[&str] = &[
    "id",
    "contact",
    "contacts",
    "email",
    "phone",
    "tags",
    "customFields",
    "locationId",
    "location",
    "settings",
    "responses",
    "contactId",
    "type",
    "searchAfter",
];

/// The end of a key that is written without it: the object then has the key twice.
const AGAIN: &str = "\u{1}again";

/// Changes the true body of an answer. The seed chooses the change. `others` are contacts that the request is not about;
/// `path` is the path of the request.
pub(crate) fn odd(body: &Value, path: &str, others: &[&Contact], seed: u64) -> Payload {
    let mut random = Random::new(seed);
    let mut changed = body.clone();
    let other = random.one_of(others).map(|other| Value::Object((*other).clone()));
    match random.below(13) {
        0..=2 => inside(&mut changed, &mut random, &remove),
        3..=5 => inside(&mut changed, &mut random, &retype),
        6 => inside(&mut changed, &mut random, &wrap),
        7 => inside(&mut changed, &mut random, &repeat),
        8 => about_another(&mut changed, path, other, &mut random),
        9 => in_another_location(&mut changed),
        10 => odd_tags(&mut changed, &mut random),
        11 => ids_only(&mut changed),
        _ => changed = bare(&mut random),
    }
    if changed == *body || finds_no_contact(&changed) {
        changed = bare(&mut random);
    }
    Payload::Text("application/json; charset=utf-8", changed.to_string().replace(&escaped(AGAIN), ""))
}

/// `AGAIN` as JSON writes it.
fn escaped(text: &str) -> String {
    Value::from(text).to_string().trim_matches('"').to_owned()
}

/// Whether this is the regular answer of a lookup that finds no contact.
fn finds_no_contact(body: &Value) -> bool {
    body.get("contact").is_some_and(Value::is_null)
        || body.get("contacts").and_then(Value::as_array).is_some_and(Vec::is_empty)
}

/// A body that has nothing of the true one.
fn bare(random: &mut Random) -> Value {
    let all = [
        json!({}),
        json!([]),
        json!([{}]),
        json!(null),
        json!("ok"),
        json!({ "success": true }),
        json!({ "succeded": false }),
        json!({ "statusCode": 504 }),
        json!({ "statusCode": 500, "message": "Internal server error" }),
    ];
    random.one_of(&all).cloned().unwrap_or_default()
}

/// What is done to one property of an object.
type Change = dyn Fn(&mut Object, &str, &mut Random);

/// Changes one property at a random place.
fn inside(value: &mut Value, random: &mut Random, change: &Change) {
    match value {
        Value::Object(object) => {
            let mut keys: Vec<String> = object.keys().cloned().collect();
            if random.below(2) == 0 && keys.iter().any(|key| DECISIVE.contains(&key.as_str())) {
                keys.retain(|key| DECISIVE.contains(&key.as_str()));
            }
            let Some(key) = random.one_of(&keys) else { return };
            match object.get_mut(key) {
                Some(inner) if has_parts(inner) && random.below(3) > 0 => inside(inner, random, change),
                _ => change(object, key, random),
            }
        }
        Value::Array(list) => {
            let place = random.below(list.len());
            match list.get_mut(place) {
                Some(inner) if has_parts(inner) => inside(inner, random, change),
                Some(item) => *item = of_another_type(item, random),
                None => {}
            }
        }
        _ => {}
    }
}

fn has_parts(value: &Value) -> bool {
    value.as_object().is_some_and(|object| !object.is_empty())
        || value.as_array().is_some_and(|list| !list.is_empty())
}

fn remove(object: &mut Object, key: &str, _: &mut Random) {
    object.remove(key);
}

fn retype(object: &mut Object, key: &str, random: &mut Random) {
    if let Some(value) = object.get_mut(key) {
        *value = of_another_type(value, random);
    }
}

/// A list around a value, or the values of an object without their keys.
fn wrap(object: &mut Object, key: &str, random: &mut Random) {
    if let Some(value) = object.get_mut(key) {
        *value = match value.take() {
            Value::Object(inner) if random.below(2) == 0 => {
                inner.into_iter().map(|(_, value)| value).collect()
            }
            inner => json!([inner]),
        };
    }
}

/// The key twice, with values of two types: the true one first, or last.
fn repeat(object: &mut Object, key: &str, random: &mut Random) {
    let Some(value) = object.get(key).cloned() else { return };
    let (mut first, mut second) = (of_another_type(&value, random), value);
    if random.below(2) == 0 {
        (first, second) = (second, first);
    }
    object.insert(key.to_owned(), first);
    object.insert(format!("{key}{AGAIN}"), second);
}

fn of_another_type(value: &Value, random: &mut Random) -> Value {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut all = vec![json!(null), json!(7), json!(text), json!([]), json!({}), json!(true), json!([value])];
    all.retain(|other| std::mem::discriminant(other) != std::mem::discriminant(value));
    random.one_of(&all).cloned().unwrap_or_default()
}

/// The same answer about another contact. In a list it comes first; it replaces no other.
fn about_another(body: &mut Value, path: &str, other: Option<Value>, random: &mut Random) {
    let Some(other) = other else { return };
    let id = other.get("id").cloned().unwrap_or_default();
    // Only where the request names the contact by id can a client see that the id alone is wrong.
    let named =
        |contact: &Value| contact.get("id").and_then(Value::as_str).is_some_and(|id| path.contains(id));
    if let Some(Value::Array(lines)) = body.get_mut("responses") {
        let place = random.below(lines.len());
        if let Some(Value::Object(line)) = lines.get_mut(place) {
            line.insert("contactId".to_owned(), id);
        }
    } else if let Some(Value::Array(contacts)) = body.get_mut("contacts") {
        contacts.insert(0, other);
    } else if let Some(Value::Object(contact)) =
        body.get_mut("contact").filter(|contact| named(contact) && random.below(2) == 0)
    {
        contact.insert("id".to_owned(), id);
    } else if body.get("location").is_none() && body.get("customFields").is_none() {
        *body = json!({ "contact": other });
    }
}

fn in_another_location(value: &mut Value) {
    const OTHER: &str = "AnotherLocation00001";
    match value {
        Value::Object(object) => {
            for (key, inner) in object.iter_mut() {
                match (key.as_str(), &mut *inner) {
                    ("locationId", id) => *id = json!(OTHER),
                    ("location", Value::Object(location)) => {
                        location.insert("id".to_owned(), json!(OTHER));
                    }
                    _ => in_another_location(inner),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(in_another_location),
        _ => {}
    }
}

/// Each list of tags as a list of objects, as a text, as a list in a list, or as nothing.
fn odd_tags(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object.iter_mut() {
                match inner {
                    Value::Array(tags) if key == "tags" => *inner = other_form(tags, random),
                    _ => odd_tags(inner, random),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|item| odd_tags(item, random)),
        _ => {}
    }
}

fn other_form(tags: &[Value], random: &mut Random) -> Value {
    match random.below(4) {
        0 => tags.iter().map(|tag| json!({ "name": tag })).collect(),
        1 => tags.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",").into(),
        2 => json!([tags]),
        _ => Value::Null,
    }
}

/// Of each contact only its id.
fn ids_only(body: &mut Value) {
    let only = |contact: &mut Value| *contact = json!({ "id": contact.get("id") });
    if let Some(contact) = body.get_mut("contact").filter(|contact| contact.is_object()) {
        only(contact);
    }
    if let Some(Value::Array(contacts)) = body.get_mut("contacts") {
        contacts.iter_mut().for_each(only);
    }
}

#[cfg(test)]
mod tests;
