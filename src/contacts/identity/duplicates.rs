//! The lookup by what is known of the location's settings: its policy on duplicates, and the keys that it tells contacts
//! apart by.

use crate::contacts::identity::lookup::{
    Found, Keys, OnConflict, everybody, has_email, has_phone, indexed, who,
};
use crate::contacts::{Contacts, Error};
use crate::ghl;
use crate::ghl::Scope;
use crate::ghl::dialect::{self, Key};
use crate::ghl::model::Contact;

impl Contacts {
    /// Who has these keys, by the location's settings as far as they are known: no request for them.
    pub(crate) async fn look_up(
        &self,
        scope: &Scope,
        keys: &Keys,
        on_conflict: OnConflict,
    ) -> Result<Found, Error> {
        who(scope, keys, &self.location_if_known(), on_conflict).await
    }

    /// Everybody who has the one key that is given, by the location's settings as far as they are known.
    pub(crate) async fn all_of(&self, scope: &Scope, keys: &Keys) -> Result<Vec<Contact>, ghl::Error> {
        let location = self.location_if_known();
        match (&keys.email, &keys.phone) {
            (Some(email), _) => {
                let has = |contact: &Contact| has_email(contact, email);
                everybody(scope, &location, Key::Email(email.as_str()), &has).await
            }
            (None, Some(phone)) => {
                let has = |contact: &Contact| has_phone(contact, phone);
                everybody(scope, &location, Key::Phone(phone.as_str()), &has).await
            }
            (None, None) => Ok(Vec::new()),
        }
    }

    /// Before a write, the location's settings are read, once in ten minutes. Looks again only where they say that the
    /// first look may have missed somebody.
    pub(crate) async fn look_closer(
        &self,
        scope: &Scope,
        keys: &Keys,
        on_conflict: OnConflict,
        found: Found,
    ) -> Result<Found, Error> {
        let assumed = self.location_if_known();
        let location = self.location(scope).await?;
        let hidden = location.allows_duplicates()
            || keys.email.is_some() && !location.identifies_by("email")
            || keys.phone.is_some() && !location.identifies_by("phone");
        if hidden && *assumed != *location {
            return who(scope, keys, &location, on_conflict).await;
        }
        Ok(found)
    }

    /// Another contact with one of the keys, where two may be: what another process made at the same moment.
    pub(crate) async fn twin(&self, scope: &Scope, contact: &Contact, keys: &Keys) -> Option<String> {
        let article = dialect::spoken(scope) == ghl::Dialect::Recipe;
        if !article && !self.location_if_known().allows_duplicates() {
            return None;
        }
        let email = keys.email.as_ref().map(|email| Key::Email(email.as_str()));
        let key = email.or_else(|| keys.phone.as_ref().map(|phone| Key::Phone(phone.as_str())))?;
        let other = |found: Vec<Contact>| found.into_iter().find(|one| one.id != contact.id);
        let mut twin = other(dialect::find(scope, key).await.ok()?);
        if twin.is_none() {
            // The lookup shows one of them only, and that may be ours.
            twin = other(indexed(scope, key).await.ok()?);
        }
        twin.map(|one| one.id.to_string())
    }
}
