//! Possible duplicates: contacts of the same key that a lookup by default settings does not show.

use crate::contacts::error::Error;
use crate::contacts::identity::keys::{Keys, MatchedBy};
use crate::contacts::identity::lookup::{Lookup, OnConflict, indexed, look_up};
use crate::contacts::location::LocationCache;
use crate::ghl;
use crate::ghl::Scope;
use crate::ghl::api;
use crate::ghl::model::{Contact, Location};

/// Confirms a lookup before a write. The location's settings are read, once in ten minutes; only where they say that the
/// first lookup may have missed a contact, the keys are looked up again.
///
/// # Errors
/// As [`look_up`].
pub(crate) async fn confirm(
    scope: &Scope,
    location: &LocationCache,
    keys: &Keys,
    on_conflict: OnConflict,
    found: Lookup,
) -> Result<Lookup, Error> {
    let assumed = location.settings_if_known();
    let settings = location.settings(scope).await?;
    let may_have_missed = settings.allows_duplicates()
        || keys.email.is_some() && !settings.identifies_by("email")
        || keys.phone.is_some() && !settings.identifies_by("phone");
    if may_have_missed && *assumed != *settings {
        return look_up(scope, location, keys, &settings, on_conflict).await;
    }
    Ok(found)
}

/// Another contact with one of the keys, after a create: another process may have made one at the same moment. A failure
/// to look is no failure of the write.
pub(crate) async fn possible_duplicate(
    scope: &Scope,
    settings: &Location,
    contact: &Contact,
    keys: &Keys,
) -> Option<String> {
    let recipe = api::dialect(scope) == ghl::Dialect::Recipe;
    if !recipe && !settings.allows_duplicates() {
        return None;
    }
    let (key, keys) = (keys.first()?, keys.in_location(settings));
    let is_other = |one: &Contact| one.id != contact.id && keys.matched_by(one) != MatchedBy::None;
    let other = |found: Vec<Contact>| found.into_iter().find(is_other);
    let mut duplicate = other(api::find(scope, key).await.ok()?.0);
    if duplicate.is_none() {
        // The lookup shows only one of several contacts, and that may be the new one.
        duplicate = other(indexed(scope, key).await.ok()?);
    }
    duplicate.map(|one| one.id.to_string())
}
