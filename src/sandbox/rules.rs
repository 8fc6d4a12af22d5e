//! How HighLevel stores a written contact.

use serde_json::{Map, Value};

use crate::sandbox::clock;
use crate::sandbox::fields;
use crate::sandbox::options::Options;
use crate::sandbox::record::{Contact, text};
use crate::sandbox::text::{birthday, e164, normalise_tags};

/// Brings the e-mail and the phone of a checked body into the form that is stored. A phone that is not E.164 is removed
/// and returned.
pub(crate) fn normalise(body: &mut Map<String, Value>) -> Map<String, Value> {
    let mut dropped = Map::new();
    if let Some(email) = body.get("email").and_then(Value::as_str).map(str::to_lowercase) {
        body.insert(String::from("email"), Value::from(email));
    }
    let phone =
        body.get("phone").and_then(Value::as_str).filter(|phone| !phone.is_empty()).map(str::to_owned);
    if let Some(phone) = phone {
        if let Some(stored) = e164(&phone) {
            body.insert(String::from("phone"), Value::from(stored));
        } else {
            body.remove("phone");
            dropped.insert(String::from("phone"), Value::from(phone));
        }
    }
    dropped
}

/// What decides how a write is stored.
pub(crate) struct Rules<'a> {
    /// The custom field definitions of the location.
    pub(crate) definitions: &'a [Value],
    /// The options of the sandbox.
    pub(crate) options: &'a Options,
    /// Whether the contact exists already. Its gender is then never changed (highlevel-api-docs issue 313).
    pub(crate) existing: bool,
}

/// Writes a checked and normalised body into a contact. Returns what was not stored, in the form of a response.
pub(crate) fn apply(
    contact: &mut Contact,
    body: &Map<String, Value>,
    rules: &Rules<'_>,
) -> Map<String, Value> {
    let mut dropped = Map::new();
    for (property, value) in body {
        match (property.as_str(), value) {
            ("locationId" | "createNewIfDuplicateAllowed", _) => {}
            ("gender", _) if rules.existing => {
                dropped.insert(property.clone(), value.clone());
            }
            ("tags", Value::Array(list)) => {
                contact.insert(property.clone(), Value::from(normalise_tags(list)));
            }
            ("customFields", Value::Array(items)) => {
                let not_stored = fields::apply(contact, items, rules.definitions, rules.options);
                if !not_stored.is_empty() {
                    dropped.insert(property.clone(), Value::Array(not_stored));
                }
            }
            ("dndSettings", Value::Object(_)) if rules.options.dnd_settings_replace => {
                contact.insert(property.clone(), value.clone());
            }
            ("dndSettings" | "inboundDndSettings", Value::Object(settings)) => {
                merge(contact, property, settings);
            }
            ("dateOfBirth", Value::String(date)) if !date.is_empty() => {
                contact.insert(property.clone(), birthday(date).map_or(Value::Null, Value::from));
            }
            ("name", Value::String(name)) if !name.is_empty() => {
                if !body.contains_key("firstName") && !body.contains_key("lastName") {
                    split_name(contact, name);
                }
            }
            (_, Value::Null) => {
                contact.remove(property);
            }
            (_, Value::String(text)) if text.is_empty() => {
                contact.remove(property);
            }
            (_, value) => {
                contact.insert(property.clone(), value.clone());
            }
        }
    }
    dropped
}

/// Adds what was not stored to the contact of a response, as if it were stored: a client must not trust the response. (For
/// `gender` HighLevel shows the stored value, highlevel-api-docs issue 313.)
pub(crate) fn echo_dropped(contact: &mut Contact, dropped: Map<String, Value>) {
    for (property, value) in dropped {
        match (contact.get_mut(&property), value) {
            (Some(Value::Array(stored)), Value::Array(items)) if property == "customFields" => {
                stored.retain(|old| !items.iter().any(|item| item["id"] == old["id"]));
                stored.extend(items);
            }
            (_, value) => {
                contact.insert(property, value);
            }
        }
    }
}

/// Computes the properties that follow from others.
pub(crate) fn update_derived(contact: &mut Contact) {
    let (first, last) = (text(contact, "firstName").to_owned(), text(contact, "lastName").to_owned());
    let full = format!("{first} {last}").trim().to_owned();
    let email = text(contact, "email").to_lowercase();
    let derived = [
        ("firstNameLowerCase", first.to_lowercase()),
        ("lastNameLowerCase", last.to_lowercase()),
        ("fullNameLowerCase", full.to_lowercase()),
        ("emailLowerCase", email),
        ("name", full),
    ];
    for (property, value) in derived {
        if value.is_empty() {
            contact.remove(property);
        } else {
            contact.insert(property.to_owned(), Value::from(value));
        }
    }
}

/// Sets `dateUpdated` to now, or to one millisecond after its old value if now is not later.
pub(crate) fn touch(contact: &mut Contact, now: std::time::SystemTime) {
    let mut updated = clock::iso(now);
    let before = text(contact, "dateUpdated");
    if updated.as_str() <= before
        && let Ok(at) = before.parse::<jiff::Timestamp>()
        && let Ok(next) = at.checked_add(jiff::SignedDuration::from_millis(1))
    {
        updated = format!("{next:.3}");
    }
    contact.insert(String::from("dateUpdated"), Value::from(updated));
}

/// Merges settings into an object property, channel by channel.
fn merge(contact: &mut Contact, property: &str, settings: &Map<String, Value>) {
    let stored = contact.entry(property).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(stored) = stored {
        stored.extend(settings.iter().map(|(channel, setting)| (channel.clone(), setting.clone())));
    }
}

/// Splits a full name at its first space.
pub(crate) fn split_name(contact: &mut Contact, name: &str) {
    let (first, last) = name.trim().split_once(' ').unwrap_or((name.trim(), ""));
    for (property, part) in [("firstName", first), ("lastName", last.trim())] {
        if part.is_empty() {
            contact.remove(property);
        } else {
            contact.insert(property.to_owned(), Value::from(part));
        }
    }
}

#[cfg(test)]
mod tests;
