//! A search as it is given: its conditions, its order and its page.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::json;

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::zone::Zone;
use crate::ghl::model::{Direction, FieldValue, Filter};

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

/// A condition in HighLevel's own words, or a group of them; unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawFilter {
    // The field's name in search, or customFields. and a custom field's name, key or id.
    #[expect(missing_docs, reason = "the schema that a model reads stays short")]
    pub field: Option<String>,
    /// eq, contains, exists, range ...
    pub operator: Option<String>,
    // Nothing for `exists` and `not_exists`.
    #[expect(missing_docs, reason = "the schema that a model reads stays short")]
    #[schemars(schema_with = "condition_schema")]
    pub value: Option<FieldValue>,
    /// Instead of a field: a group, and what is in it. It is described with the list of filters.
    #[schemars(extend("x-hidden" = true))]
    pub group: Option<Group>,
    /// Filters of the same form; a schema that refers to itself is more than some hosts can read.
    #[schemars(schema_with = "any_list", extend("x-hidden" = true))]
    pub filters: Vec<RawFilter>,
}

impl RawFilter {
    /// Whether it names a custom field by anything but its id, or holds a filter that does.
    pub(crate) fn names_a_custom_field(&self) -> bool {
        let by_name = || {
            let rest = self.field.as_deref()?.trim().strip_prefix("customFields.")?;
            // HighLevel's ids have 20 letters and digits; behind one may stand a box of a list of text boxes.
            let id = rest.split('.').next()?;
            Some(!(id.len() == 20 && id.bytes().all(|b| b.is_ascii_alphanumeric())))
        };
        by_name().unwrap_or(false) || self.filters.iter().any(Self::names_a_custom_field)
    }
}

/// How the filters of a group are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the variants are HighLevel's own words")]
pub enum Group {
    #[serde(alias = "and")]
    And,
    #[serde(alias = "or")]
    Or,
}

/// The schema of a value to compare with: a value, several of which one is enough, or a range. A strict host makes of an
/// object without properties one that holds nothing (openai-agents 0.24), so the bounds are named.
#[must_use]
pub fn condition_schema(_: &mut SchemaGenerator) -> Schema {
    let text = || json!({"type": "string"});
    json_schema!({"anyOf": [
        {"type": "string"}, {"type": "number"}, {"type": "boolean"}, {"type": "array", "items": text()},
        {"type": "object", "properties": {"gte": text(), "lte": text(), "gt": text(), "lt": text()}}
    ]})
}

fn any_list(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": {}})
}

/// Who a contact is assigned to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignee {
    /// This user's id.
    User(String),
    /// No user.
    Unassigned,
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
    /// A part of the company's name.
    pub company_name: Option<String>,
    /// The user to whom the contact is assigned.
    pub assigned_to: Option<Assignee>,
    /// RFC 3339, or a date; then from its beginning in the time zone.
    pub created_after: Option<String>,
    /// RFC 3339, or a date; then to its end in the time zone.
    pub created_before: Option<String>,
    /// As `created_after`.
    pub updated_after: Option<String>,
    /// As `created_before`.
    pub updated_before: Option<String>,
    /// Conditions on custom fields.
    pub custom_fields: Vec<Filter>,
    /// Further conditions in HighLevel's own grammar.
    pub filters: Vec<RawFilter>,
    /// The time zone of dates: the location's.
    pub zone: Zone,
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
            assigned_to: None,
            created_after: None,
            created_before: None,
            updated_after: None,
            updated_before: None,
            custom_fields: Vec::new(),
            filters: Vec::new(),
            zone: Zone::default(),
            sort: SortBy::default(),
            direction: Direction::default(),
            limit: Self::DEFAULT_LIMIT,
            cursor: None,
        }
    }
}

/// The value, or the list or object that its text is as JSON.
pub(crate) fn with_json_read(value: FieldValue) -> FieldValue {
    value.in_json_text().unwrap_or(value)
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
