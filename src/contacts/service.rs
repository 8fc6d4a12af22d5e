//! The contacts of one location: what all operations share.

use std::sync::Arc;

use crate::contacts::error::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::keys::Keys;
use crate::contacts::identity::locks::Locks;
use crate::contacts::location::LocationCache;
use crate::contacts::value::country::Country;
use crate::contacts::value::email::Email;
use crate::contacts::value::phone::Phone;
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

    /// The definitions of custom fields where they have been read already: no request is spent on showing names.
    #[must_use]
    pub fn definitions_if_known(&self, scope: &Scope) -> Arc<Definitions> {
        self.location.definitions_if_known(scope)
    }

    /// The definitions that are needed to show the custom fields of these contacts by name. A failure to read them
    /// costs the names, not the answer.
    pub async fn definitions_to_show(&self, scope: &Scope, contacts: &[Contact]) -> Arc<Definitions> {
        if contacts.iter().all(|contact| contact.custom_fields().is_empty()) {
            return Arc::default();
        }
        self.location.definitions(scope).await.unwrap_or_default()
    }

    /// The keys in normal form. A phone without a country code costs a read of the location's settings, unless a
    /// country is configured.
    pub(crate) async fn keys(
        &self,
        scope: &Scope,
        email: Option<&str>,
        phone: Option<&str>,
    ) -> Result<Keys, Error> {
        let email = email.map(Email::parse).transpose()?;
        let phone = match phone {
            None => None,
            Some(phone) if Phone::is_international(phone) => Some(Phone::parse(phone, None)?),
            Some(phone) => Some(Phone::parse(phone, self.country(scope).await?)?),
        };
        Ok(Keys { email, phone, countries: self.options.country.into_iter().collect() })
    }

    async fn country(&self, scope: &Scope) -> Result<Option<Country>, Error> {
        if self.options.country.is_some() {
            return Ok(self.options.country);
        }
        Ok(self.location.settings(scope).await?.country.as_deref().and_then(Country::parse))
    }
}
