//! The keys of a call, as they are given, and what is known to read them by.

use crate::contacts::value::country::Country;
use crate::contacts::value::phone::{Candidate, CountrySource};
use crate::ghl::model::{Contact, Field, same_text};

/// The keys of a call.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GivenKeys<'a> {
    /// The e-mail, as typed.
    pub(crate) email: Option<&'a str>,
    /// The phone, as typed.
    pub(crate) phone: Option<&'a str>,
    /// The country that the call names.
    pub(crate) country: Option<Country>,
    /// The contact that is meant, where it is known already: its country reads a phone without a country code.
    pub(crate) contact: Option<&'a Contact>,
}

impl<'a> GivenKeys<'a> {
    /// The same for this contact, without a key that is written as the contact has it: it changes nothing, and HighLevel may
    /// hold what is no e-mail or no number.
    pub(crate) fn without_own(self, contact: &'a Contact) -> Self {
        let is_new = |field, key: &&str| contact.text(field).is_none_or(|own| !same_text(&own, key));
        Self {
            email: self.email.filter(|key| is_new(Field::Email, key)),
            phone: self.phone.filter(|key| is_new(Field::Phone, key)),
            contact: Some(contact),
            ..self
        }
    }

    /// The countries that the call and the contact name, in this order.
    pub(crate) fn candidates(&self) -> Vec<Candidate> {
        let own = self.contact.and_then(|contact| contact.text(Field::Country));
        let own = own.as_deref().and_then(Country::parse);
        let of = |source| move |country| Candidate { country, source };
        let call = self.country.map(of(CountrySource::Call));
        call.into_iter().chain(own.map(of(CountrySource::Contact))).collect()
    }
}
