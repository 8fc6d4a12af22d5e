//! The contact of an e-mail or a phone, by `GET /contacts/search/duplicate`. The search index lags, so it is asked only
//! for further contacts of the same key.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::error::Error;
use crate::contacts::identity::keys::{Keys, MatchedBy, Shown};
use crate::contacts::location::LocationCache;
use crate::contacts::value::email::Email;
use crate::ghl;
use crate::ghl::model::{
    Contact, Dialect, Direction, Field, FieldValue, Filter, Location, Operator, Search, Sort,
};
use crate::ghl::{ContactId, Kind, Scope, Written};
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
    Found(Found),
}

impl Lookup {
    /// The contact that was found, if one was.
    pub(crate) fn found(&self) -> Option<&Found> {
        match self {
            Self::NotFound => None,
            Self::Found(found) => Some(found),
        }
    }
}

/// A contact that was found by the given keys.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// The contact.
    pub(crate) contact: Contact,
    /// By which of the keys.
    pub(crate) matched_by: MatchedBy,
    /// A key that another contact has and keeps ([`OnConflict`]).
    pub(crate) other: Option<(Field, ContactId)>,
    /// Keys of which the contact keeps its own value ([`OnConflict`]).
    pub(crate) kept: Vec<Field>,
    /// Keys by which HighLevel found the contact, and which it does not show. They are never written: the contact may have
    /// another value there, or this one as an additional one.
    pub(crate) unseen: Vec<Field>,
}

/// Looks the keys up. One key costs one request; a second key costs another one only where the first contact does not
/// have it. `settings` are the location's as far as they are known; they are read where a stored phone has no country code.
///
/// # Errors
/// `Conflict`, `Ambiguous`, `Mismatch` where HighLevel answers a contact that has other keys, or HighLevel's failure.
pub(crate) async fn look_up(
    scope: &Scope,
    location: &LocationCache,
    keys: &Keys,
    settings: &Location,
    on_conflict: OnConflict,
) -> Result<Lookup, Error> {
    let order = if settings.phone_comes_first() {
        [Field::Phone, Field::Email]
    } else {
        [Field::Email, Field::Phone]
    };
    let mut keys = keys.in_location(settings);
    let (mut by_email, mut by_phone) = (None, None);
    for field in order {
        let found = unique_match(scope, location, &mut keys, settings, field).await?;
        let settled = found.as_ref().is_some_and(|contact| keys.all_match(contact));
        *(if field == Field::Email { &mut by_email } else { &mut by_phone }) = found;
        if settled {
            break;
        }
    }
    decide(by_email, by_phone, &keys, on_conflict)
}

fn decide(
    by_email: Option<Contact>,
    by_phone: Option<Contact>,
    keys: &Keys,
    on_conflict: OnConflict,
) -> Result<Lookup, Error> {
    let hides = |contact: &Option<Contact>, shown: fn(&Keys, &Contact) -> Option<Shown>| {
        contact.as_ref().is_some_and(|contact| shown(keys, contact) == Some(Shown::Nothing))
    };
    let (no_email, no_phone) = (hides(&by_email, Keys::email_of), hides(&by_phone, Keys::phone_of));
    let (contact, other) = match (by_email, by_phone) {
        (None, None) => return Ok(Lookup::NotFound),
        (Some(contact), None) | (None, Some(contact)) => (contact, None),
        (Some(a), Some(b)) if a.id == b.id => (a, None),
        (Some(a), Some(b)) => match on_conflict {
            OnConflict::Fail => return Err(Error::Conflict { by_email: a.id, by_phone: b.id }),
            OnConflict::Email => (a, Some((Field::Phone, b.id))),
            OnConflict::Phone => (b, Some((Field::Email, a.id))),
        },
    };
    let mut found = found(contact, keys)?;
    found.other = other;
    found.unseen.extend(no_email.then_some(Field::Email));
    found.unseen.extend(no_phone.then_some(Field::Phone));
    Ok(Lookup::Found(found))
}

