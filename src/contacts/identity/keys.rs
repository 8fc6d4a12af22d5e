//! The keys of a contact, and by which of them a contact matches.

use schemars::JsonSchema;
use serde::Serialize;

use crate::contacts::value::country::Country;
use crate::contacts::value::email::Email;
use crate::contacts::value::phone::{Candidate, Phone};
use crate::ghl::Key;
use crate::ghl::model::{Contact, Field, FieldValue, Location, same_email};

/// The given keys, in normal form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// The e-mail.
    pub(crate) email: Option<Email>,
    /// The phone.
    pub(crate) phone: Option<Phone>,
    /// The country that completed the phone; none where it was given with its country code.
    pub(crate) phone_by: Option<Candidate>,
    /// The countries in which a stored phone without a country code is read, after the contact's own.
    pub(crate) countries: Vec<Country>,
}

/// What a contact shows of one of the given keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The given key, as its primary or as an additional one.
    Key(MatchedBy),
    /// Another value in its place.
    Other,
    /// Nothing: HighLevel does not show it to every caller.
    Nothing,
}

/// By which key an existing contact was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MatchedBy {
    /// Its primary e-mail.
    Email,
    /// Its primary phone.
    Phone,
    /// An additional e-mail.
    AdditionalEmail,
    /// An additional phone.
    AdditionalPhone,
    /// The given contact id.
    ContactId,
    /// By none: the contact is new, or does not show the key.
    None,
}

impl Keys {
    /// The same keys; stored phones are read in the country of this location too.
    pub(crate) fn in_location(&self, location: &Location) -> Self {
        let mut keys = self.clone();
        keys.countries.extend(location.country.as_deref().and_then(Country::parse));
        keys
    }

    /// Whether the contact shows a phone that means nothing without a country.
    pub(crate) fn need_a_country(&self, contact: &Contact) -> bool {
        let mut phones = contact.text(Field::Phone).into_iter().chain(contact.additional_phones());
        self.phone.is_some() && self.countries.is_empty() && phones.any(|one| !Phone::has_country_code(&one))
    }

    /// What the contact shows of the given e-mail; none where no e-mail is given.
    pub(crate) fn email_of(&self, contact: &Contact) -> Option<Shown> {
        let email = self.email.as_ref()?.as_str();
        let is_it = |one: &str| same_email(one, email);
        let (primary, more) = (written(contact, Field::Email), contact.additional_emails());
        Some(shown(primary, &more, is_it, MatchedBy::Email, MatchedBy::AdditionalEmail))
    }

    /// What the contact shows of the given phone; none where no phone is given.
    pub(crate) fn phone_of(&self, contact: &Contact) -> Option<Shown> {
        let phone = self.phone.as_ref()?;
        let countries = with_own(contact, &self.countries);
        let is_it = |one: &str| phone.is_written_as(one, countries.iter().copied());
        let (primary, more) = (written(contact, Field::Phone), contact.additional_phones());
        Some(shown(primary, &more, is_it, MatchedBy::Phone, MatchedBy::AdditionalPhone))
    }

    /// By which of the keys this contact matches; the e-mail comes first.
    pub(crate) fn matched_by(&self, contact: &Contact) -> MatchedBy {
        let mut keys = [self.email_of(contact), self.phone_of(contact)].into_iter().flatten();
        let matched = keys.find_map(|shown| match shown {
            Shown::Key(matched) => Some(matched),
            Shown::Other | Shown::Nothing => None,
        });
        matched.unwrap_or(MatchedBy::None)
    }

    /// Whether the contact has every given key.
    pub(crate) fn all_match(&self, contact: &Contact) -> bool {
        let keys = [self.email_of(contact), self.phone_of(contact)];
        keys.into_iter().flatten().all(|shown| matches!(shown, Shown::Key(_)))
    }

    /// Whether the contact shows a value in place of a given key, and none of the given keys: it is another contact.
    pub(crate) fn are_of_another(&self, contact: &Contact) -> bool {
        let keys = [self.email_of(contact), self.phone_of(contact)];
        self.matched_by(contact) == MatchedBy::None && keys.contains(&Some(Shown::Other))
    }

    /// Each of the keys alone.
    pub(crate) fn each(&self) -> impl Iterator<Item = (Field, Self)> {
        let email = self.email.is_some().then(|| (Field::Email, Self { phone: None, ..self.clone() }));
        let phone = self.phone.is_some().then(|| (Field::Phone, Self { email: None, ..self.clone() }));
        email.into_iter().chain(phone)
    }

    /// The first of the keys, to look it up.
    pub(crate) fn first(&self) -> Option<Key<'_>> {
        let email = self.email.as_ref().map(|email| Key::Email(email.as_str()));
        email.or_else(|| self.phone.as_ref().map(|phone| Key::Phone(phone.as_str())))
    }

    /// The keys in the words of an error.
    pub(crate) fn named(&self) -> String {
        let email = self.email.as_ref().map(|email| format!("the email {email}"));
        let phone = self.phone.as_ref().map(|phone| format!("the phone {phone}"));
        email.into_iter().chain(phone).collect::<Vec<_>>().join(" and ")
    }
}

/// The countries in which a phone of this contact is read: its own first.
pub(crate) fn with_own(contact: &Contact, countries: &[Country]) -> Vec<Country> {
    let own = contact.text(Field::Country).as_deref().and_then(Country::parse);
    own.into_iter().chain(countries.iter().copied()).collect()
}

/// A key that is shown as a text. A value of another type is none that could be compared.
fn written(contact: &Contact, key: Field) -> Option<String> {
    contact.get(key.as_str()).and_then(FieldValue::as_text).map(str::to_owned)
}

fn shown(
    primary: Option<String>,
    additional: &[String],
    is_it: impl Fn(&str) -> bool,
    as_primary: MatchedBy,
    as_additional: MatchedBy,
) -> Shown {
    match primary {
        Some(primary) if is_it(&primary) => Shown::Key(as_primary),
        _ if additional.iter().any(|one| is_it(one)) => Shown::Key(as_additional),
        None if additional.is_empty() => Shown::Nothing,
        _ => Shown::Other,
    }
}
