//! What is written to a contact: only properties that HighLevel's DTO of the operation lists, since an unknown one
//! is a 422 there ("property X should not exist").

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::ghl::model::{CustomFieldId, Field, FieldForm, FieldValue, LocationId};

/// What becomes of one field. A field that is not mentioned keeps its value.
#[derive(Debug, Clone, PartialEq)]
pub enum Patch<T> {
    /// `null` on the wire.
    Clear,
    /// This value.
    Set(T),
}

/// A custom field's new value; [`FieldValue::Null`] clears it.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomFieldWrite {
    /// The definition.
    pub id: CustomFieldId,
    /// In the form that its type takes.
    pub value: FieldValue,
}

/// The fields of a create, an update or an upsert.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ContactWrite {
    /// Standard fields.
    pub fields: BTreeMap<Field, Patch<String>>,
    /// Custom fields; HighLevel merges them by id.
    pub custom_fields: Vec<CustomFieldWrite>,
    /// The whole tag list. It **replaces** what is there, so only a create sets it, and the recipes dialect's merge.
    pub tags: Option<Vec<String>>,
}

impl ContactWrite {
    /// Nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.custom_fields.is_empty() && self.tags.is_none()
    }

    /// The body of `POST /contacts/` and `POST /contacts/upsert`.
    pub(crate) fn create_body(&self, location: &LocationId, form: FieldForm) -> Value {
        let mut body = self.body(form, |_| true);
        body.insert("locationId".to_owned(), json!(location.as_str()));
        Value::Object(body)
    }

    /// The body of `PUT /contacts/{id}`.
    pub(crate) fn update_body(&self, form: FieldForm) -> Value {
        Value::Object(self.body(form, Field::on_update))
    }

    fn body(&self, form: FieldForm, takes: impl Fn(Field) -> bool) -> Map<String, Value> {
        let mut body = Map::new();
        for (field, patch) in self.fields.iter().filter(|(field, _)| takes(**field)) {
            let value = match patch {
                Patch::Clear => Value::Null,
                Patch::Set(text) => json!(text),
            };
            body.insert(field.as_str().to_owned(), value);
        }
        if let Some(tags) = &self.tags {
            body.insert("tags".to_owned(), json!(tags));
        }
        if !self.custom_fields.is_empty() {
            let item = |field: &CustomFieldWrite| json!({ "id": field.id.as_str(), form.key(): field.value });
            body.insert("customFields".to_owned(), self.custom_fields.iter().map(item).collect());
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_never_carries_what_its_dto_does_not_list() {
        let mut write = ContactWrite::default();
        write.fields.insert(Field::Gender, Patch::Set("female".into()));
        write.fields.insert(Field::City, Patch::Clear);
        assert_eq!(write.update_body(FieldForm::FieldValue).to_string(), r#"{"city":null}"#);
        let location = "loc".parse().unwrap();
        let create = write.create_body(&location, FieldForm::FieldValue);
        assert_eq!(create.to_string(), r#"{"city":null,"gender":"female","locationId":"loc"}"#);
    }

    #[test]
    fn custom_fields_take_the_form_that_is_asked_for() {
        let write = ContactWrite {
            custom_fields: vec![CustomFieldWrite { id: "f1".parse().unwrap(), value: "x".into() }],
            ..ContactWrite::default()
        };
        assert_eq!(
            write.update_body(FieldForm::FieldValue).to_string(),
            r#"{"customFields":[{"id":"f1","field_value":"x"}]}"#
        );
        assert_eq!(
            write.update_body(FieldForm::Value).to_string(),
            r#"{"customFields":[{"id":"f1","value":"x"}]}"#
        );
    }
}
