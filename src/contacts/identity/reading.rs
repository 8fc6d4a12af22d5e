//! The keys of a call, as they are given, and what is known to read them by.

use crate::contacts::value::country::Country;
use crate::contacts::value::phone::{Candidate, CountrySource};
use crate::ghl::model::{Contact, Field};

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

impl GivenKeys<'_> {
    /// The countries that the call and the contact name, in this order.
    pub(crate) fn candidates(&self) -> Vec<Candidate> {
        let own = self.contact.and_then(|contact| contact.text(Field::Country));
        let own = own.as_deref().and_then(Country::parse);
        let of = |source| move |country| Candidate { country, source };
        let call = self.country.map(of(CountrySource::Call));
        call.into_iter().chain(own.map(of(CountrySource::Contact))).collect()
    }
}
