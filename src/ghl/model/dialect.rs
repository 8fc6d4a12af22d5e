//! The two forms of HighLevel's API that this client speaks.

/// Which API is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// HighLevel's OpenAPI.
    Current,
    /// The recipes article: `GET /contacts/search?locationId&email`, `POST /contacts` without a slash, no tag endpoint
    /// and custom fields as `{id, value}`. HighLevel's OpenAPI has none of these.
    Recipe,
}

/// The form in which a custom field's value is written: the OpenAPI says `field_value`, the article and several
/// reports say that only `value` is stored (GoHighLevel-MCP issue 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldForm {
    /// `{ id, field_value }`
    FieldValue,
    /// `{ id, value }`
    Value,
}

impl FieldForm {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::FieldValue => "field_value",
            Self::Value => "value",
        }
    }

    /// The form to try when this one was not stored.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::FieldValue => Self::Value,
            Self::Value => Self::FieldValue,
        }
    }
}

/// A key by which HighLevel finds a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// Lower-case.
    Email(&'a str),
    /// E.164.
    Phone(&'a str),
}
