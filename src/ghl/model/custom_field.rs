//! Definitions of custom fields.

use serde::de::IntoDeserializer as _;
use serde::de::value::StrDeserializer;
use serde::{Deserialize, Deserializer};

use crate::ghl::model::value::FieldValue;

/// A custom field's definition, as `GET /locations/{id}/customFields` answers it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomField {
    /// 20 characters; empty where it cannot be read.
    pub id: String,
    /// What people call it; empty where it cannot be read.
    pub name: String,
    /// `contact.lead_score`.
    pub field_key: Option<String>,
    /// The type; an unknown one is kept as text.
    pub data_type: DataType,
    picklist_options: Vec<FieldValue>,
    /// Whether a value outside the options is taken.
    pub is_allowed_custom_option: bool,
    /// The property that cannot be read and without which no value can be checked: `dataType` or `options`.
    pub unreadable: Option<&'static str>,
}

impl<'de> Deserialize<'de> for CustomField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FieldValue::deserialize(deserializer).map(Self::read)
    }
}

impl CustomField {
    /// From HighLevel's answer, each property for itself: one that cannot be read costs only this field.
    #[must_use]
    pub fn read(definition: FieldValue) -> Self {
        let Some(mut definition) = definition.into_map() else { return Self::default() };
        let mut take = |name: &str| definition.remove(name).filter(|value| *value != FieldValue::Null);
        let text = |value: Option<FieldValue>| match value {
            Some(FieldValue::Text(text)) => Some(text),
            _ => None,
        };
        let mut unreadable = None;
        let data_type = match take("dataType") {
            None => DataType::Other,
            Some(FieldValue::Text(word)) => DataType::of(&word),
            Some(_) => {
                unreadable = Some("dataType");
                DataType::Other
            }
        };
        let picklist_options = match take("picklistOptions").or_else(|| take("options")) {
            None => Vec::new(),
            Some(FieldValue::List(list)) => list,
            Some(_) => {
                unreadable = unreadable.or(Some("options"));
                Vec::new()
            }
        };
        Self {
            id: text(take("id")).unwrap_or_default(),
            name: text(take("name")).unwrap_or_default(),
            field_key: text(take("fieldKey")),
            data_type,
            picklist_options,
            is_allowed_custom_option: take("isAllowedCustomOption")
                .and_then(|v| v.to_bool())
                .unwrap_or(false),
            unreadable,
        }
    }

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
        self.picklist_options.iter().filter_map(text).collect()
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
        self.picklist_options.iter().filter_map(entry).collect()
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

impl DataType {
    /// HighLevel's word; none for a type that is not known here.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        Some(match self {
            Self::Text => "TEXT",
            Self::LargeText => "LARGE_TEXT",
            Self::Numerical => "NUMERICAL",
            Self::Monetory => "MONETORY",
            Self::Phone => "PHONE",
            Self::Date => "DATE",
            Self::Radio => "RADIO",
            Self::SingleOptions => "SINGLE_OPTIONS",
            Self::MultipleOptions => "MULTIPLE_OPTIONS",
            Self::Checkbox => "CHECKBOX",
            Self::TextboxList => "TEXTBOX_LIST",
            Self::Email => "EMAIL",
            Self::FileUpload => "FILE_UPLOAD",
            Self::Other => return None,
        })
    }

    fn of(word: &str) -> Self {
        let word: StrDeserializer<'_, serde::de::value::Error> = word.into_deserializer();
        Self::deserialize(word).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(json: &str) -> CustomField {
        CustomField::read(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn the_word_of_a_type_is_the_one_that_it_is_read_from() {
        for word in ["TEXT", "LARGE_TEXT", "NUMERICAL", "MONETORY", "PHONE", "DATE", "RADIO"] {
            assert_eq!(DataType::of(word).word(), Some(word));
        }
        for word in ["SINGLE_OPTIONS", "MULTIPLE_OPTIONS", "CHECKBOX", "TEXTBOX_LIST", "EMAIL", "FILE_UPLOAD"]
        {
            assert_eq!(DataType::of(word).word(), Some(word));
        }
        assert_eq!(DataType::of("SIGNATURE").word(), None);
    }

    #[test]
    fn what_cannot_be_read_of_a_definition_costs_only_itself() {
        let whole = field(r#"{"id":"f","name":"Plan","dataType":"RADIO","options":["A",{"label":"B"}]}"#);
        assert_eq!(
            (whole.data_type, whole.options(), whole.unreadable),
            (DataType::Radio, vec!["A".into(), "B".into()], None)
        );
        for (json, unreadable) in [
            (r#"{"id":"f","name":null,"dataType":"TEXT"}"#, None),
            (r#"{"id":"f","name":7,"dataType":"SOMETHING_NEW","options":null}"#, None),
            (r#"{"id":"f","name":"Plan","dataType":3}"#, Some("dataType")),
            (r#"{"id":"f","name":"Plan","dataType":"RADIO","options":{}}"#, Some("options")),
            (r#"{"id":"f","name":"Plan","dataType":"RADIO","picklistOptions":"A"}"#, Some("options")),
        ] {
            let field = field(json);
            assert_eq!((field.id.as_str(), field.unreadable), ("f", unreadable), "{json}");
        }
        assert_eq!(field("7").id, "");
    }
}
