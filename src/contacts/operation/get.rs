//! Reads one contact, by its id or by its keys.

use crate::contacts::error::{Error, Subject};
use crate::contacts::identity::lookup::{self, Lookup, OnConflict};
use crate::contacts::identity::reading::GivenKeys;
use crate::contacts::service::Contacts;
use crate::ghl;
use crate::ghl::model::Contact;
use crate::ghl::{ContactId, Scope};

/// Which contact is meant. All that is given has to be of one contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: Option<ContactId>,
    /// Its e-mail, as typed.
    pub email: Option<String>,
    /// Its phone, as typed.
    pub phone: Option<String>,
}

impl Target {
    /// The contact of an id.
    #[must_use]
    pub fn id(id: ContactId) -> Self {
        Self { id: Some(id), ..Self::default() }
    }

    /// The contact of an e-mail, as typed.
    #[must_use]
    pub fn email(email: impl Into<String>) -> Self {
        Self { email: Some(email.into()), ..Self::default() }
    }

    /// The contact of a phone, as typed.
    #[must_use]
    pub fn phone(phone: impl Into<String>) -> Self {
        Self { phone: Some(phone.into()), ..Self::default() }
    }

    pub(crate) fn keys(&self) -> GivenKeys<'_> {
        GivenKeys { email: self.email.as_deref(), phone: self.phone.as_deref(), ..GivenKeys::default() }
    }

    fn has_keys(&self) -> bool {
        self.email.is_some() || self.phone.is_some()
    }
}

impl Contacts {
    /// The contact of a target as HighLevel holds it now. An id costs a read of that contact, a key a lookup.
    ///
    /// # Errors
    /// `NotFound`, a key that cannot be used or that is another contact's, `Ambiguous`, or HighLevel's failure.
    pub async fn get(&self, scope: &Scope, target: &Target) -> Result<Contact, Error> {
        match &target.id {
            Some(id) => {
                let contact = ghl::api::get(scope, id).await.map_err(not_found_by_id)?;
                self.compared(scope, target, contact).await
            }
            None => self.by_keys(scope, target).await,
        }
    }

    /// The contact of a target, to be shown and not to be written. Calls by id at the same time share one
    /// request.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn show(&self, scope: &Scope, target: &Target) -> Result<Contact, Error> {
        match &target.id {
            Some(id) => {
                let contact = ghl::api::get_coalesced(scope, id).await.map_err(not_found_by_id)?;
                self.compared(scope, target, contact).await
            }
            None => self.by_keys(scope, target).await,
        }
    }

    async fn by_keys(&self, scope: &Scope, target: &Target) -> Result<Contact, Error> {
        let keys = self.keys(scope, &target.keys()).await?;
        let settings = self.location.settings_if_known();
        match lookup::look_up(scope, &self.location, &keys, &settings, OnConflict::Fail).await? {
            Lookup::NotFound => {
                Err(Error::NotFound { key: if target.email.is_some() { "email" } else { "phone" } })
            }
            Lookup::Found(found) => self.compared(scope, target, found.contact).await,
        }
    }

    /// The contact, if all that was given is its own.
    async fn compared(&self, scope: &Scope, target: &Target, contact: Contact) -> Result<Contact, Error> {
        let several = [target.id.is_some(), target.email.is_some(), target.phone.is_some()];
        if !target.has_keys() || several.into_iter().filter(|given| *given).count() < 2 {
            return Ok(contact);
        }
        let given = GivenKeys { contact: Some(&contact), ..target.keys() };
        let keys = self.keys(scope, &given).await?.in_location(&self.location.settings_if_known());
        if keys.all_match(&contact) {
            return Ok(contact);
        }
        let reason =
            format!("and the keys name two contacts: contact {} does not have {}", contact.id, keys.named());
        Err(Error::invalid(Subject::ContactId, reason).with_hint("Send the one that is meant alone."))
    }
}

pub(crate) fn not_found_by_id(error: ghl::Error) -> Error {
    if error.is_not_found() { Error::NotFound { key: "id" } } else { error.into() }
}
