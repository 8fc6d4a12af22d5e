//! The keys of a contact, and by which of them a contact matches.

use schemars::JsonSchema;
use serde::Serialize;

use crate::contacts::value::email::Email;
use crate::contacts::value::phone::Phone;
use crate::ghl::model::{Contact, Field, same_email, same_phone};

/// The given keys, in normal form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// The e-mail.
    pub(crate) email: Option<Email>,
    /// The phone.
    pub(crate) phone: Option<Phone>,
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
    /// By none: the contact is new, or does not show the key.
    None,
}

impl Keys {
    /// By which of the keys this contact matches; the e-mail comes first.
    pub(crate) fn matched_by(&self, contact: &Contact) -> MatchedBy {
        let by_email = self.email.as_ref().and_then(|email| match_email(contact, email));
        let by_phone = || self.phone.as_ref().and_then(|phone| match_phone(contact, phone));
        by_email.or_else(by_phone).unwrap_or(MatchedBy::None)
    }

    /// Whether the contact has every given key.
    pub(crate) fn all_match(&self, contact: &Contact) -> bool {
        self.email.as_ref().is_none_or(|email| match_email(contact, email).is_some())
            && self.phone.as_ref().is_none_or(|phone| match_phone(contact, phone).is_some())
    }
}

/// Whether the contact has this e-mail, as its primary or as an additional one.
pub(crate) fn match_email(contact: &Contact, email: &Email) -> Option<MatchedBy> {
    if contact.text(Field::Email).is_some_and(|one| same_email(&one, email.as_str())) {
        return Some(MatchedBy::Email);
    }
    let additional = contact.additional_emails().iter().any(|one| same_email(one, email.as_str()));
    additional.then_some(MatchedBy::AdditionalEmail)
}

/// Whether the contact has this phone, as its primary or as an additional one.
pub(crate) fn match_phone(contact: &Contact, phone: &Phone) -> Option<MatchedBy> {
    if contact.text(Field::Phone).is_some_and(|one| same_phone(&one, phone.as_str())) {
        return Some(MatchedBy::Phone);
    }
    let additional = contact.additional_phones().iter().any(|one| same_phone(one, phone.as_str()));
    additional.then_some(MatchedBy::AdditionalPhone)
}
