//! Custom fields as a caller gives them.

use crate::contacts::value::placeholder::is_placeholder;
use crate::ghl::model::FieldValue;

/// A custom field and its value, as they are given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GivenField {
    /// Its id, key or name.
    pub field: String,
    /// Further names of it that were given; they have to mean the same field.
    pub also: Vec<String>,
    /// Its value. Null blanks the field; none, or an empty one, leaves it as it is.
    pub value: Option<FieldValue>,
}

impl GivenField {
    /// The value to set, or null to blank the field; none where the field is left as it is.
    pub(crate) fn to_write(&self) -> Option<&FieldValue> {
        self.value.as_ref().filter(|value| **value == FieldValue::Null || !is_blank(value))
    }
}

/// An empty value: hosts fill in what they do not know.
fn is_blank(value: &FieldValue) -> bool {
    match value {
        FieldValue::Null => true,
        FieldValue::Text(text) => text.trim().is_empty() || is_placeholder(text),
        FieldValue::List(items) => items.iter().all(is_blank),
        FieldValue::Map(entries) => entries.is_empty(),
        FieldValue::Bool(_) | FieldValue::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(json: &str) -> GivenField {
        GivenField {
            field: "Plan".to_owned(),
            value: serde_json::from_str(json).ok(),
            ..GivenField::default()
        }
    }

    #[test]
    fn only_null_blanks_and_an_empty_value_says_nothing() {
        assert_eq!(given("null").to_write(), Some(&FieldValue::Null));
        for empty in ["\"\"", "\" \"", "[]", "{}", "[\"\"]", "[null]", "[[]]", "\"undefined\""] {
            assert_eq!(given(empty).to_write(), None, "{empty}");
        }
        assert_eq!(GivenField::default().to_write(), None);
        assert!(given("0").to_write().is_some());
        assert!(given("false").to_write().is_some());
    }
}
