//! Reads one contact, by its id or by a key.

use crate::contacts::error::Error;
use crate::contacts::identity::lookup::{self, Lookup, OnConflict};
use crate::contacts::service::Contacts;
use crate::ghl;
use crate::ghl::model::Contact;
use crate::ghl::{ContactId, Scope};

/// Which contact is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// By id.
    Id(ContactId),
    /// By e-mail, as typed.
    Email(String),
    /// By phone, as typed.
    Phone(String),
}

impl Contacts {
    /// The contact of a target as HighLevel holds it now. An id costs a read of that contact, a key a lookup.
    ///
    /// # Errors
    /// `NotFound`, a key that cannot be used, `Ambiguous`, or HighLevel's failure.
    pub async fn get(&self, scope: &Scope, target: &Target) -> Result<Contact, Error> {
        let (email, phone, key) = match target {
            Target::Id(id) => return ghl::api::get(scope, id).await.map_err(not_found_by_id),
            Target::Email(email) => (Some(email.as_str()), None, "email"),
            Target::Phone(phone) => (None, Some(phone.as_str()), "phone"),
        };
        let keys = self.keys(scope, email, phone).await?;
        let settings = self.location.settings_if_known();
        match lookup::look_up(scope, &self.location, &keys, &settings, OnConflict::Fail).await? {
            Lookup::NotFound => Err(Error::NotFound { key }),
            Lookup::Found(found) => Ok(found.contact),
        }
    }

    /// The contact of a target, to be shown and not to be written. By id it may be two seconds old, and calls at the same
    /// time share one request.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn show(&self, scope: &Scope, target: &Target) -> Result<Contact, Error> {
        match target {
            Target::Id(id) => ghl::api::get_coalesced(scope, id).await.map_err(not_found_by_id),
            Target::Email(_) | Target::Phone(_) => self.get(scope, target).await,
        }
    }
}

fn not_found_by_id(error: ghl::Error) -> Error {
    if error.is_not_found() { Error::NotFound { key: "id" } } else { error.into() }
}
