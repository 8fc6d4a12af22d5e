//! Who is this? Asked of `GET /contacts/search/duplicate`, which does not lag, and never of the search.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::Error;
use crate::contacts::value::phone::{Email, Phone, same_email, same_phone};
use crate::contacts::write::receipt::MatchedBy;
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
pub(crate) async fn who(
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
    let one = |contact: Contact, other| Found::One { matched: matched(&contact, keys), contact, other };
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

/// By which of the keys this contact is theirs.
pub(crate) fn matched(contact: &Contact, keys: &Keys) -> MatchedBy {
    let matched = keys.email.as_ref().and_then(|email| has_email(contact, email));
    let matched = matched.or_else(|| keys.phone.as_ref().and_then(|phone| has_phone(contact, phone)));
    matched.unwrap_or(MatchedBy::None)
}

pub(crate) fn has_email(contact: &Contact, email: &Email) -> Option<MatchedBy> {
    if contact.text(Field::Email).is_some_and(|one| same_email(&one, email.as_str())) {
        return Some(MatchedBy::Email);
    }
    let additional = contact.additional_emails().iter().any(|one| same_email(one, email.as_str()));
    additional.then_some(MatchedBy::AdditionalEmail)
}

pub(crate) fn has_phone(contact: &Contact, phone: &Phone) -> Option<MatchedBy> {
    if contact.text(Field::Phone).is_some_and(|one| same_phone(&one, phone.as_str())) {
        return Some(MatchedBy::Phone);
    }
    let additional = contact.additional_phones().iter().any(|one| same_phone(one, phone.as_str()));
    additional.then_some(MatchedBy::AdditionalPhone)
}

async fn by_email(scope: &Scope, keys: &Keys, location: &Location) -> Result<Option<Contact>, Error> {
    let Some(email) = &keys.email else { return Ok(None) };
    let has = |contact: &Contact| has_email(contact, email);
    only(scope, location, Key::Email(email.as_str()), &has).await
}

async fn by_phone(scope: &Scope, keys: &Keys, location: &Location) -> Result<Option<Contact>, Error> {
    let Some(phone) = &keys.phone else { return Ok(None) };
    let has = |contact: &Contact| has_phone(contact, phone);
    only(scope, location, Key::Phone(phone.as_str()), &has).await
}

/// A contact that HighLevel answers without the key that it was asked for is still its answer, unless it shows another
/// value and no additional ones: then the answer is about somebody else.
fn knows(contact: &Contact, field: Field, matched: Option<MatchedBy>) -> bool {
    matched.is_some() || contact.text(field).is_none()
}

/// The one contact that has the key. Where the location allows duplicates there may be more than the lookup shows;
/// which of them is meant is not ours to guess. Where it does not identify contacts by this key, the lookup shows none.
async fn only(
    scope: &Scope,
    location: &Location,
    key: Key<'_>,
    has: &(dyn Fn(&Contact) -> Option<MatchedBy> + Sync),
) -> Result<Option<Contact>, Error> {
    let mut all = everybody(scope, location, key, has).await?;
    if all.len() < 2 {
        return Ok(all.pop());
    }
    all.sort_by_key(|contact| std::cmp::Reverse(contact.get("dateAdded").and_then(FieldValue::to_text)));
    let key = field_of(key).1;
    Err(Error::Ambiguous { key, contacts: all.into_iter().map(|contact| contact.id).collect() })
}

/// All contacts of a key, as far as the location's settings say that there may be more than the lookup shows.
pub(crate) async fn everybody(
    scope: &Scope,
    location: &Location,
    key: Key<'_>,
    has: &(dyn Fn(&Contact) -> Option<MatchedBy> + Sync),
) -> Result<Vec<Contact>, ghl::Error> {
    let (field, name) = field_of(key);
    let mut all = dialect::find(scope, key).await?;
    all.retain(|contact| knows(contact, field, has(contact)));
    let more = if all.is_empty() { !location.identifies_by(name) } else { location.allows_duplicates() };
    if more {
        for contact in indexed(scope, key).await? {
            if has(&contact).is_some() && !all.iter().any(|one| one.id == contact.id) {
                all.push(contact);
            }
        }
    }
    Ok(all)
}

fn field_of(key: Key<'_>) -> (Field, &'static str) {
    match key {
        Key::Email(_) => (Field::Email, "email"),
        Key::Phone(_) => (Field::Phone, "phone"),
    }
}

/// All contacts of a key that the search index knows, which lags behind. The recipes' search takes no filter; its lookup
/// has answered all of them already.
pub(crate) async fn indexed(scope: &Scope, key: Key<'_>) -> Result<Vec<Contact>, ghl::Error> {
    if dialect::spoken(scope) == ghl::Dialect::Recipe {
        return Ok(Vec::new());
    }
    let (Key::Email(value) | Key::Phone(value)) = key;
    let field = field_of(key).1.to_owned();
    let search = Search {
        page_limit: 20,
        filters: vec![Filter::On { field, operator: Operator::Eq, value: Some(value.into()) }],
        query: None,
        sort: vec![Sort { field: "dateAdded", direction: Direction::Desc }],
        search_after: None,
    };
    Ok(dialect::search(scope, &search).await?.contacts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str) -> Contact {
        serde_json::from_str(&format!(r#"{{"id":"{id}","email":"ada@example.com"}}"#)).unwrap()
    }

    fn keys() -> Keys {
        let phone = Phone::parse("+14155550101", None).unwrap();
        Keys { email: Some(Email::parse("ada@example.com").unwrap()), phone: Some(phone) }
    }

    #[test]
    fn a_contact_that_both_keys_find_is_one_and_no_conflict() {
        // Its phone is not shown as HighLevel matches it, so the e-mail alone has not settled it.
        let found = decide(Some(person("a")), Some(person("a")), &keys(), OnConflict::Fail).unwrap();
        assert_eq!(found, Found::One { contact: person("a"), matched: MatchedBy::Email, other: None });
    }

    #[test]
    fn two_contacts_are_a_conflict_unless_it_is_said_whose_key_counts() {
        let decide = |on_conflict| decide(Some(person("a")), Some(person("b")), &keys(), on_conflict);
        assert!(matches!(decide(OnConflict::Fail), Err(Error::Conflict { .. })));
        for (on_conflict, id, left) in
            [(OnConflict::Email, "a", (Field::Phone, "b")), (OnConflict::Phone, "b", (Field::Email, "a"))]
        {
            let Found::One { contact, other, .. } = decide(on_conflict).unwrap() else { panic!("nobody") };
            assert_eq!(contact.id.as_str(), id);
            assert_eq!(other, Some((left.0, left.1.parse().unwrap())));
        }
    }
}
