//! The slim contact that a model sees. Text of the CRM is data that anybody may have written: cleaned and capped here.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::contacts::fields::Definitions;
use crate::contacts::value::name::full_name;
use crate::contacts::value::text;
use crate::ghl::LocationId;
use crate::ghl::model::{Contact, Field, FieldValue};

/// The longest text of one field in an answer, in characters.
pub(crate) const LONGEST: usize = 1_000;
/// The longest name, e-mail or tag.
const LONGEST_LINE: usize = 200;
/// Never leaves, whatever is asked for.
const NEVER: [&str; 1] = ["ssn"];
/// Shown under a better name, or only of use to HighLevel's own lists.
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
/// Parts of `attributionSource` that identify a person's device.
const IDENTIFYING: [&str; 2] = ["ip", "userAgent"];

/// A contact, slim.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct View {
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

/// What to show beside the slim contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    fields: Vec<String>,
    /// Whether what is left out is listed.
    pub list_omitted: bool,
}

impl Wish {
    /// `["*"]` for all, or names of fields.
    #[must_use]
    pub fn new(fields: Vec<String>) -> Self {
        Self { fields, list_omitted: true }
    }

    /// The same for many contacts: what is left out is not listed with each.
    #[must_use]
    pub fn for_list(fields: Vec<String>) -> Self {
        Self { fields, list_omitted: false }
    }

    fn wants(&self, property: &str) -> bool {
        self.fields.iter().any(|field| field == "*" || field.trim() == property)
    }
}

/// Makes the view of a contact.
#[must_use]
pub fn view(contact: &Contact, location: &LocationId, definitions: &Definitions, wish: &Wish) -> View {
    let line =
        |field: Field| contact.text(field).map(|text| text::clean_line(&text, LONGEST_LINE).into_owned());
    let when = |property: &str| contact.get(property).and_then(FieldValue::to_text).map(|text| moment(&text));
    let (mut more, mut omitted) = (BTreeMap::new(), Vec::new());
    for (property, value) in contact.properties() {
        let shown = ["email", "phone", "tags", "companyName", "dateAdded", "dateUpdated"]
            .contains(&property.as_str());
        if shown
            || value.is_empty()
            || NEVER.contains(&property.as_str())
            || INTERNAL.contains(&property.as_str())
        {
            continue;
        }
        // The two names are one in `name`, unless they are asked for.
        if wish.wants(property) {
            more.insert(
                text::clean_line(property, 64).into_owned(),
                text::clean_value(without_device(value), LONGEST),
            );
        } else if wish.list_omitted && !["name", "firstName", "lastName"].contains(&property.as_str()) {
            omitted.push(text::clean_line(property, 64).into_owned());
        }
    }
    let name = full_name(contact);
    more.remove("name");
    View {
        id: contact.id.to_string(),
        url: format!("https://app.gohighlevel.com/v2/location/{location}/contacts/detail/{}", contact.id),
        name: name.map(|name| text::clean_line(&name, LONGEST_LINE).into_owned()),
        email: line(Field::Email),
        phone: line(Field::Phone),
        tags: contact.tags().iter().map(|tag| text::clean_line(tag, LONGEST_LINE).into_owned()).collect(),
        company_name: line(Field::CompanyName),
        date_added: when("dateAdded"),
        date_updated: when("dateUpdated"),
        custom_fields: custom_fields(contact, definitions),
        more,
        omitted,
    }
}

fn custom_fields(contact: &Contact, definitions: &Definitions) -> BTreeMap<String, FieldValue> {
    let named = definitions.read(&contact.custom_fields());
    let clean = |(name, value): (String, FieldValue)| {
        (text::clean_line(&name, LONGEST_LINE).into_owned(), text::clean_value(value, LONGEST))
    };
    named.into_iter().map(clean).collect()
}

/// An ISO time as it is; milliseconds since 1970, as some lists answer, made one.
fn moment(text: &str) -> String {
    let ms = text.parse::<i64>().ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    ms.map_or_else(|| text::clean_line(text, 40).into_owned(), |time| time.to_string())
}

fn without_device(value: &FieldValue) -> FieldValue {
    match value {
        FieldValue::Map(map) => FieldValue::Map(
            map.iter()
                .filter(|(key, _)| !IDENTIFYING.contains(&key.as_str()) && !NEVER.contains(&key.as_str()))
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
    fn what_identifies_a_device_and_the_social_security_number_are_left_out_at_any_depth() {
        let value = |json| serde_json::from_str::<FieldValue>(json).unwrap();
        let stored = value(
            r#"{"url":"u","ip":"192.0.2.1","ssn":"1","list":[{"userAgent":"x","ssn":"1","medium":"m"}]}"#,
        );
        assert_eq!(without_device(&stored), value(r#"{"url":"u","list":[{"medium":"m"}]}"#));
    }
}
