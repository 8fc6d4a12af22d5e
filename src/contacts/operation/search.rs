//! A search: an exact lookup where only a key is given, otherwise HighLevel's index, which lags.

use crate::contacts::error::Error;
use crate::contacts::identity::lookup;
use crate::contacts::query::{self, CustomFieldMatch, Fingerprint, Query};
use crate::contacts::service::Contacts;
use crate::ghl::Scope;
use crate::ghl::api;
use crate::ghl::model::{Contact, FieldValue};

/// One page of a search.
#[derive(Debug, Clone)]
pub struct SearchResult {
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// The number of contacts on all pages, where HighLevel answers it.
    pub total: Option<u64>,
    /// The cursor of the next page; none on the last page.
    pub next_cursor: Option<String>,
    /// The answer comes from the index, which may not show a change of the last minute.
    pub lags: bool,
    /// The search that a cursor belongs to; none where there is only one page.
    fingerprint: Option<Fingerprint>,
}

impl SearchResult {
    /// Keeps the first `count` contacts. The cursor then continues after them.
    pub fn keep(&mut self, count: usize) {
        if count < self.contacts.len() {
            self.contacts.truncate(count);
            let last = self.fingerprint.as_ref().zip(self.contacts.last());
            self.next_cursor = last.and_then(|(search, last)| query::cursor_after(search, last));
        }
    }
}

impl Contacts {
    /// Finds contacts. The e-mail and the phone of the query are as typed; `custom_fields` are further conditions, by id,
    /// key or name.
    ///
    /// # Errors
    /// A condition that HighLevel cannot answer, a cursor of another search, or HighLevel's failure.
    pub async fn search(
        &self,
        scope: &Scope,
        mut query: Query,
        custom_fields: &[(String, FieldValue)],
    ) -> Result<SearchResult, Error> {
        query.check_limit()?;
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let keys = self.keys(scope, query.email.as_deref(), query.phone.as_deref()).await?;
        query.email = keys.email.as_ref().map(ToString::to_string);
        query.phone = keys.phone.as_ref().map(ToString::to_string);
        query.custom_fields.extend(self.conditions(scope, custom_fields).await?);
        if query.is_exact_lookup() {
            let settings = self.location.settings_if_known();
            let mut contacts = lookup::all_with_key(scope, &self.location, &settings, &keys).await?;
            let total = u64::try_from(contacts.len()).ok();
            // The lookup shows one of several contacts with the same key; the others come from the index.
            let lags = contacts.len() > 1;
            contacts.truncate(limit);
            return Ok(SearchResult { contacts, total, next_cursor: None, lags, fingerprint: None });
        }
        let (search, fingerprint) = query.to_search(self.location_id()?.as_str())?;
        let mut page = api::search(scope, &search).await?;
        // HighLevel may answer more than it was asked for. The cursor continues after the last contact that is shown.
        page.contacts.truncate(limit);
        let next_cursor = query::next_cursor(&fingerprint, &page, query.limit);
        Ok(SearchResult {
            contacts: page.contacts,
            total: page.total,
            next_cursor,
            lags: true,
            fingerprint: Some(fingerprint),
        })
    }

    async fn conditions(
        &self,
        scope: &Scope,
        custom_fields: &[(String, FieldValue)],
    ) -> Result<Vec<CustomFieldMatch>, Error> {
        if custom_fields.is_empty() {
            return Ok(Vec::new());
        }
        let definitions = self.location.definitions(scope).await?;
        let condition = |(name, value): &(String, FieldValue)| {
            let wanted = definitions.encode(name, value)?;
            let data_type = definitions.by_id(&wanted.id).map(|field| field.data_type).unwrap_or_default();
            Ok(CustomFieldMatch { wanted, data_type })
        };
        custom_fields.iter().map(condition).collect()
    }
}
