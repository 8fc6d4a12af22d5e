//! A value as HighLevel stores it: the one open-ended type that crosses modules.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Number;

/// A custom field's value, or any other value of a contact: HighLevel types them by the field's definition, and its
/// OpenAPI's "string" is in truth a string, a number, a list or an object.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// Not set.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// NUMERICAL and MONETORY.
    Number(Number),
    /// Most types.
    Text(String),
    /// `CHECKBOX`, `MULTIPLE_OPTIONS`.
    List(Vec<FieldValue>),
    /// `TEXTBOX_LIST` and `FILE_UPLOAD`.
    Map(BTreeMap<String, FieldValue>),
}

impl FieldValue {
    /// Null, an empty text, an empty list or map: HighLevel leaves such a field out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::List(list) => list.iter().all(Self::is_empty),
            Self::Map(map) => map.values().all(Self::is_empty),
            Self::Bool(_) | Self::Number(_) => false,
        }
    }

    /// The value as one text, where it is a text, a number or a truth value.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The texts of a list, or the one text as a list of one.
    #[must_use]
    pub fn to_texts(&self) -> Vec<String> {
        match self {
            Self::List(list) => list.iter().filter_map(Self::to_text).collect(),
            other => other.to_text().into_iter().collect(),
        }
    }
}

impl JsonSchema for FieldValue {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "FieldValue".into()
    }

    /// Any value: its type is the field's affair.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        true.into()
    }
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for FieldValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<String>> for FieldValue {
    fn from(list: Vec<String>) -> Self {
        Self::List(list.into_iter().map(Self::Text).collect())
    }
}

impl From<u64> for FieldValue {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}
