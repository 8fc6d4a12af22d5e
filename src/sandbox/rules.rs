//! What HighLevel keeps of a contact that is written.

use serde_json::{Map, Value};

use crate::sandbox::clock;
use crate::sandbox::fields;
use crate::sandbox::options::Options;
use crate::sandbox::record::{Contact, text};
use crate::sandbox::text as reading;

/// A checked body with e-mail and phone in stored form; a phone that is not E.164 is taken out and handed back.
pub(crate) fn normalise(body: &mut Map<String, Value>) -> Map<String, Value> {
    let mut dropped = Map::new();
    if let Some(email) = body.get("email").and_then(Value::as_str).map(str::to_lowercase) {
        body.insert(String::from("email"), Value::from(email));
    }
    let phone =
        body.get("phone").and_then(Value::as_str).filter(|phone| !phone.is_empty()).map(str::to_owned);
    if let Some(phone) = phone {
        if let Some(kept) = reading::e164(&phone) {
            body.insert(String::from("phone"), Value::from(kept));
        } else {
            body.remove("phone");
            dropped.insert(String::from("phone"), Value::from(phone));
        }
    }
    dropped
}

/// Whose rules hold for a write.
pub(crate) struct Rules<'a> {
    pub(crate) definitions: &'a [Value],
    pub(crate) options: &'a Options,
    /// An existing contact keeps its gender whatever is sent (highlevel-api-docs issue 313).
    pub(crate) existing: bool,
}

/// Writes a checked, normalised body into a contact. Gives back what was not stored, as the echo shows it.
pub(crate) fn write(
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
                contact.insert(property.clone(), Value::from(reading::tags(list)));
            }
            ("customFields", Value::Array(items)) => {
                let lost = fields::write(contact, items, rules.definitions, rules.options);
                if !lost.is_empty() {
                    dropped.insert(property.clone(), Value::Array(lost));
                }
            }
            ("dndSettings" | "inboundDndSettings", Value::Object(settings)) => {
                merge(contact, property, settings);
            }
            ("dateOfBirth", Value::String(date)) if !date.is_empty() => {
                contact.insert(property.clone(), reading::birthday(date).map_or(Value::Null, Value::from));
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

/// Lays what was not stored over an answer: HighLevel echoes it all the same.
pub(crate) fn echo(contact: &mut Contact, dropped: Map<String, Value>) {
    for (property, value) in dropped {
        match (contact.get_mut(&property), value) {
            (Some(Value::Array(held)), Value::Array(items)) if property == "customFields" => {
                held.retain(|old| !items.iter().any(|item| item["id"] == old["id"]));
                held.extend(items);
            }
            (_, value) => {
                contact.insert(property, value);
            }
        }
    }
}

/// Works out the properties that follow from others.
pub(crate) fn settle(contact: &mut Contact) {
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

/// Sets `dateUpdated` to now, and never to what it was.
pub(crate) fn touch(contact: &mut Contact, now: std::time::SystemTime) {
    let mut stamp = clock::iso(now);
    let before = text(contact, "dateUpdated");
    if stamp.as_str() <= before
        && let Ok(at) = before.parse::<jiff::Timestamp>()
        && let Ok(next) = at.checked_add(jiff::SignedDuration::from_millis(1))
    {
        stamp = format!("{next:.3}");
    }
    contact.insert(String::from("dateUpdated"), Value::from(stamp));
}

fn merge(contact: &mut Contact, property: &str, settings: &Map<String, Value>) {
    let held = contact.entry(property).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(held) = held {
        held.extend(settings.iter().map(|(channel, setting)| (channel.clone(), setting.clone())));
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
mod tests {
    use crate::sandbox::options::Options;
    use crate::sandbox::rules::{Rules, normalise, settle, touch, write};
    use serde_json::{Map, Value, json};
    use std::time::UNIX_EPOCH;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_name_alone_is_split_and_the_name_follows_its_parts() {
        let options = Options::default();
        let rules = Rules { definitions: &[], options: &options, existing: true };
        let mut contact = Map::new();
        write(&mut contact, &map(&json!({ "name": "Ana Maria Silva" })), &rules);
        settle(&mut contact);
        assert_eq!((&contact["firstName"], &contact["lastName"]), (&json!("Ana"), &json!("Maria Silva")));
        write(&mut contact, &map(&json!({ "lastName": "Costa" })), &rules);
        settle(&mut contact);
        assert_eq!(
            (&contact["name"], &contact["fullNameLowerCase"]),
            (&json!("Ana Costa"), &json!("ana costa"))
        );
    }

    #[test]
    fn gender_is_stored_on_a_new_contact_only() {
        let options = Options::default();
        let mut contact = Map::new();
        let body = map(&json!({ "gender": "female" }));
        let rules = Rules { definitions: &[], options: &options, existing: true };
        assert_eq!(write(&mut contact, &body, &rules)["gender"], "female");
        assert!(contact.is_empty());
        write(&mut contact, &body, &Rules { existing: false, ..rules });
        assert_eq!(contact["gender"], "female");
    }

    #[test]
    fn a_phone_without_country_code_is_taken_out() {
        let mut body = map(&json!({ "phone": "415 555 0101", "email": "Ana@Example.com" }));
        assert_eq!(normalise(&mut body)["phone"], "415 555 0101");
        assert_eq!(Value::Object(body), json!({ "email": "ana@example.com" }));
    }

    #[test]
    fn a_change_always_moves_date_updated() {
        let mut contact = Map::new();
        touch(&mut contact, UNIX_EPOCH);
        touch(&mut contact, UNIX_EPOCH);
        assert_eq!(contact["dateUpdated"], "1970-01-01T00:00:00.001Z");
    }
}
