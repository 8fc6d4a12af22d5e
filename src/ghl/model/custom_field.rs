//! Definitions of custom fields.

use serde::Deserialize;

use crate::ghl::model::value::FieldValue;

/// A custom field's definition, as `GET /locations/{id}/customFields` answers it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomField {
    /// 20 characters.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// `contact.lead_score`.
    #[serde(default)]
    pub field_key: Option<String>,
    /// The type; an unknown one is kept as text.
    #[serde(default)]
    pub data_type: DataType,
    #[serde(default, alias = "options")]
    picklist_options: Option<Vec<FieldValue>>,
    /// Whether a value outside the options is taken.
    #[serde(default)]
    pub is_allowed_custom_option: Option<bool>,
}

impl CustomField {
    /// The allowed values of a choice, in order. HighLevel answers texts or objects with a label.
    #[must_use]
    pub fn options(&self) -> Vec<String> {
        let text = |option: &FieldValue| match option {
            FieldValue::Map(map) => ["label", "name", "value"]
                .into_iter()
                .find_map(|key| map.get(key))
                .and_then(FieldValue::to_text),
            other => other.to_text(),
        };
        self.picklist_options.iter().flatten().filter_map(text).collect()
    }

    /// The entries of a `TEXTBOX_LIST` as (id, label), where HighLevel gives them so.
    #[must_use]
    pub fn entries(&self) -> Vec<(String, String)> {
        let entry = |option: &FieldValue| match option {
            FieldValue::Map(map) => {
                let label = map.get("label").or_else(|| map.get("name")).and_then(FieldValue::to_text)?;
                Some((map.get("id").and_then(FieldValue::to_text).unwrap_or_else(|| label.clone()), label))
            }
            other => other.to_text().map(|text| (text.clone(), text)),
        };
        self.picklist_options.iter().flatten().filter_map(entry).collect()
    }
}

/// HighLevel's `dataType`. `MONETORY` is its own spelling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the variants are HighLevel's own words")]
pub enum DataType {
    Text,
    LargeText,
    Numerical,
    Monetory,
    Phone,
    Date,
    Radio,
    SingleOptions,
    MultipleOptions,
    Checkbox,
    TextboxList,
    Email,
    FileUpload,
    #[default]
    #[serde(other)]
    Other,
}
