//! Phone numbers.

use std::fmt;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use crate::contacts::error::Error;
use crate::contacts::value::country::Country;
use crate::ghl::model::Field;

/// The most characters of a phone number as people write it.
const MAX_CHARS: usize = 40;

/// A phone number in E.164: `+14155550101`. HighLevel drops other forms without an error, or does not find them again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Whether the text begins with a country code. Then no country is needed to read it.
    #[must_use]
    pub fn is_international(text: &str) -> bool {
        text.trim().starts_with(['+', '＋'])
    }

    /// Reads a number as people write it: with a country code, or without one where `country` is known.
    ///
    /// # Errors
    /// The text has letters, an extension, or too few or too many digits; a national number has no country, or does not
    /// exist in it.
    pub fn parse(text: &str, country: Option<Country>) -> Result<Self, Error> {
        let text = text.trim();
        check_characters(text)?;
        let international = Self::is_international(text);
        if !international && country.is_none() {
            return Err(Error::invalid(Field::Phone, "has no country code and no default country is known")
                .with_hint("Write it with its country code, like +14155550101, or set a default country."));
        }
        let region = country.filter(|_| !international).map(Country::region);
        let number = PHONE_NUMBER_UTIL.parse(text, region).map_err(|_| {
            Error::invalid(Field::Phone, "is not a phone number").with_hint("Use E.164, like +14155550101.")
        })?;
        if number.is_possible_with_reason().is_err() {
            return Err(Error::invalid(Field::Phone, "has too few or too many digits for its country")
                .with_hint("Use E.164, like +14155550101."));
        }
        // A number without a country code is completed by a guess, so it must be one that exists.
        if !international && !number.is_valid() {
            return Err(Error::invalid(Field::Phone, "is not a number of the default country")
                .with_hint("Write it with its country code, like +14155550101."));
        }
        Ok(Self(number.format_as(PhoneNumberFormat::E164).into_owned()))
    }

    /// Whether a stored text is this number. A text without a country code is read in the first of these countries in which
    /// it is a number, and in none of them by its digits.
    #[must_use]
    pub fn is_written_as(&self, stored: &str, countries: impl IntoIterator<Item = Country>) -> bool {
        if Self::has_country_code(stored) {
            let digits = digits(stored);
            return digits.strip_prefix("00").unwrap_or(&digits) == self.0.trim_start_matches('+');
        }
        let mut readings =
            countries.into_iter().filter_map(|country| Self::parse(stored, Some(country)).ok());
        readings.next().map_or_else(|| digits(stored) == digits(&self.0), |reading| reading == *self)
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
}

/// The digits of a text, in whichever script.
fn digits(text: &str) -> String {
    // Full-width digits are common in Japan; other scripts are read where a country is known.
    let ascii = |c: char| match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')),
        _ => c.is_ascii_digit().then_some(c),
    };
    text.chars().filter_map(ascii).collect()
}

/// Refuses texts that the library would guess at: vanity letters, extensions (whose pattern alone costs it 36 ms on first
/// use), and texts that are no number at all.
fn check_characters(text: &str) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::invalid(Field::Phone, "is empty"));
    }
    if text.chars().count() > MAX_CHARS {
        return Err(Error::invalid(Field::Phone, "is longer than 40 characters"));
    }
    let lower = text.to_lowercase();
    if lower.contains(['x', '#', ';']) {
        return Err(Error::invalid(Field::Phone, "has an extension, which HighLevel cannot store")
            .with_hint("Send the number without it; put the extension into a custom field."));
    }
    if let Some(letter) = text.chars().find(|c| c.is_alphabetic()) {
        return Err(Error::invalid(Field::Phone, format!("has the letter \"{letter}\""))
            .with_hint("Write it in digits."));
    }
    let marks = "+＋-‐‑–—()./ \u{a0}";
    if text.contains(|c: char| !c.is_numeric() && !marks.contains(c)) {
        return Err(Error::invalid(Field::Phone, "has a character that a phone number cannot have"));
    }
    Ok(())
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_becomes_e164() {
        let us = Country::parse("us");
        for (text, country, e164) in [
            ("+1 (415) 555-0101", None, "+14155550101"),
            ("(415) 555-0101", us, "+14155550101"),
            ("1-415-555-0101", us, "+14155550101"),
            ("020 7946 0018", Country::parse("GB"), "+442079460018"),
            ("+44 20 7946 0018", us, "+442079460018"),
            ("４１５５５５０１０１", us, "+14155550101"),
            ("＋14155550101", None, "+14155550101"),
        ] {
            assert_eq!(Phone::parse(text, country).unwrap().as_str(), e164, "{text}");
        }
    }

    #[test]
    fn a_phone_with_more_than_one_meaning_is_refused() {
        let us = Country::parse("US");
        for (text, country) in [
            ("4155550101", None),
            ("12", us),
            ("+", us),
            ("", us),
            ("1-800-FLOWERS", us),
            ("+1 415 555 0101 ext 3", us),
            ("+14155550101x3", us),
            ("020 7946 0018", us),
            ("1234567890123456789012345678901234567890", us),
            ("+14155550101\u{202e}", us),
        ] {
            assert!(Phone::parse(text, country).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_number_that_cannot_be_dialled_needs_its_country_code() {
        assert_eq!(Phone::parse("+1 555 555 0100", None).unwrap().as_str(), "+15555550100");
        assert!(Phone::parse("555 555 0100", Country::parse("US")).is_err());
    }

    #[test]
    fn a_stored_phone_is_read_in_the_country_where_it_is_a_number() {
        let (us, gb, ch) = (Country::parse("US"), Country::parse("GB"), Country::parse("CH"));
        let phone = |text: &str| Phone::parse(text, None).unwrap();
        for stored in [
            "+1 (415) 555-0101",
            "(415) 555-0101",
            "4155550101",
            "14155550101",
            "0014155550101",
            "00 1 415 555 0101",
            "011 1 415 555 0101",
            "1-415-555-0101",
            "415.555.0101",
            "＋１４１５５５５０１０１",
            "(+1) 415-555-0101",
        ] {
            assert!(phone("+14155550101").is_written_as(stored, us), "{stored}");
        }
        for (wanted, stored, countries) in [
            ("+14155550101", "4155550101", vec![]),
            ("+14155550101", "(415) 555-0102", vec![us]),
            ("+14155550101", "+4155550101", vec![us]),
            ("+442079460018", "020 7946 0018", vec![us]),
            // In the United States this is another number, although its digits are these.
            ("+6565123456", "6565123456", vec![us]),
            ("+14155550101", "", vec![us]),
        ] {
            assert!(
                !phone(wanted).is_written_as(stored, countries.into_iter().flatten()),
                "{wanted} {stored}"
            );
        }
        assert!(phone("+442079460018").is_written_as("020 7946 0018", [gb, us].into_iter().flatten()));
        assert!(phone("+442079460018").is_written_as("442079460018", None));
        assert!(phone("+41445550101").is_written_as("044 555 01 01", ch));
    }

    #[test]
    fn a_phone_of_forty_characters_is_still_read() {
        let padded = |spaces: usize| format!("+1{}4155550101", " ".repeat(spaces));
        assert_eq!(Phone::parse(&padded(28), None).unwrap().as_str(), "+14155550101");
        let error = Phone::parse(&padded(29), None).unwrap_err();
        assert_eq!(error.to_string(), "phone: is longer than 40 characters");
    }
}
