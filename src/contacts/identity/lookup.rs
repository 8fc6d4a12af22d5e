//! The contact of an e-mail or a phone, by `GET /contacts/search/duplicate`. The search index lags, so it is asked only
//! for further contacts of the same key.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::error::Error;
use crate::contacts::identity::keys::{Keys, MatchedBy, match_email, match_phone};
use crate::ghl;
use crate::ghl::model::{Contact, Direction, Field, FieldValue, Filter, Location, Operator, Search, Sort};
use crate::ghl::{ContactId, Scope};
use crate::ghl::{Key, api};

/// What to do when the e-mail and the phone belong to two contacts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OnConflict {
    /// Refuse and name both.
    #[default]
    Fail,
    /// Write to the contact with the e-mail; the other contact keeps the phone.
    Email,
    /// Write to the contact with the phone; the other contact keeps the e-mail.
    Phone,
}

/// The result of a lookup.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Lookup {
    /// No contact has any of the keys.
    NotFound,
    /// One contact has them.
    Found {
        /// The contact.
        contact: Contact,
        /// By which of the keys.
        matched_by: MatchedBy,
        /// A key that another contact has and keeps ([`OnConflict`]).
        other: Option<(Field, ContactId)>,
    },
}

/// Looks the keys up. One key costs one request; a second key costs another one only where the first contact does not
/// have it.
///
/// # Errors
/// `Conflict`, `Ambiguous`, or HighLevel's failure.
pub(crate) async fn look_up(
    scope: &Scope,
    keys: &Keys,
    settings: &Location,
    on_conflict: OnConflict,
) -> Result<Lookup, Error> {
    let (by_email, by_phone) = if settings.phone_comes_first() {
        let by_phone = by_phone(scope, keys, settings).await?;
        if by_phone.as_ref().is_some_and(|contact| keys.all_match(contact)) {
            (None, by_phone)
        } else {
            (by_email(scope, keys, settings).await?, by_phone)
        }
    } else {
        let by_email = by_email(scope, keys, settings).await?;
        if by_email.as_ref().is_some_and(|contact| keys.all_match(contact)) {
            (by_email, None)
        } else {
            (by_email, by_phone(scope, keys, settings).await?)
        }
    };
    decide(by_email, by_phone, keys, on_conflict)
}

fn decide(
    by_email: Option<Contact>,
    by_phone: Option<Contact>,
    keys: &Keys,
    on_conflict: OnConflict,
) -> Result<Lookup, Error> {
    let one =
        |contact: Contact, other| Lookup::Found { matched_by: keys.matched_by(&contact), contact, other };
    Ok(match (by_email, by_phone) {
        (None, None) => Lookup::NotFound,
        (Some(contact), None) | (None, Some(contact)) => one(contact, None),
        (Some(a), Some(b)) if a.id == b.id => one(a, None),
        (Some(a), Some(b)) => match on_conflict {
            OnConflict::Fail => return Err(Error::Conflict { by_email: a.id, by_phone: b.id }),
            OnConflict::Email => one(a, Some((Field::Phone, b.id))),
            OnConflict::Phone => one(b, Some((Field::Email, a.id))),
        },
    })
}

async fn by_email(scope: &Scope, keys: &Keys, settings: &Location) -> Result<Option<Contact>, Error> {
    let Some(email) = &keys.email else { return Ok(None) };
    let matches = |contact: &Contact| match_email(contact, email);
    unique_match(scope, settings, Key::Email(email.as_str()), &matches).await
}

async fn by_phone(scope: &Scope, keys: &Keys, settings: &Location) -> Result<Option<Contact>, Error> {
    let Some(phone) = &keys.phone else { return Ok(None) };
    let matches = |contact: &Contact| match_phone(contact, phone);
    unique_match(scope, settings, Key::Phone(phone.as_str()), &matches).await
}

/// HighLevel may answer a contact that does not show the key at all; it is still the contact of that key. One that shows
/// another value instead is a different contact.
fn is_of_key(contact: &Contact, field: Field, matched: Option<MatchedBy>) -> bool {
    matched.is_some() || contact.text(field).is_none()
}

