//! The contacts of one location: what all operations share.

use std::sync::Arc;

use crate::contacts::error::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::keys::Keys;
use crate::contacts::identity::locks::Locks;
use crate::contacts::identity::reading::GivenKeys;
use crate::contacts::location::LocationCache;
use crate::contacts::value::country::Country;
use crate::contacts::value::email::Email;
use crate::contacts::value::phone::{Candidate, CountrySource, Phone, PhoneRead};
use crate::contacts::view::{self, FieldSelection};
use crate::contacts::write::audit::AuditKey;
use crate::ghl::model::Contact;
use crate::ghl::{Caller, Client, LocationId, Scope};

/// How the operations on a location's contacts behave.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The country of phones that are written without a country code; by default the location's own.
    pub country: Option<Country>,
    /// Upserts by HighLevel's own endpoint, in one request, instead of the safe upsert.
    pub native_upsert: bool,
    /// The key of the hashes that stand for e-mails in the audit; by default a random one.
    pub audit_key: AuditKey,
}

/// The contacts of one location. Each operation is a method, in a file of its own.
#[derive(Debug)]
pub struct Contacts {
    client: Client,
    pub(crate) options: Options,
    pub(crate) location: LocationCache,
    pub(crate) locks: Locks,
}

impl Contacts {
    /// Sends no request.
    #[must_use]
    pub fn new(client: Client, options: Options) -> Self {
        Self { client, options, location: LocationCache::default(), locks: Locks::default() }
    }

    /// Opens the scope of one call: its deadline begins now, and its requests are counted.
    #[must_use]
    pub fn scope(&self, caller: impl Into<Caller>) -> Scope {
        self.client.scope(caller)
    }

    /// The location whose contacts these are.
    ///
    /// # Errors
    /// No location is configured.
    pub fn location_id(&self) -> Result<&LocationId, Error> {
        Ok(self.client.location()?)
    }

    /// The definitions that are needed to show the custom fields of these contacts by name, and to know the selected names.
    /// A failure to read them costs the names, not the answer.
    pub async fn definitions_to_show(
        &self,
        scope: &Scope,
        contacts: &[Contact],
        selection: &FieldSelection,
    ) -> Arc<Definitions> {
        let has_none = !contacts.iter().any(Contact::has_custom_fields);
        if has_none && !view::selects_a_custom_field(selection) {
            return Arc::default();
        }
        self.location.definitions(scope).await.unwrap_or_default()
    }

    /// The keys in normal form. A phone without a country code costs a read of the location's settings, unless it is a
    /// number of the country that the call names, or a country is configured.
    pub(crate) async fn keys(&self, scope: &Scope, given: &GivenKeys<'_>) -> Result<Keys, Error> {
        let email = given.email.map(Email::parse).transpose()?;
        let read = match given.phone {
            None => None,
            Some(text) => Some(self.phone(scope, text, given.candidates()).await?),
        };
        let phone_by = read.as_ref().and_then(|read| read.by);
        let countries = self.options.country.into_iter().collect();
        Ok(Keys { email, phone: read.map(|read| read.phone), phone_by, countries })
    }

    async fn phone(
        &self,
        scope: &Scope,
        text: &str,
        mut candidates: Vec<Candidate>,
    ) -> Result<PhoneRead, Error> {
        let is_of_the_call = candidates.first().is_some_and(|first| first.source == CountrySource::Call);
        if Phone::is_international(text) {
            return Phone::read(text, &[]);
        }
        if is_of_the_call && let Ok(read) = Phone::read(text, &candidates) {
            return Ok(read);
        }
        candidates.extend(self.home(scope).await?);
        Phone::read(text, &candidates)
    }

    /// The configured country, or else the location's.
    pub(crate) async fn home(&self, scope: &Scope) -> Result<Option<Candidate>, Error> {
        if let Some(country) = self.options.country {
            return Ok(Some(Candidate { country, source: CountrySource::Configured }));
        }
        let settings = self.location.settings(scope).await?;
        let country = settings.country.as_deref().and_then(Country::parse);
        Ok(country.map(|country| Candidate { country, source: CountrySource::Location }))
    }
}
