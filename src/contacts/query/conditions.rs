//! A search as it is given: its conditions, its order and its page.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::error::{Error, Subject};
use crate::ghl::model::{CustomFieldWrite, DataType, Direction, FieldValue};

/// HighLevel's limit for free text and for the value of a filter, in characters.
const MAX_CHARS: usize = 75;

/// The order of the found contacts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the variants are the tool's own words")]
pub enum SortBy {
    #[default]
    DateAdded,
    DateUpdated,
    FirstName,
    LastName,
    Email,
}

/// A condition in HighLevel's own words, unchecked.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawFilter {
    // The field's name in search.
    #[expect(missing_docs, reason = "the schema that a model reads stays short")]
    pub field: String,
    /// eq, contains, exists, range ...
    pub operator: String,
    // Nothing for `exists` and `not_exists`.
    #[expect(missing_docs, reason = "the schema that a model reads stays short")]
    #[serde(default)]
    pub value: Option<FieldValue>,
}

/// A condition on a custom field: it has this value, encoded by its definition; or it has none, where the value is null.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomFieldMatch {
    /// The field and the value.
    pub wanted: CustomFieldWrite,
    /// The type of the field, which decides how HighLevel compares it.
    pub data_type: DataType,
}

/// A search. All conditions must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Free text over the fields that the location made searchable; at most 75 characters.
    pub query: Option<String>,
    /// The e-mail, in the normal form of a key.
    pub email: Option<String>,
    /// The phone, in E.164.
    pub phone: Option<String>,
    /// The contact has all of these.
    pub tags: Vec<String>,
    /// The contact has at least one of these.
    pub any_tag: Vec<String>,
    /// The exact name of the company.
    pub company_name: Option<String>,
    /// RFC 3339, or a date; then from its beginning in UTC.
    pub created_after: Option<String>,
    /// RFC 3339, or a date; then to its end in UTC.
    pub created_before: Option<String>,
    /// As `created_after`.
    pub updated_after: Option<String>,
    /// As `created_before`.
    pub updated_before: Option<String>,
    /// Custom fields by value.
    pub custom_fields: Vec<CustomFieldMatch>,
    /// Further conditions in HighLevel's own grammar.
    pub filters: Vec<RawFilter>,
    /// The key of the order.
    pub sort: SortBy,
    /// The direction of the order.
    pub direction: Direction,
    /// Contacts on a page, from 1 to [`Self::MAX_LIMIT`].
    pub limit: u32,
    /// The cursor of this page, from the answer with the page before.
    pub cursor: Option<String>,
}

impl Query {
    /// Contacts on a page where the caller names no number.
    pub const DEFAULT_LIMIT: u32 = 20;
    /// The most contacts on a page.
    pub const MAX_LIMIT: u32 = 100;
}

impl Default for Query {
    fn default() -> Self {
        Self {
            query: None,
            email: None,
            phone: None,
            tags: Vec::new(),
            any_tag: Vec::new(),
            company_name: None,
            created_after: None,
            created_before: None,
            updated_after: None,
            updated_before: None,
            custom_fields: Vec::new(),
            filters: Vec::new(),
            sort: SortBy::default(),
            direction: Direction::default(),
            limit: Self::DEFAULT_LIMIT,
            cursor: None,
        }
    }
}

/// The trimmed text; none where it is empty.
pub(crate) fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Refuses a text that is too long for HighLevel's search.
pub(crate) fn check_length(subject: &Subject, text: &str) -> Result<(), Error> {
    if text.chars().count() > MAX_CHARS {
        return Err(Error::invalid(
            subject.clone(),
            format!("HighLevel searches for at most {MAX_CHARS} characters"),
        ));
    }
    Ok(())
}