/// The one contact that has the key. Of several the caller has to choose: guessing could write to the wrong person.
async fn unique_match(
    scope: &Scope,
    settings: &Location,
    key: Key<'_>,
    matches: &(dyn Fn(&Contact) -> Option<MatchedBy> + Sync),
) -> Result<Option<Contact>, Error> {
    let mut all = all_matches(scope, settings, key, matches).await?;
    if all.len() < 2 {
        return Ok(all.pop());
    }
    all.sort_by_key(|contact| std::cmp::Reverse(contact.get("dateAdded").and_then(FieldValue::to_text)));
    let key = field_of(key).1;
    Err(Error::Ambiguous { key, contacts: all.into_iter().map(|contact| contact.id).collect() })
}

/// All contacts of a key. The lookup shows one of several where the location allows duplicates, and none where the
/// location does not identify contacts by this key; then the search index is asked for more.
async fn all_matches(
    scope: &Scope,
    settings: &Location,
    key: Key<'_>,
    matches: &(dyn Fn(&Contact) -> Option<MatchedBy> + Sync),
) -> Result<Vec<Contact>, ghl::Error> {
    let (field, name) = field_of(key);
    let mut all = api::find(scope, key).await?;
    all.retain(|contact| is_of_key(contact, field, matches(contact)));
    let more = if all.is_empty() { !settings.identifies_by(name) } else { settings.allows_duplicates() };
    if more {
        for contact in indexed(scope, key).await? {
            if matches(&contact).is_some() && !all.iter().any(|one| one.id == contact.id) {
                all.push(contact);
            }
        }
    }
    Ok(all)
}

/// All contacts that have the one given key.
pub(crate) async fn all_with_key(
    scope: &Scope,
    settings: &Location,
    keys: &Keys,
) -> Result<Vec<Contact>, ghl::Error> {
    match (&keys.email, &keys.phone) {
        (Some(email), _) => {
            let matches = |contact: &Contact| match_email(contact, email);
            all_matches(scope, settings, Key::Email(email.as_str()), &matches).await
        }
        (None, Some(phone)) => {
            let matches = |contact: &Contact| match_phone(contact, phone);
            all_matches(scope, settings, Key::Phone(phone.as_str()), &matches).await
        }
        (None, None) => Ok(Vec::new()),
    }
}

fn field_of(key: Key<'_>) -> (Field, &'static str) {
    match key {
        Key::Email(_) => (Field::Email, "email"),
        Key::Phone(_) => (Field::Phone, "phone"),
    }
}

/// All contacts of a key in the search index, which lags. The search of the recipes article takes no filter; its lookup
/// has answered all contacts already.
pub(crate) async fn indexed(scope: &Scope, key: Key<'_>) -> Result<Vec<Contact>, ghl::Error> {
    if api::dialect(scope) == ghl::Dialect::Recipe {
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
    Ok(api::search(scope, &search).await?.contacts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::value::email::Email;
    use crate::contacts::value::phone::Phone;

    fn person(id: &str) -> Contact {
        serde_json::from_str(&format!(r#"{{"id":"{id}","email":"ada@example.com"}}"#)).unwrap()
    }

    fn keys() -> Keys {
        let phone = Phone::parse("+14155550101", None).unwrap();
        Keys { email: Some(Email::parse("ada@example.com").unwrap()), phone: Some(phone) }
    }

    #[test]
    fn a_contact_found_by_both_keys_is_no_conflict() {
        // The contact does not show the phone in the form that HighLevel matches, so both keys were looked up.
        let found = decide(Some(person("a")), Some(person("a")), &keys(), OnConflict::Fail).unwrap();
        assert_eq!(found, Lookup::Found { contact: person("a"), matched_by: MatchedBy::Email, other: None });
    }

    #[test]
    fn two_contacts_are_a_conflict_unless_one_key_is_preferred() {
        let decide = |on_conflict| decide(Some(person("a")), Some(person("b")), &keys(), on_conflict);
        assert!(matches!(decide(OnConflict::Fail), Err(Error::Conflict { .. })));
        for (on_conflict, id, left) in
            [(OnConflict::Email, "a", (Field::Phone, "b")), (OnConflict::Phone, "b", (Field::Email, "a"))]
        {
            let Lookup::Found { contact, other, .. } = decide(on_conflict).unwrap() else {
                panic!("not found")
            };
            assert_eq!(contact.id.as_str(), id);
            assert_eq!(other, Some((left.0, left.1.parse().unwrap())));
        }
    }
}