/// A contact of which HighLevel says that it has the given keys, compared with them.
///
/// # Errors
/// `Mismatch` where it shows others.
pub(crate) fn found(contact: Contact, keys: &Keys) -> Result<Found, ghl::Error> {
    if keys.are_of_another(&contact) {
        return Err(mismatch(keys.named(), &contact));
    }
    let matched_by = keys.matched_by(&contact);
    let unseen = if matched_by == MatchedBy::None { vec![Field::Email, Field::Phone] } else { Vec::new() };
    Ok(Found { contact, matched_by, other: None, kept: Vec::new(), unseen })
}

/// The same result with the whole contact, read by its id: a lookup may leave out what the contact has.
///
/// # Errors
/// `Mismatch` where it shows other keys, or HighLevel's failure.
pub(crate) async fn read_whole(scope: &Scope, before: Found, keys: &Keys) -> Result<Found, ghl::Error> {
    let contact = found(api::get(scope, &before.contact.id).await?, keys)?.contact;
    Ok(Found { contact, ..before })
}

fn mismatch(asked: String, contact: &Contact) -> ghl::Error {
    let answered = format!("contact {}, which does not show it", contact.id);
    ghl::Error::new(Kind::Mismatch { asked, answered }, Written::No)
}

/// The one contact that has the key. Of several the caller has to choose: guessing could write to the wrong person.
async fn unique_match(
    scope: &Scope,
    location: &LocationCache,
    keys: &mut Keys,
    settings: &Location,
    field: Field,
) -> Result<Option<Contact>, Error> {
    let mut all = all_matches(scope, location, keys, settings, field).await?;
    if all.len() < 2 {
        return Ok(all.pop());
    }
    all.sort_by_key(|contact| std::cmp::Reverse(contact.get("dateAdded").and_then(FieldValue::to_text)));
    Err(Error::Ambiguous {
        key: field.as_str(),
        contacts: all.into_iter().map(|contact| contact.id).collect(),
    })
}

/// All contacts of a key. The lookup shows one of several where the location allows duplicates, and none where the
/// location does not identify contacts by this key; then the search index is asked for more.
async fn all_matches(
    scope: &Scope,
    location: &LocationCache,
    keys: &mut Keys,
    settings: &Location,
    field: Field,
) -> Result<Vec<Contact>, ghl::Error> {
    let one = Keys {
        email: keys.email.clone().filter(|_| field == Field::Email),
        phone: keys.phone.clone().filter(|_| field == Field::Phone),
        ..Keys::default()
    };
    let Some(key) = one.first() else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    let (answered, dialect) = answered(scope, key, &one).await?;
    for contact in answered {
        if keys.need_a_country(&contact) {
            *keys = keys.in_location(&*location.settings(scope).await?);
        }
        let one = Keys { countries: keys.countries.clone(), ..one.clone() };
        all.extend(of_key(scope, contact, dialect, &one, keys).await?);
    }
    let more =
        if all.is_empty() { !settings.identifies_by(field.as_str()) } else { settings.allows_duplicates() };
    if more {
        for contact in indexed(scope, key).await? {
            let one = Keys { countries: keys.countries.clone(), ..one.clone() };
            if one.all_match(&contact) && !all.iter().any(|one| one.id == contact.id) {
                all.push(contact);
            }
        }
    }
    Ok(all)
}

/// What the lookup of a key answers. A phone may be stored in another form of its country's plan, such as Mexico's +52 1, and
/// an e-mail in the other form of its domain; these are looked up where no contact has this one.
async fn answered(scope: &Scope, key: Key<'_>, keys: &Keys) -> Result<(Vec<Contact>, Dialect), ghl::Error> {
    let mut answered = api::find(scope, key).await?;
    let (phones, email) = match key {
        Key::Phone(_) => (keys.phone.as_ref().map(|phone| phone.same_person_forms(None)), None),
        Key::Email(_) => (None, keys.email.as_ref().and_then(Email::other_form)),
    };
    let phones = phones.unwrap_or_default();
    for other in phones.iter().map(|form| Key::Phone(form)).chain(email.iter().map(|form| Key::Email(form))) {
        if answered.0.is_empty() {
            answered = api::find(scope, other).await?;
        }
    }
    Ok(answered)
}

