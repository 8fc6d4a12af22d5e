//! Phone numbers. A number without a country code is read by the countries that may be meant, and refused where that gives
//! two numbers: a wrong guess is another person's phone.

use std::fmt;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType};

use crate::contacts::error::Error;
use crate::contacts::value::country::Country;
use crate::contacts::value::text::quoted;
use crate::contacts::value::typed::{digits, plain};
use crate::ghl::model::Field;

mod dialled;
mod forms;

use crate::contacts::value::phone::dialled::Dialled;

/// How a number is written so that it has one reading.
const FORM: &str = "Write it with its country code, like +14155550101.";

/// A phone number in E.164: `+14155550101`. HighLevel drops other forms without an error, or does not find them again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// Who says that a number is of a country. The caller's own word decides; the others only suggest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountrySource {
    /// The call's `country`.
    Call,
    /// The `country` that is stored with the contact.
    Contact,
    /// The configuration.
    Configured,
    /// The location's settings.
    Location,
}

/// A country by which a number without a country code may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The country.
    pub country: Country,
    /// Who says so.
    pub source: CountrySource,
}

/// A number, and how it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneRead {
    /// The number.
    pub phone: Phone,
    /// The country that completed it; none where the text has a country code.
    pub by: Option<Candidate>,
}

impl Phone {
    /// Whether the text begins with a country code (`+1`, `001`). Then no country is needed to read it.
    #[must_use]
    pub fn is_international(text: &str) -> bool {
        Dialled::read(text).is_ok_and(|dialled| dialled.international)
    }

    /// Whether the text is written as a number without its country code.
    #[must_use]
    pub fn needs_a_country(text: &str) -> bool {
        Dialled::read(text).is_ok_and(|dialled| !dialled.international)
    }

    /// Reads a number as people and spreadsheets write it. Where it has no country code, it is a number of the call's
    /// country if it exists there; otherwise of the one other candidate in which it exists.
    ///
    /// # Errors
    /// A character that is not part of a phone number, an extension, two numbers; a number that exists in none of the
    /// countries, or is a different number in each of two.
    pub fn read(text: &str, candidates: &[Candidate]) -> Result<PhoneRead, Error> {
        let dialled = Dialled::read(text)?;
        if dialled.international {
            return international(text, &dialled).map(|phone| PhoneRead { phone, by: None });
        }
        if candidates.is_empty() {
            return Err(Error::invalid(
                Field::Phone,
                format!("{} has no country code and no default country is known", quoted(text)),
            )
            .with_hint(format!("{FORM} Or give its country, or set a default country.")));
        }
        let (call, others): (Vec<Candidate>, Vec<Candidate>) =
            candidates.iter().partition(|one| one.source == CountrySource::Call);
        for (group, also) in [(&call, others.as_slice()), (&others, [].as_slice())] {
            let mut found = readings(&dialled.digits, group, also);
            match found.pop() {
                None => {}
                Some(read) if found.is_empty() => return Ok(read),
                Some(last) => return Err(two_readings(text, &found, &last)),
            }
        }
        Err(no_reading(text, &dialled.digits, candidates))
    }

    /// Reads a number by at most one country.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(text: &str, country: Option<Country>) -> Result<Self, Error> {
        let candidate = country.map(|country| Candidate { country, source: CountrySource::Configured });
        Self::read(text, candidate.as_slice()).map(|read| read.phone)
    }

    /// Whether a stored text is this number, in this or in another form of its country's plan. A text without a country
    /// code is read in the first of these countries in which it is a number, and in none of them by its digits.
    #[must_use]
    pub fn is_written_as(&self, stored: &str, countries: impl IntoIterator<Item = Country>) -> bool {
        if stored == self.0 {
            return true;
        }
        let plan = forms::of_the_plan(&self.0);
        let is_it = |e164: &str| e164 == self.0 || plan.iter().any(|form| form == e164);
        let with_code = |digits: &str| is_it(&format!("+{digits}"));
        let stored = &plain(stored);
        let stored_digits = digits(stored);
        if Self::has_country_code(stored) {
            return with_code(stored_digits.strip_prefix("00").unwrap_or(&stored_digits));
        }
        let mut readings =
            countries.into_iter().filter_map(|country| Self::parse(stored, Some(country)).ok());
        readings.next().map_or_else(|| with_code(&stored_digits), |reading| is_it(&reading.0))
    }

    /// Whether a stored text begins with a country code, after `+` or after `00`, which no national number begins with.
    #[must_use]
    pub fn has_country_code(stored: &str) -> bool {
        let first = stored.chars().find(|c| matches!(c, '+' | '＋') || c.is_numeric());
        matches!(first, Some('+' | '＋')) || digits(stored).starts_with("00")
    }

    /// The number in E.164.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The other forms under which a contact with this number may be stored: the number before or after a change of its
    /// country's plan (Mexico's 1, Brazil's ninth digit, Argentina's 9), and without its country code where `home`, the
    /// location's country, has that code. None of them is this number itself.
    #[must_use]
    pub fn same_person_forms(&self, home: Option<Country>) -> Vec<String> {
        let mut all = forms::of_the_plan(&self.0);
        if let Some(home) = home
            && let Ok(number) = PHONE_NUMBER_UTIL.parse(&self.0, None)
            && calling_code(home) == Some(number.country_code)
        {
            let national = digits(&number.format_as(PhoneNumberFormat::National));
            let significant = number.get_national_significant_number();
            all.extend([significant, national]);
        }
        all.dedup();
        all
    }

    fn of(number: &PhoneNumber) -> Self {
        Self(number.format_as(PhoneNumberFormat::E164).into_owned())
    }
}

