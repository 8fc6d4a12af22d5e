//! A contact that has one of the given keys and another value in place of the other one: it may be another person, who
//! shares a phone or a mailbox.

use std::collections::BTreeSet;

use crate::contacts::error::Error;
use crate::contacts::identity::keys::{Keys, Shown};
use crate::contacts::identity::lookup::{Found, OnConflict};
use crate::contacts::value::name::full_name;
use crate::ghl::model::text::clean_line;
use crate::ghl::model::{Contact, Field};

/// Refuses a contact that was found by the phone alone while its e-mail is another one; or by the e-mail alone while its
/// phone is another one, where the location puts phones first. `on_conflict` says to write the rest and leave its key.
///
/// # Errors
/// `SharedKey`, with the contact.
pub(crate) fn check(
    mut found: Found,
    keys: &Keys,
    phone_comes_first: bool,
    on_conflict: OnConflict,
    name: Option<&str>,
) -> Result<Found, Error> {
    let (email, phone) = (keys.email_of(&found.contact), keys.phone_of(&found.contact));
    let (shared, other, leave) = match (email, phone) {
        (Some(Shown::Other), Some(Shown::Key(_))) => (Field::Phone, Field::Email, OnConflict::Phone),
        (Some(Shown::Key(_)), Some(Shown::Other)) if phone_comes_first => {
            (Field::Email, Field::Phone, OnConflict::Email)
        }
        _ => return Ok(found),
    };
    // Two contacts were found, and the caller chose.
    if found.other.is_some() {
        return Ok(found);
    }
    if on_conflict == leave {
        found.kept.push(other);
        return Ok(found);
    }
    Err(Error::SharedKey {
        shared,
        other,
        name: full_name(&found.contact),
        value: found.contact.text(other),
        another_name: is_another_name(&found.contact, name),
        contact: found.contact.id,
    })
}

/// Whether the contact has a name and it is another one than this. A name with a word more, or less, is the same.
pub(crate) fn is_another_name(contact: &Contact, name: Option<&str>) -> bool {
    let (Some(stored), Some(name)) = (full_name(contact), name) else { return false };
    names_differ(&stored, name)
}

/// Whether two names are of two persons. A name with a word more, or less, is the same.
pub(crate) fn names_differ(one: &str, other: &str) -> bool {
    let words = |name: &str| -> BTreeSet<String> {
        clean_line(name).split_whitespace().map(str::to_lowercase).collect()
    };
    let (one, other) = (words(one), words(other));
    !one.is_subset(&other) && !other.is_subset(&one)
}
