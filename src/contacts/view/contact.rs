//! The slim contact that a model sees. Anybody may have written a text of the CRM, so each is cleaned and shortened here.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::contacts::fields::Definitions;
use crate::contacts::value::name::full_name;
use crate::contacts::value::{date, text};
use crate::contacts::view::dnd::DndView;
use crate::contacts::view::selection::FieldSelection;
use crate::ghl::LocationId;
use crate::ghl::model::text::plain_name;
use crate::ghl::model::{Contact, Field, FieldValue};

/// The most characters of a time.
const MAX_TIME_CHARS: usize = 40;
/// The most characters of a property's name.
const MAX_NAME_CHARS: usize = 64;
/// Never shown, whatever is selected.
const SECRET: [&str; 1] = ["ssn"];
/// Always shown, by a property of their own.
const SLIM: [&str; 7] = ["email", "phone", "tags", "companyName", "dateAdded", "dateUpdated", "dnd"];
/// Shown together as `name` unless they are selected, so never listed as omitted.
const NAMES: [&str; 3] = ["name", "firstName", "lastName"];
/// Shown under a better name, or of use only to HighLevel's own lists.
const INTERNAL: [&str; 9] = [
    "contactName",
    "customField",
    "customFields",
    "emailLowerCase",
    "firstNameLowerCase",
    "fullNameLowerCase",
    "lastNameLowerCase",
    "locationId",
    "searchAfter",
];
/// The other properties of a contact in HighLevel's answers.
const MORE: [&str; 33] = [
    "id",
    "url",
    "customFields",
    "dnd",
    "dndSettings",
    "inboundDndSettings",
    "timezone",
    "type",
    "source",
    "assignedTo",
    "address1",
    "city",
    "state",
    "country",
    "postalCode",
    "website",
    "dateOfBirth",
    "attachments",
    "keyword",
    "lastActivity",
    "businessId",
    "businessName",
    "attributionSource",
    "lastAttributionSource",
    "visitorId",
    "additionalEmails",
    "additionalPhones",
    "followers",
    "createdBy",
    "gender",
    "validEmail",
    "phoneLabel",
    "opportunities",
];
/// Names that some endpoints give to a field.
const OTHER_NAMES: [(&str, &str); 1] = [("address", "address1")];
/// Properties of `attributionSource` that identify a person's device.
const DEVICE: [&str; 2] = ["ip", "userAgent"];

/// A contact with the properties that a reader needs in most cases.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactView {
    id: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_added: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_updated: Option<String>,
    /// The channels on which the person does not want to be written to or called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    dnd: Option<DndView>,
    /// By name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    custom_fields: BTreeMap<String, FieldValue>,
    #[serde(flatten)]
    #[schemars(skip)]
    more: BTreeMap<String, FieldValue>,
    /// Fields left out; ask for them by name in `fields`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    omitted: Vec<String>,
}

impl ContactView {
    /// The contact in one line for a person: name, e-mail, phone and id.
    #[must_use]
    pub fn line(&self) -> String {
        let parts = [&self.name, &self.email, &self.phone].into_iter().flatten();
        let parts: Vec<&str> = parts.map(String::as_str).collect();
        format!("{} (id {})", parts.join(", "), self.id).trim().to_owned()
    }
}

/// Renders a contact of this location. Custom fields are named where their definitions are known.
#[must_use]
pub fn render(
    contact: &Contact,
    location: &LocationId,
    definitions: &Definitions,
    selection: &FieldSelection,
) -> ContactView {
    let line = |text: &str| line(text, selection);
    let text = |field: Field| contact.text(field).as_deref().map(line);
    let time = |property: &str| contact.get(property).and_then(FieldValue::to_text).map(|text| time(&text));
    let (mut more, mut omitted) = (BTreeMap::new(), Vec::new());
    for (property, value) in contact.properties() {
        let (property, value) = read_shape(contact, property, value);
        let is_in = |list: &[&str]| list.contains(&property);
        if value.is_empty() || is_in(&SLIM) || is_in(&SECRET) || is_in(&INTERNAL) {
            continue;
        }
        let name = || text::clean_line(property, MAX_NAME_CHARS).into_owned();
        if selection.contains(property) {
            more.insert(name(), text::clean_value(without_device(&value), selection.most_chars()));
        } else if selection.lists_omitted() && !is_in(&NAMES) {
            omitted.push(name());
        }
    }
    more.remove("name");
    ContactView {
        id: contact.id.to_string(),
        url: format!("https://app.gohighlevel.com/v2/location/{location}/contacts/detail/{}", contact.id),
        name: full_name(contact).as_deref().map(line),
        email: text(Field::Email),
        phone: text(Field::Phone),
        tags: contact.tags().iter().map(|tag| line(tag)).collect(),
        company_name: text(Field::CompanyName),
        date_added: time("dateAdded"),
        date_updated: time("dateUpdated"),
        dnd: DndView::of(contact),
        custom_fields: custom_fields(contact, definitions, selection),
        more,
        omitted,
    }
}

