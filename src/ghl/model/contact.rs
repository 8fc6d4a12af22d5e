//! A contact as HighLevel answers it. Nothing but the id is guaranteed to be there, types drift between endpoints,
//! and new properties come without notice; so it is read into an open map and asked by name.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::ghl::model::field::Field;
use crate::ghl::model::id::{ContactId, CustomFieldId};
use crate::ghl::model::value::FieldValue;

/// A contact.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// The one property that is always there.
    pub id: ContactId,
    properties: BTreeMap<String, FieldValue>,
}

/// A custom field's value on a contact: `{ id, value }`.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomFieldValue {
    /// The definition.
    pub id: CustomFieldId,
    /// What is stored.
    pub value: FieldValue,
}

impl<'de> Deserialize<'de> for Contact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(FieldValue::deserialize(deserializer)?).ok_or_else(|| D::Error::missing_field("id"))
    }
}

impl Contact {
    /// A contact from HighLevel's answer; none where it is no map or has no usable id.
    #[must_use]
    pub fn read(value: FieldValue) -> Option<Self> {
        let mut properties = value.into_map()?;
        // Some endpoints of HighLevel's history call it `_id`.
        let id = properties.remove("id").or_else(|| properties.remove("_id"));
        Some(Self { id: id?.as_text()?.parse().ok()?, properties })
    }

    /// A contact of which only the id is known.
    #[must_use]
    pub fn bare(id: ContactId) -> Self {
        Self { id, properties: BTreeMap::new() }
    }

    /// Any property by its own name.
    #[must_use]
    pub fn get(&self, property: &str) -> Option<&FieldValue> {
        self.properties.get(property).filter(|value| !value.is_empty())
    }

    /// All properties but the id, as they came.
    #[must_use]
    pub fn properties(&self) -> &BTreeMap<String, FieldValue> {
        &self.properties
    }

    /// A standard field as text, under either of its names; empty counts as not set.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<String> {
        let value = self.get(field.as_str()).or_else(|| self.get(field.in_search()))?;
        value.to_text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The tags, as stored: HighLevel lower-cases and trims them.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        self.get("tags").map(FieldValue::to_texts).unwrap_or_default()
    }

    /// The whole list of tags, as stored; none where the answer does not show one. Only this may be replaced: tags that
    /// were not read would be lost.
    #[must_use]
    pub fn listed_tags(&self) -> Option<Vec<String>> {
        self.properties.get("tags")?.listed_texts()
    }

    /// The custom fields that are set.
    #[must_use]
    pub fn custom_fields(&self) -> Vec<CustomFieldValue> {
        self.custom_field_items().iter().filter_map(custom_field).collect()
    }

    /// Whether a custom field is set.
    #[must_use]
    pub fn has_custom_fields(&self) -> bool {
        self.custom_field_items().iter().any(|item| custom_field(item).is_some())
    }

    fn custom_field_items(&self) -> &[FieldValue] {
        match self.get("customFields").or_else(|| self.get("customField")) {
            Some(FieldValue::List(list)) => list,
            _ => &[],
        }
    }

    /// E-mails beside the primary one. HighLevel answers them as objects or as texts; they cannot be written
    /// (highlevel-api-docs issues 59, 262, 331).
    #[must_use]
    pub fn additional_emails(&self) -> Vec<String> {
        self.additional("additionalEmails", "email")
    }

    /// Phones beside the primary one.
    #[must_use]
    pub fn additional_phones(&self) -> Vec<String> {
        self.additional("additionalPhones", "phone")
    }

    fn additional(&self, property: &str, key: &str) -> Vec<String> {
        let Some(FieldValue::List(list)) = self.get(property) else { return Vec::new() };
        list.iter()
            .filter_map(|item| match item {
                FieldValue::Map(map) => map.get(key).and_then(FieldValue::to_text),
                other => other.to_text(),
            })
            .collect()
    }

    /// The `[sortValue, id]` to pass as `searchAfter` for the page that follows this contact.
    #[must_use]
    pub fn search_after(&self) -> Option<Vec<FieldValue>> {
        match self.get("searchAfter") {
            Some(FieldValue::List(list)) => Some(list.clone()),
            _ => None,
        }
    }

    /// The same contact without its custom fields, where it is not known any more which are stored.
    #[must_use]
    pub fn without_custom_fields(mut self) -> Self {
        self.properties.retain(|property, _| property != "customFields" && property != "customField");
        self
    }

    /// The same contact with another tag list, for a receipt after a tag write.
    #[must_use]
    pub fn with_tags(mut self, tags: Vec<String>) -> Self {
        self.properties.insert("tags".to_owned(), tags.into());
        self
    }
}

fn custom_field(item: &FieldValue) -> Option<CustomFieldValue> {
    let FieldValue::Map(map) = item else { return None };
    let id = map.get("id").and_then(FieldValue::to_text)?.parse().ok()?;
    let value = ["value", "field_value", "fieldValue"].into_iter().find_map(|key| map.get(key))?.clone();
    (!value.is_empty()).then_some(CustomFieldValue { id, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(json: &str) -> Contact {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn drifting_types_lose_nothing() {
        let contact = contact(
            r#"{"id":"a","postalCode":94107,"dnd":"false","tags":"vip","email":null,"unknown":{"x":[1]},"firstName":" Jane "}"#,
        );
        assert_eq!(contact.text(Field::PostalCode).as_deref(), Some("94107"));
        assert_eq!(contact.text(Field::FirstName).as_deref(), Some("Jane"));
        assert_eq!(contact.text(Field::Email), None);
        assert_eq!(contact.tags(), ["vip"]);
    }

    #[test]
    fn the_search_shape_is_the_same_contact() {
        let contact =
            contact(r#"{"id":"a","address":"1 Main St","contactName":"Jane Doe","searchAfter":[1,"a"]}"#);
        assert_eq!(contact.text(Field::Address1).as_deref(), Some("1 Main St"));
        assert_eq!(contact.text(Field::Name).as_deref(), Some("Jane Doe"));
        assert_eq!(contact.search_after().unwrap().len(), 2);
    }

    #[test]
    fn custom_fields_and_additional_emails_are_read_in_every_form() {
        let contact = contact(
            r#"{"id":"a","customFields":[{"id":"f1","value":"x"},{"id":"f2","field_value":["y"]},{"id":"f3","value":""},7],
                "additionalEmails":[{"email":"b@example.com"},"c@example.com"]}"#,
        );
        assert_eq!(contact.custom_fields().len(), 2);
        assert_eq!(contact.additional_emails(), ["b@example.com", "c@example.com"]);
    }

    #[test]
    fn a_contact_without_a_usable_id_is_not_a_contact() {
        assert!(serde_json::from_str::<Contact>(r#"{"email":"a@b.c"}"#).is_err());
        assert!(serde_json::from_str::<Contact>(r#"{"id":"../x"}"#).is_err());
    }
}
