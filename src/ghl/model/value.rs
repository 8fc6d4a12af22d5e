//! A value as HighLevel stores it: the one open-ended type that crosses modules.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Number;

/// A custom field's value, or any other value of a contact: HighLevel types them by the field's definition, and its
/// OpenAPI's "string" is in truth a string, a number, a list or an object.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
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

impl<'de> Deserialize<'de> for FieldValue {
    /// Any JSON. A map with one key twice is refused: it has two readings.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> Visitor<'de> for AnyValue {
            type Value = FieldValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<FieldValue, E> {
                Ok(FieldValue::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<FieldValue, E> {
                Ok(FieldValue::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<FieldValue, E> {
                Ok(FieldValue::Number(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<FieldValue, E> {
                Ok(FieldValue::Number(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<FieldValue, E> {
                Ok(Number::from_f64(value).map_or(FieldValue::Null, FieldValue::Number))
            }

            fn visit_str<E>(self, value: &str) -> Result<FieldValue, E> {
                Ok(FieldValue::Text(value.to_owned()))
            }

            fn visit_string<E>(self, value: String) -> Result<FieldValue, E> {
                Ok(FieldValue::Text(value))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<FieldValue, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(FieldValue::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<FieldValue, A::Error> {
                let mut map = BTreeMap::new();
                while let Some((key, value)) = entries.next_entry::<String, FieldValue>()? {
                    if map.insert(key, value).is_some() {
                        return Err(A::Error::custom("one key stands here twice"));
                    }
                }
                Ok(FieldValue::Map(map))
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
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

    /// The properties of a map; none of anything else.
    #[must_use]
    pub fn into_map(self) -> Option<BTreeMap<String, Self>> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The items of a list; none of anything else.
    #[must_use]
    pub fn into_list(self) -> Option<Vec<Self>> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The texts of a list of texts. None where it is no list, or where an item is no text: what was not read is not
    /// empty.
    #[must_use]
    pub fn listed_texts(&self) -> Option<Vec<String>> {
        match self {
            Self::List(list) => list.iter().map(|item| item.as_text().map(str::to_owned)).collect(),
            _ => None,
        }
    }

    /// A text; none where it is of another type.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A truth value, also as a text: HighLevel's types drift.
    #[must_use]
    pub fn to_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" => Some(true),
                "false" | "no" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The list or object that a text is as JSON: several hosts send them so. None of anything else.
    #[must_use]
    pub fn in_json_text(&self) -> Option<Self> {
        let Self::Text(text) = self else { return None };
        let value = serde_json::from_str(text).ok().filter(|_| text.trim_start().starts_with(['{', '[']))?;
        matches!(value, Self::List(_) | Self::Map(_)).then_some(value)
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