/// The selected names that no contact has: neither a field of HighLevel's nor one of a custom field.
#[must_use]
pub fn unknown_fields(
    selection: &FieldSelection,
    shown: &[ContactView],
    definitions: &Definitions,
) -> Vec<String> {
    let is_known = |field: &str| {
        let plain = plain_name(field);
        let keys = |view: &ContactView| {
            view.more.keys().chain(view.custom_fields.keys()).any(|name| plain_name(name) == plain)
        };
        is_standard(field) || shown.iter().any(keys) || definitions.find(field).is_ok()
    };
    selection.names().filter(|field| !is_known(field)).map(|field| line(field, selection)).collect()
}

/// Whether a name is selected that is not one of HighLevel's properties: it may be a custom field's, which the definitions tell.
pub(crate) fn selects_a_custom_field(selection: &FieldSelection) -> bool {
    selection.names().any(|field| !is_standard(field))
}

fn is_standard(field: &str) -> bool {
    let plain = plain_name(field);
    field == "*" || SLIM.iter().chain(&NAMES).chain(&MORE).any(|name| plain_name(name) == plain)
}

/// A property in the one form in which it is shown, whichever endpoint it came from: a search answers `address` for
/// `address1` and milliseconds for a birthday (highlevel-api-docs issue 314).
fn read_shape<'a>(
    contact: &Contact,
    property: &'a str,
    value: &'a FieldValue,
) -> (&'a str, Cow<'a, FieldValue>) {
    let other = OTHER_NAMES.iter().find(|(other, name)| *other == property && contact.get(name).is_none());
    let name = other.map_or(property, |(_, name)| name);
    let birthday = (name == "dateOfBirth").then(|| value.to_text()).flatten();
    (name, birthday.map_or(Cow::Borrowed(value), |stored| Cow::Owned(date::day_of(&stored).into())))
}

fn custom_fields(
    contact: &Contact,
    definitions: &Definitions,
    selection: &FieldSelection,
) -> BTreeMap<String, FieldValue> {
    let named = definitions.read(&contact.custom_fields());
    let shown = |value| text::clean_value(value, selection.most_chars());
    named.into_iter().map(|(name, value)| (line(&name, selection), shown(value))).collect()
}

fn line(text: &str, selection: &FieldSelection) -> String {
    text::clean_line(text, selection.most_chars_of_a_line()).into_owned()
}

fn time(text: &str) -> String {
    text::clean_line(&date::iso(text), MAX_TIME_CHARS).into_owned()
}

fn without_device(value: &FieldValue) -> FieldValue {
    match value {
        FieldValue::Map(map) => FieldValue::Map(
            map.iter()
                .filter(|(key, _)| !DEVICE.contains(&key.as_str()) && !SECRET.contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), without_device(value)))
                .collect(),
        ),
        FieldValue::List(list) => FieldValue::List(list.iter().map(without_device).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_and_the_social_security_number_are_left_out_at_any_depth() {
        let value = |json| serde_json::from_str::<FieldValue>(json).unwrap();
        let stored = value(
            r#"{"url":"u","ip":"192.0.2.1","ssn":"1","list":[{"userAgent":"x","ssn":"1","medium":"m"}]}"#,
        );
        assert_eq!(without_device(&stored), value(r#"{"url":"u","list":[{"medium":"m"}]}"#));
    }
}
