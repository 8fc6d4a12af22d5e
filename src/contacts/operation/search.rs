//! A search: an exact lookup where only a key is given, otherwise HighLevel's index, which lags.

use crate::contacts::error::Error;
use crate::contacts::fields::{Definitions, GivenField};
use crate::contacts::identity::keys::Keys;
use crate::contacts::identity::lookup;
use crate::contacts::identity::reading::GivenKeys;
use crate::contacts::operation::users::means_no_user;
use crate::contacts::query::{self, Assignee, Fingerprint, Query, RawFilter};
use crate::contacts::service::Contacts;
use crate::contacts::value::zone::Zone;
use crate::ghl::Scope;
use crate::ghl::api;
use crate::ghl::model::{Contact, Field};

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
    /// How conditions were read, where that is not plain from the call.
    pub notes: Vec<String>,
    /// The search that a cursor belongs to; none where there is only one page.
    fingerprint: Option<Fingerprint>,
    /// The name of the company that was asked for, in lower case.
    company: Option<String>,
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

    /// Whether the contact's company has exactly the name that was asked for. Such contacts are shown first; the cursor
    /// follows HighLevel's order.
    #[must_use]
    pub fn is_exact(&self, contact: &Contact) -> bool {
        let company = contact.text(Field::CompanyName).map(|name| name.to_lowercase());
        self.company.is_some() && company == self.company
    }
}

impl Contacts {
    /// Finds contacts. The e-mail and the phone of the query are as typed; `assigned_to` is a user's id, e-mail or name, or
    /// `none`; `custom_fields` are further conditions, by id, key or name.
    ///
    /// # Errors
    /// A condition that HighLevel cannot answer, a cursor of another search, or HighLevel's failure.
    pub async fn search(
        &self,
        scope: &Scope,
        mut query: Query,
        assigned_to: Option<&str>,
        custom_fields: &[GivenField],
    ) -> Result<SearchResult, Error> {
        query.check_limit()?;
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let mut notes = Vec::new();
        let keys = self.resolve(scope, &mut query, assigned_to, custom_fields, &mut notes).await?;
        if query.is_exact_lookup() {
            let settings = self.location.settings_if_known();
            let mut contacts = lookup::all_with_key(scope, &self.location, &settings, &keys).await?;
            let total = u64::try_from(contacts.len()).ok();
            // The lookup shows one of several contacts with the same key; the others come from the index.
            let lags = contacts.len() > 1;
            contacts.truncate(limit);
            let (fingerprint, company) = (None, None);
            return Ok(SearchResult {
                contacts,
                total,
                next_cursor: None,
                lags,
                notes,
                fingerprint,
                company,
            });
        }
        let (search, fingerprint) = query.to_search(self.location_id()?.as_str())?;
        let mut page = api::search(scope, &search).await?;
        // HighLevel may answer more than it was asked for. The cursor continues after the last contact that is shown.
        page.contacts.truncate(limit);
        if page.unreadable > 0 {
            notes.push(format!(
                "HighLevel answered {} more on this page that cannot be read; they are not shown.",
                page.unreadable
            ));
        }
        Ok(SearchResult {
            next_cursor: query::next_cursor(&fingerprint, &page, query.limit),
            contacts: page.contacts,
            total: page.total,
            lags: true,
            notes,
            fingerprint: Some(fingerprint),
            company: query.company_name.map(|name| name.trim().to_lowercase()),
        })
    }

    /// Puts what HighLevel takes in the place of what was typed: keys in normal form, ids of users and custom fields, the
    /// location's time zone. The notes say how conditions were read.
    pub(crate) async fn resolve(
        &self,
        scope: &Scope,
        query: &mut Query,
        assigned_to: Option<&str>,
        custom_fields: &[GivenField],
        notes: &mut Vec<String>,
    ) -> Result<Keys, Error> {
        let given = GivenKeys {
            email: query.email.as_deref(),
            phone: query.phone.as_deref(),
            ..GivenKeys::default()
        };
        let keys = self.keys(scope, &given).await?;
        query.email = keys.email.as_ref().map(ToString::to_string);
        query.phone = keys.phone.as_ref().map(ToString::to_string);
        self.resolve_fields(scope, query, custom_fields).await?;
        if let Some(user) = assigned_to {
            query.assigned_to = Some(self.assignee(scope, user, notes).await?);
        }
        if query.needs_zone() {
            // What no time zone makes readable is refused before a request.
            query.to_search(self.location_id()?.as_str())?;
            query.zone = self.zone(scope, notes).await?;
        }
        if query.company_is_exact() {
            notes.push("companyName was compared exactly, since it has special characters.".to_owned());
        }
        Ok(keys)
    }

    /// Puts the conditions on custom fields into the query, by id.
    async fn resolve_fields(
        &self,
        scope: &Scope,
        query: &mut Query,
        custom_fields: &[GivenField],
    ) -> Result<(), Error> {
        if custom_fields.is_empty() && !query.filters.iter().any(RawFilter::names_a_custom_field) {
            return Ok(());
        }
        let definitions = self.location.definitions(scope).await?;
        for given in custom_fields {
            query.custom_fields.extend(query::on_custom_field(given, &definitions)?);
        }
        query.filters.iter_mut().try_for_each(|filter| by_id(filter, &definitions))
    }

    async fn assignee(&self, scope: &Scope, user: &str, notes: &mut Vec<String>) -> Result<Assignee, Error> {
        if means_no_user(user) {
            return Ok(Assignee::Unassigned);
        }
        let id = self.user(scope, user).await?;
        if id != user.trim() {
            notes.push(format!("assignedTo was read as the user {id}."));
        }
        Ok(Assignee::User(id))
    }

    /// The location's time zone; UTC where it is not known.
    async fn zone(&self, scope: &Scope, notes: &mut Vec<String>) -> Result<Zone, Error> {
        let settings = self.location.settings(scope).await?;
        let zone = settings.timezone.as_deref().and_then(|name| Zone::read(name).ok());
        notes.push(match &zone {
            Some(zone) => format!("Dates are days in the location's time zone, {}.", zone.name()),
            None => "Dates are days in UTC: the location's time zone is not known.".to_owned(),
        });
        Ok(zone.unwrap_or_default())
    }
}

/// Puts the id of a custom field in the place of its name or key.
fn by_id(filter: &mut RawFilter, definitions: &Definitions) -> Result<(), Error> {
    filter.filters.iter_mut().try_for_each(|inner| by_id(inner, definitions))?;
    if filter.names_a_custom_field()
        && let Some(name) = filter.field.as_deref().and_then(|field| field.trim().split_once('.'))
    {
        filter.field = Some(format!("customFields.{}", definitions.find(name.1)?.id));
    }
    Ok(())
}