fn calling_code(country: Country) -> Option<i32> {
    PHONE_NUMBER_UTIL.get_country_code_for_region(country.region()?)
}

/// The number that these digits are after a `+`, if it exists. A form that its country has given up, such as Mexico's
/// +52 1, is the number of today.
fn existing(digits: &str) -> Option<PhoneNumber> {
    let parse = |e164: &str| PHONE_NUMBER_UTIL.parse(e164, None).ok();
    let e164 = format!("+{digits}");
    let number = parse(&e164)?;
    if number.is_possible_with_reason().is_ok() {
        return Some(number).filter(PhoneNumber::is_valid);
    }
    forms::of_the_plan(&e164).iter().filter_map(|form| parse(form)).find(PhoneNumber::is_valid)
}

/// A number with its country code. It may be one that cannot be dialled, such as a number of a film, if it was written
/// with a `+`.
fn international(text: &str, dialled: &Dialled) -> Result<Phone, Error> {
    let forms = std::iter::once(&dialled.digits).chain(&dialled.without_zero);
    let mut found: Vec<Phone> = forms.filter_map(|digits| existing(digits)).map(|n| Phone::of(&n)).collect();
    found.dedup();
    match found.as_slice() {
        [one] => return Ok(one.clone()),
        [] => {}
        several => {
            let several: Vec<&str> = several.iter().map(Phone::as_str).collect();
            return Err(Error::invalid(
                Field::Phone,
                format!("{} can be read as {}", quoted(text), several.join(" or ")),
            )
            .with_hint("Write the one that is meant, without (0)."));
        }
    }
    let number = PHONE_NUMBER_UTIL.parse(format!("+{}", dialled.digits), None).map_err(|_| {
        Error::invalid(Field::Phone, format!("{} is not a phone number", quoted(text))).with_hint(FORM)
    })?;
    if !dialled.plus || number.is_possible_with_reason().is_err() {
        let reason = format!("{} has too few or too many digits for its country code", quoted(text));
        return Err(Error::invalid(Field::Phone, reason).with_hint(FORM));
    }
    Ok(Phone::of(&number))
}

/// The different numbers that the digits are in these countries. A reading that drops leading digits competes with the one
/// that takes them for the country code of a country in `also`.
fn readings(digits: &str, countries: &[Candidate], also: &[Candidate]) -> Vec<PhoneRead> {
    let mut found: Vec<PhoneRead> = Vec::new();
    let mut add = |number: &PhoneNumber, by: Candidate| {
        let phone = Phone::of(number);
        if !found.iter().any(|one| one.phone == phone) {
            found.push(PhoneRead { phone, by: Some(by) });
        }
    };
    let with_code = |candidate: &Candidate| {
        let code = calling_code(candidate.country)?.to_string();
        digits.starts_with(&code).then(|| existing(digits))?
    };
    let mut dropped = false;
    for candidate in countries {
        let region = candidate.country.region();
        let national = region.and_then(|region| PHONE_NUMBER_UTIL.parse(digits, Some(region)).ok());
        let given_up = || {
            let code = calling_code(candidate.country)?;
            existing(&format!("{code}{}", forms::without_given_up_prefix(code, digits)))
        };
        let national = national.filter(PhoneNumber::is_valid).or_else(given_up);
        let with_code = with_code(candidate);
        // A German mobile with its code and without `+` has the form of a very long number of the town of Leer.
        let is_mobile = |number: &PhoneNumber| number.get_type() == PhoneNumberType::Mobile;
        let clearly_with_code = with_code.as_ref().is_some_and(is_mobile);
        let national = national.filter(|number| !clearly_with_code || is_mobile(number));
        if let Some(number) = national {
            dropped |= number.get_national_significant_number() != digits;
            add(&number, *candidate);
        }
        if let Some(number) = with_code {
            add(&number, *candidate);
        }
    }
    for candidate in also.iter().filter(|_| dropped) {
        if let Some(number) = with_code(candidate) {
            add(&number, *candidate);
        }
    }
    found
}

fn two_readings(text: &str, others: &[PhoneRead], last: &PhoneRead) -> Error {
    let all = others.iter().chain([last]);
    let named = all.map(|read| match read.by {
        Some(by) => format!("{} ({by})", read.phone),
        None => read.phone.to_string(),
    });
    let named = named.collect::<Vec<_>>().join(" or ");
    Error::invalid(Field::Phone, format!("{} can be read as {named}", quoted(text)))
        .with_hint("Write the one that is meant, with + and its country code.")
}

fn no_reading(text: &str, digits: &str, candidates: &[Candidate]) -> Error {
    let named = candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
    let error = Error::invalid(Field::Phone, format!("{} is not a number of {named}", quoted(text)));
    match existing(digits) {
        Some(number) => error.with_hint(format!("If {} is meant, write it so. {FORM}", Phone::of(&number))),
        None => error.with_hint(format!("{FORM} Or give its country.")),
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match self.source {
            CountrySource::Call => "the country given",
            CountrySource::Contact => "the contact's country",
            CountrySource::Configured => "the default country",
            CountrySource::Location => "the location's country",
        };
        write!(f, "{}, {whose}", self.country.code())
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
