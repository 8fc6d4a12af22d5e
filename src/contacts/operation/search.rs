//! A search: an exact lookup where only a key is asked for, else HighLevel's index, which lags.

use crate::contacts::query::{self, CustomFieldMatch, Query};
use crate::contacts::{Contacts, Error, fields};
use crate::ghl::Scope;
use crate::ghl::dialect;
use crate::ghl::model::{Contact, DataType, FieldValue};

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
    /// Finds contacts. The query's e-mail and phone are as typed; `custom_fields` are conditions by id, key or name,
    /// added to those that the query holds.
    ///
    /// # Errors
    /// A filter that HighLevel cannot answer, a cursor of another search, or HighLevel's failure.
    pub async fn search(
        &self,
        scope: &Scope,
        mut query: Query,
        custom_fields: &[(String, FieldValue)],
    ) -> Result<Found, Error> {
        let keys = self.keys(scope, query.email.as_deref(), query.phone.as_deref()).await?;
        query.email = keys.email.as_ref().map(ToString::to_string);
        query.phone = keys.phone.as_ref().map(ToString::to_string);
        query.custom_fields.extend(self.conditions(scope, custom_fields).await?);
        if query.is_exact_lookup().is_some() {
            let contacts = self.all_of(scope, &keys).await?;
            let total = u64::try_from(contacts.len()).ok();
            // Of several contacts with one key, only the first is looked up; the others come from the index.
            let lags = contacts.len() > 1;
            return Ok(Found { contacts, total, next_cursor: None, lags });
        }
        let (search, fingerprint) = query.to_search_in(self.location_id()?.as_str())?;
        let page = dialect::search(scope, &search).await?;
        let next_cursor = query::next_cursor(&fingerprint, &page, query.limit);
        Ok(Found { contacts: page.contacts, total: page.total, next_cursor, lags: true })
    }

    async fn conditions(
        &self,
        scope: &Scope,
        wanted: &[(String, FieldValue)],
    ) -> Result<Vec<CustomFieldMatch>, Error> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let definitions = self.definitions(scope).await?;
        let condition = |(name, value): &(String, FieldValue)| {
            let Some(definitions) = definitions.as_deref() else {
                let wanted = fields::encode_unchecked(name, value)?;
                return Ok(CustomFieldMatch { wanted, data_type: DataType::default() });
            };
            let wanted = definitions.encode(name, value)?;
            let data_type = definitions.by_id(&wanted.id).map(|field| field.data_type).unwrap_or_default();
            Ok(CustomFieldMatch { wanted, data_type })
        };
        wanted.iter().map(condition).collect()
    }
}
