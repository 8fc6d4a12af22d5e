//! A search as the tool takes it, in HighLevel's filter grammar. HighLevel answers a wrong filter with a 400 that names
//! one field at most, and some with an empty page; so what it cannot answer is refused here, with what it can.

mod cursor;
mod fields;
mod filters;
mod time;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::error::Error;
use crate::ghl::model::{CustomFieldWrite, DataType, Direction, FieldValue, Search, Sort};

pub use crate::contacts::query::cursor::{Fingerprint, next_cursor};

/// HighLevel's limit for free text and for the value of a filter, in characters.
pub(crate) const LONGEST: usize = 75;

/// What the contacts found are ordered by.
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

/// A custom field that must have a value, encoded by its definition; null: that must have none.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomFieldMatch {
    /// The field and the value.
    pub wanted: CustomFieldWrite,
    /// Its definition's type, which decides how HighLevel compares it.
    pub data_type: DataType,
}

/// A search. All conditions must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Free text over the fields that the location made searchable; at most 75 characters.
    pub query: Option<String>,
    /// In the normal form of a key.
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// The contact has all of these.
    pub tags: Vec<String>,
    /// The contact has one of these at least.
    pub any_tag: Vec<String>,
    /// Exactly.
    pub company_name: Option<String>,
    /// RFC 3339, or a date: from its beginning in UTC.
    pub created_after: Option<String>,
    /// RFC 3339, or a date: to its end in UTC.
    pub created_before: Option<String>,
    /// As `created_after`.
    pub updated_after: Option<String>,
    /// As `created_before`.
    pub updated_before: Option<String>,
    /// Custom fields by value.
    pub custom_fields: Vec<CustomFieldMatch>,
    /// Whatever else HighLevel's grammar can say of one field.
    pub filters: Vec<RawFilter>,
    /// The order.
    pub sort: SortBy,
    /// Its direction.
    pub direction: Direction,
    /// Contacts on a page, 1 to 100.
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<String>,
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
            limit: 20,
            cursor: None,
        }
    }
}

/// A search that the duplicate lookup answers, which does not lag as the search index does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exact<'a> {
    /// By this e-mail.
    Email(&'a str),
    /// By this phone.
    Phone(&'a str),
}

impl Query {
    /// An e-mail or a phone and no other condition. The order and the limit do not matter then.
    #[must_use]
    pub fn is_exact_lookup(&self) -> Option<Exact<'_>> {
        let alone = filled(self.query.as_deref()).is_none()
            && self.tags.is_empty()
            && self.any_tag.is_empty()
            && self.custom_fields.is_empty()
            && self.filters.is_empty()
            && [&self.company_name, &self.created_after, &self.created_before]
                .into_iter()
                .chain([&self.updated_after, &self.updated_before, &self.cursor])
                .all(Option::is_none);
        match (self.email.as_deref(), self.phone.as_deref()) {
            (Some(email), None) if alone => Some(Exact::Email(email)),
            (None, Some(phone)) if alone => Some(Exact::Phone(phone)),
            _ => None,
        }
    }

    /// The request's search, and what [`next_cursor`] ties the next page to.
    pub fn to_search(&self) -> Result<(Search, Fingerprint), Error> {
        self.to_search_in("")
    }

    /// The same, with pages that belong to one location: a cursor of another is refused.
    pub(crate) fn to_search_in(&self, location: &str) -> Result<(Search, Fingerprint), Error> {
        if !(1..=100).contains(&self.limit) {
            return Err(Error::invalid("limit", "must be from 1 to 100"));
        }
        let query = filled(self.query.as_deref());
        if let Some(query) = query {
            check_length("query", query)?;
        }
        let mut search = Search {
            page_limit: self.limit,
            filters: filters::of(self)?,
            query: query.map(str::to_owned),
            sort: self.sort_keys(),
            search_after: None,
        };
        let mut fingerprint = Fingerprint::of(&search, location);
        if let Some(cursor) = &self.cursor {
            search.search_after = Some(fingerprint.open(cursor)?);
        }
        Ok((search, fingerprint))
    }

    /// Contacts that are alike in the first key keep an order by the second, which never changes. HighLevel breaks
    /// what is left by the id, the last item of its `searchAfter`.
    fn sort_keys(&self) -> Vec<Sort> {
        let direction = self.direction;
        let field = match self.sort {
            SortBy::DateAdded => return vec![Sort { field: "dateAdded", direction }],
            SortBy::DateUpdated => "dateUpdated",
            SortBy::FirstName => "firstNameLowerCase",
            SortBy::LastName => "lastNameLowerCase",
            SortBy::Email => "email",
        };
        vec![Sort { field, direction }, Sort { field: "dateAdded", direction }]
    }
}

pub(crate) fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

pub(crate) fn check_length(field: &str, text: &str) -> Result<(), Error> {
    if text.chars().count() > LONGEST {
        return Err(Error::invalid(field, format!("HighLevel searches for at most {LONGEST} characters")));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
