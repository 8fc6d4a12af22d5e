//! A search: an exact lookup where only a key is asked for, else HighLevel's index, which lags.

use crate::contacts::fields;
use crate::contacts::query::{self, Query, RawFilter, SortBy};
use crate::contacts::{Contacts, Error};
use crate::ghl::Scope;
use crate::ghl::dialect::{self, Key};
use crate::ghl::model::{Contact, Direction, FieldValue};

/// A search as the caller gives it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Free text.
    pub query: Option<String>,
    /// E-mail, as typed.
    pub email: Option<String>,
    /// Phone, as typed.
    pub phone: Option<String>,
    /// All of these tags.
    pub tags: Vec<String>,
    /// At least one of these tags.
    pub any_tag: Vec<String>,
    /// Exact company name.
    pub company_name: Option<String>,
    /// RFC 3339 or a date.
    pub created_after: Option<String>,
    /// RFC 3339 or a date.
    pub created_before: Option<String>,
    /// RFC 3339 or a date.
    pub updated_after: Option<String>,
    /// RFC 3339 or a date.
    pub updated_before: Option<String>,
    /// Custom fields by id, key or name, with the value they must have.
    pub custom_fields: Vec<(String, FieldValue)>,
    /// HighLevel's own filters.
    pub filters: Vec<RawFilter>,
    /// Sort key.
    pub sort: SortBy,
    /// Sort direction.
    pub direction: Direction,
    /// Contacts on a page, 1 to 100.
    pub limit: u32,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// One page of a search.
#[derive(Debug, Clone)]
pub struct Found {
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// How many there are in all, where HighLevel says so.
    pub total: Option<u64>,
    /// Where the next page begins; none on the last.
    pub next_cursor: Option<String>,
    /// The answer comes from the index, which may not show a change of the last minute.
    pub lags: bool,
}

impl Contacts {
    /// Finds contacts.
    ///
    /// # Errors
    /// A filter that HighLevel cannot answer, a cursor of another search, or HighLevel's failure.
    pub async fn search(&self, scope: &Scope, request: Request) -> Result<Found, Error> {
        let keys = self.keys(scope, request.email.as_deref(), request.phone.as_deref()).await?;
        let query = self.query(scope, request, keys).await?;
        if let Some(key) = query.is_exact_lookup() {
            let key = match key {
                query::Exact::Email(email) => Key::Email(email),
                query::Exact::Phone(phone) => Key::Phone(phone),
            };
            let contacts = dialect::find(scope, key).await?;
            let total = u64::try_from(contacts.len()).ok();
            return Ok(Found { contacts, total, next_cursor: None, lags: false });
        }
        let (search, fingerprint) = query.to_search()?;
        let page = dialect::search(scope, &search).await?;
        let next_cursor = query::next_cursor(&fingerprint, &page, query.limit);
        Ok(Found { contacts: page.contacts, total: page.total, next_cursor, lags: true })
    }

    async fn query(
        &self,
        scope: &Scope,
        request: Request,
        keys: crate::contacts::lookup::Keys,
    ) -> Result<Query, Error> {
        let mut custom_fields = Vec::with_capacity(request.custom_fields.len());
        if !request.custom_fields.is_empty() {
            let definitions = self.definitions(scope).await?;
            for (name, value) in &request.custom_fields {
                custom_fields.push(match definitions.as_deref() {
                    Some(definitions) => {
                        let write = definitions.encode(name, value)?;
                        let data_type = definitions.by_id(&write.id).map(|field| field.data_type).unwrap_or_default();
                        (write, data_type)
                    }
                    None => (fields::encode_unchecked(name, value)?, Default::default()),
                });
            }
        }
        Ok(Query {
            query: request.query,
            email: keys.email.map(|email| email.to_string()),
            phone: keys.phone.map(|phone| phone.to_string()),
            tags: request.tags,
            any_tag: request.any_tag,
            company_name: request.company_name,
            created_after: request.created_after,
            created_before: request.created_before,
            updated_after: request.updated_after,
            updated_before: request.updated_before,
            custom_fields,
            filters: request.filters,
            sort: request.sort,
            direction: request.direction,
            limit: request.limit,
            cursor: request.cursor,
        })
    }
}
