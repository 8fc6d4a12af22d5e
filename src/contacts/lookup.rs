//! Who is this? Asked of `GET /contacts/search/duplicate`, which does not lag, and never of the search.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::Error;
use crate::contacts::identity::{Email, Phone, same_email, same_phone};
use crate::contacts::receipt::MatchedBy;
use crate::ghl;
use crate::ghl::dialect::{self, Key};
use crate::ghl::model::{Contact, Direction, Field, FieldValue, Filter, Location, Operator, Search, Sort};
use crate::ghl::{ContactId, Scope};

/// What to do when the e-mail and the phone belong to two contacts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OnConflict {
    /// Refuse, naming both.
    #[default]
    Fail,
    /// Take the contact that has the e-mail, and leave the phone where it is.
    Email,
    /// Take the contact that has the phone, and leave the e-mail where it is.
    Phone,
}

/// The keys that were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// The e-mail.
    pub email: Option<Email>,
    /// The phone.
    pub phone: Option<Phone>,
}

/// The answer to "who is this?".
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// No contact has any of the keys.
    Nobody,
    /// One contact has them.
    One {
        /// The contact.
        contact: Contact,
        /// By which of them.
        matched: MatchedBy,
        /// A key that belongs to another contact and is therefore left there (`onConflict`).
        other: Option<(Field, ContactId)>,
    },
}

/// Looks the keys up: one request for one key; for two, the second only where the first answer does not settle it.
pub(in crate::contacts) async fn who(
    scope: &Scope,
    keys: &Keys,
    location: &Location,
    on_conflict: OnConflict,
) -> Result<Found, Error> {
    let (by_email, by_phone) = if location.phone_comes_first() {
        let by_phone = by_phone(scope, keys, location).await?;
        if settled(by_phone.as_ref(), keys) {
            (None, by_phone)
        } else {
            (by_email(scope, keys, location).await?, by_phone)
        }
    } else {
        let by_email = by_email(scope, keys, location).await?;
        if settled(by_email.as_ref(), keys) {
            (by_email, None)
        } else {
            (by_email, by_phone(scope, keys, location).await?)
        }
    };
    decide(by_email, by_phone, keys, on_conflict)
}

/// Whether this contact has every key that was given.
fn settled(contact: Option<&Contact>, keys: &Keys) -> bool {
    contact.is_some_and(|contact| {
        keys.email.as_ref().is_none_or(|email| has_email(contact, email).is_some())
            && keys.phone.as_ref().is_none_or(|phone| has_phone(contact, phone).is_some())
    })
}

fn decide(
    by_email: Option<Contact>,
    by_phone: Option<Contact>,
    keys: &Keys,
    on_conflict: OnConflict,
) -> Result<Found, Error> {
    let one = |contact: Contact, other| {
        let matched = keys.email.as_ref().and_then(|email| has_email(&contact, email));
        let matched = matched.or_else(|| keys.phone.as_ref().and_then(|phone| has_phone(&contact, phone)));
        Found::One { matched: matched.unwrap_or(MatchedBy::None), contact, other }
    };
    Ok(match (by_email, by_phone) {
        (None, None) => Found::Nobody,
        (Some(contact), None) | (None, Some(contact)) => one(contact, None),
        (Some(a), Some(b)) if a.id == b.id => one(a, None),
        (Some(a), Some(b)) => match on_conflict {
            OnConflict::Fail => return Err(Error::Conflict { by_email: a.id, by_phone: b.id }),
            OnConflict::Email => one(a, Some((Field::Phone, b.id))),
            OnConflict::Phone => one(b, Some((Field::Email, a.id))),
        },
    })
}

fn has_email(contact: &Contact, email: &Email) -> Option<MatchedBy> {
    if contact.text(Field::Email).is_some_and(|one| same_email(&one, email.as_str())) {
        return Some(MatchedBy::Email);
    }
    let additional = contact.additional_emails().iter().any(|one| same_email(one, email.as_str()));
    additional.then_some(MatchedBy::AdditionalEmail)
}

fn has_phone(contact: &Contact, phone: &Phone) -> Option<MatchedBy> {
    if contact.text(Field::Phone).is_some_and(|one| same_phone(&one, phone.as_str())) {
        return Some(MatchedBy::Phone);
    }
    let additional = contact.additional_phones().iter().any(|one| same_phone(one, phone.as_str()));
    additional.then_some(MatchedBy::AdditionalPhone)
}

async fn by_email(scope: &Scope, keys: &Keys, location: &Location) -> Result<Option<Contact>, Error> {
    let Some(email) = &keys.email else { return Ok(None) };
    let found = dialect::find(scope, Key::Email(email.as_str())).await?;
    let found = found.into_iter().filter(|contact| knows(contact, Field::Email, has_email(contact, email)));
    only(scope, found.collect(), location, "email", email.as_str()).await
}

async fn by_phone(scope: &Scope, keys: &Keys, location: &Location) -> Result<Option<Contact>, Error> {
    let Some(phone) = &keys.phone else { return Ok(None) };
    let found = dialect::find(scope, Key::Phone(phone.as_str())).await?;
    let found = found.into_iter().filter(|contact| knows(contact, Field::Phone, has_phone(contact, phone)));
    only(scope, found.collect(), location, "phone", phone.as_str()).await
}

/// A contact that HighLevel answers without the key that it was asked for is still its answer, unless it shows another
/// value and no additional ones: then the answer is about somebody else.
fn knows(contact: &Contact, field: Field, matched: Option<MatchedBy>) -> bool {
    matched.is_some() || contact.text(field).is_none()
}

/// The one contact that has the key. Where the location allows duplicates there may be more than the lookup shows;
/// which of them is meant is not ours to guess.
async fn only(
    scope: &Scope,
    found: Vec<Contact>,
    location: &Location,
    key: &'static str,
    value: &str,
) -> Result<Option<Contact>, Error> {
    let mut all = found;
    if !all.is_empty() && location.allows_duplicates() {
        for contact in others(scope, key, value).await? {
            if !all.iter().any(|one| one.id == contact.id) {
                all.push(contact);
            }
        }
    }
    if all.len() < 2 {
        return Ok(all.pop());
    }
    all.sort_by_key(|contact| std::cmp::Reverse(contact.get("dateAdded").and_then(FieldValue::to_text)));
    Err(Error::Ambiguous { key, contacts: all.into_iter().map(|contact| contact.id).collect() })
}

async fn others(scope: &Scope, key: &str, value: &str) -> Result<Vec<Contact>, ghl::Error> {
    let filter = Filter::On { field: key.to_owned(), operator: Operator::Eq, value: Some(value.into()) };
    let search = Search {
        page_limit: 20,
        filters: vec![filter],
        query: None,
        sort: vec![Sort { field: "dateAdded", direction: Direction::Desc }],
        search_after: None,
    };
    match dialect::search(scope, &search).await {
        Ok(page) => Ok(page.contacts),
        // The recipes' search takes no filter; its lookup has answered all of them already.
        Err(_) if dialect::spoken(scope) == ghl::Dialect::Recipe => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
