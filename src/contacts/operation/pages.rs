//! All contacts of a search, page by page, however many there are.

use crate::contacts::error::Error;
use crate::contacts::fields::GivenField;
use crate::contacts::query::{self, Query, SortBy};
use crate::contacts::service::Contacts;
use crate::ghl::Scope;
use crate::ghl::api;
use crate::ghl::model::{Contact, Direction};

/// A search whose pages are read one after the other: the oldest contact first. `dateAdded` never changes, and contacts that
/// are added meanwhile come last; so writes of others move no contact to another page, and none is left out.
#[derive(Debug, Clone)]
pub struct Listing {
    /// How conditions were read, where that is not plain from the call.
    pub notes: Vec<String>,
    query: Query,
}

/// A page of a listing.
#[derive(Debug, Clone)]
pub struct ListPage {
    /// Its contacts.
    pub contacts: Vec<Contact>,
    /// How many more stand on the page and cannot be read.
    pub unreadable: usize,
    /// The number of contacts on all pages, where HighLevel answers it.
    pub total: Option<u64>,
    /// The cursor of the page behind it; none where HighLevel did not say where this one ends.
    pub end: Option<String>,
}

impl ListPage {
    /// Whether no contact is behind this page; `seen` are those of all pages so far. A page that is not full is the last one if
    /// HighLevel counts no more contacts than were seen. Otherwise the next page shows it.
    #[must_use]
    pub fn is_last(&self, seen: u64) -> bool {
        let is_full = self.contacts.len() + self.unreadable >= Listing::PAGE;
        !is_full && (self.contacts.is_empty() || self.total.is_some_and(|total| seen >= total))
    }
}

impl Listing {
    /// Contacts on a page. HighLevel takes up to 500; more than 100 were seen to be refused.
    const PAGE: usize = 100;
}

impl Contacts {
    /// Prepares a listing. The order, the limit and the cursor of the query do not count; an e-mail or a phone alone is a
    /// condition like any other.
    ///
    /// # Errors
    /// A condition that HighLevel cannot answer, or HighLevel's failure.
    pub async fn listing(
        &self,
        scope: &Scope,
        query: Query,
        assigned_to: Option<&str>,
        custom_fields: &[GivenField],
    ) -> Result<Listing, Error> {
        let (sort, direction, limit) = (SortBy::DateAdded, Direction::Asc, Query::MAX_LIMIT);
        let mut query = Query { sort, direction, limit, cursor: None, ..query };
        let mut notes = Vec::new();
        self.resolve(scope, &mut query, assigned_to, custom_fields, &mut notes).await?;
        query.to_search(self.location_id()?.as_str())?;
        Ok(Listing { notes, query })
    }

    /// The first page of a listing, or the one behind a cursor.
    ///
    /// # Errors
    /// A cursor of another listing, or HighLevel's failure.
    pub async fn list_page(
        &self,
        scope: &Scope,
        listing: &Listing,
        cursor: Option<String>,
    ) -> Result<ListPage, Error> {
        let query = Query { cursor, ..listing.query.clone() };
        let (search, fingerprint) = query.to_search(self.location_id()?.as_str())?;
        let page = api::search(scope, &search).await?;
        let end = page.contacts.last().and_then(|last| query::cursor_after(&fingerprint, last));
        Ok(ListPage { contacts: page.contacts, unreadable: page.unreadable, total: page.total, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_full_is_the_last_one_where_all_contacts_were_seen() {
        let page = |contacts: usize, unreadable, total| ListPage {
            contacts: vec![Contact::bare("a".parse().unwrap()); contacts],
            unreadable,
            total,
            end: None,
        };
        assert!(
            page(50, 0, Some(250)).is_last(250)
                && page(0, 0, Some(9)).is_last(5)
                && page(0, 3, None).is_last(3)
        );
        assert!(!page(100, 0, Some(100)).is_last(100) && !page(90, 10, Some(100)).is_last(100));
        assert!(!page(50, 0, Some(251)).is_last(250) && !page(50, 0, None).is_last(250));
    }
}