/// The contact that a lookup by one key answered, if it is the contact of that key. One that does not show the key is
/// read by its id, which shows more; if it still shows none of the `given` keys, it may be another one.
async fn of_key(
    scope: &Scope,
    contact: Contact,
    dialect: Dialect,
    key: &Keys,
    given: &Keys,
) -> Result<Option<Contact>, ghl::Error> {
    let shows_nothing = !key.all_match(&contact) && !key.are_of_another(&contact);
    let contact = if shows_nothing { api::get(scope, &contact.id).await? } else { contact };
    if key.are_of_another(&contact) && dialect == Dialect::Recipe {
        // The article's search is fuzzy: it answers other contacts too.
        return Ok(None);
    }
    if key.are_of_another(&contact) || given.matched_by(&contact) == MatchedBy::None {
        return Err(mismatch(key.named(), &contact));
    }
    Ok(Some(contact))
}

/// All contacts that have the one given key.
pub(crate) async fn all_with_key(
    scope: &Scope,
    location: &LocationCache,
    settings: &Location,
    keys: &Keys,
) -> Result<Vec<Contact>, ghl::Error> {
    let field = if keys.email.is_some() { Field::Email } else { Field::Phone };
    all_matches(scope, location, &mut keys.in_location(settings), settings, field).await
}

/// All contacts of a key in the search index, which lags. The search of the recipes article takes no filter; its lookup
/// has answered all contacts already.
pub(crate) async fn indexed(scope: &Scope, key: Key<'_>) -> Result<Vec<Contact>, ghl::Error> {
    if api::dialect(scope) == ghl::Dialect::Recipe {
        return Ok(Vec::new());
    }
    let (Key::Email(value) | Key::Phone(value)) = key;
    let field = match key {
        Key::Email(_) => "email",
        Key::Phone(_) => "phone",
    }
    .to_owned();
    let search = Search {
        page_limit: 20,
        filters: vec![Filter::On { field, operator: Operator::Eq, value: Some(value.into()) }],
        query: None,
        sort: vec![Sort { field: "dateAdded", direction: Direction::Desc }],
        search_after: None,
    };
    api::search(scope, &search).await?.all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::value::phone::Phone;

    fn person(id: &str) -> Contact {
        serde_json::from_str(&format!(r#"{{"id":"{id}","email":"ada@example.com"}}"#)).unwrap()
    }

    fn keys() -> Keys {
        let phone = Phone::parse("+14155550101", None).unwrap();
        Keys { email: Some(Email::parse("ada@example.com").unwrap()), phone: Some(phone), ..Keys::default() }
    }

    #[test]
    fn a_contact_found_by_both_keys_is_no_conflict() {
        // The contact does not show the phone in the form that HighLevel matches, so both keys were looked up.
        let found = decide(Some(person("a")), Some(person("a")), &keys(), OnConflict::Fail).unwrap();
        // HighLevel found it by the phone and does not show it, so the phone is not written.
        let (contact, unseen) = (person("a"), vec![Field::Phone]);
        assert_eq!(
            found,
            Lookup::Found(Found {
                contact,
                matched_by: MatchedBy::Email,
                other: None,
                kept: Vec::new(),
                unseen
            })
        );
    }

    #[test]
    fn two_contacts_are_a_conflict_unless_one_key_is_preferred() {
        let decide = |on_conflict| decide(Some(person("a")), Some(person("b")), &keys(), on_conflict);
        assert!(matches!(decide(OnConflict::Fail), Err(Error::Conflict { .. })));
        for (on_conflict, id, left) in
            [(OnConflict::Email, "a", (Field::Phone, "b")), (OnConflict::Phone, "b", (Field::Email, "a"))]
        {
            let Lookup::Found(Found { contact, other, .. }) = decide(on_conflict).unwrap() else {
                panic!("not found")
            };
            assert_eq!(contact.id.as_str(), id);
            assert_eq!(other, Some((left.0, left.1.parse().unwrap())));
        }
    }
}
