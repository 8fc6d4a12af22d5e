//! A search in HighLevel's filter grammar. To a wrong filter HighLevel answers a 400 that names one field at most, and
//! sometimes an empty page; so a condition that it cannot answer is refused here, with those that it can.

mod build;
mod conditions;
mod cursor;
mod custom;
mod fields;
mod filters;
mod raw;
mod time;

use crate::contacts::error::{Error, Subject};
use crate::contacts::query::conditions::{check_length, filled};
use crate::ghl::model::{Operator, Search, Sort};

pub use crate::contacts::query::conditions::{Assignee, Group, Query, RawFilter, SortBy, condition_schema};
pub use crate::contacts::query::cursor::{Fingerprint, cursor_after, next_cursor};
pub(crate) use crate::contacts::query::custom::filters as on_custom_field;

impl Query {
    /// Whether an e-mail or a phone is the only condition. The lookup of possible duplicates answers such a search without
    /// the lag of the index; the order and the limit do not matter then.
    #[must_use]
    pub fn is_exact_lookup(&self) -> bool {
        let alone = filled(self.query.as_deref()).is_none()
            && self.tags.is_empty()
            && self.any_tag.is_empty()
            && self.custom_fields.is_empty()
            && self.filters.is_empty()
            && self.assigned_to.is_none()
            && [&self.company_name, &self.created_after, &self.created_before]
                .into_iter()
                .chain([&self.updated_after, &self.updated_before, &self.cursor])
                .all(Option::is_none);
        alone && self.email.is_some() != self.phone.is_some()
    }

    /// Whether a day or a time without an offset is given, so that it depends on the time zone what is meant.
    #[must_use]
    pub fn needs_zone(&self) -> bool {
        let given = [&self.created_after, &self.created_before, &self.updated_after, &self.updated_before];
        given.into_iter().filter_map(|text| filled(text.as_deref())).any(|text| !time::is_absolute(text))
            || self.filters.iter().any(raw::needs_zone)
    }

    /// How the company's name is compared: `contains`, or `eq` where it has special characters.
    #[must_use]
    pub fn company_is_exact(&self) -> bool {
        filled(self.company_name.as_deref())
            .is_some_and(|name| filters::company_operator(name) == Operator::Eq)
    }

    /// Checks the number of contacts on a page.
    ///
    /// # Errors
    /// It is not from 1 to 100.
    pub fn check_limit(&self) -> Result<(), Error> {
        if (1..=Self::MAX_LIMIT).contains(&self.limit) {
            return Ok(());
        }
        let reason = format!("is {}; it must be from 1 to {}", self.limit, Self::MAX_LIMIT);
        Err(Error::invalid(Subject::Limit, reason))
    }

    /// The body of the search, and the fingerprint that ties the cursor of the next page to this search in this location.
    ///
    /// # Errors
    /// A condition that HighLevel cannot answer, or a cursor of another search or another location.
    pub fn to_search(&self, location: &str) -> Result<(Search, Fingerprint), Error> {
        self.check_limit()?;
        let query = filled(self.query.as_deref());
        if let Some(query) = query {
            check_length(&Subject::FreeText, query)?;
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

    /// Contacts that are equal in the first key are ordered by the second, which never changes. HighLevel orders the rest
    /// by the id, the last item of its `searchAfter`.
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

#[cfg(test)]
mod tests;
