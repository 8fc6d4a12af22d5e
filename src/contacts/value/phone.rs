//! E-mail and phone as keys: one normal form each, or a refusal with its reason.

use std::fmt;

use rlibphonenumber::enums::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use crate::contacts::Error;
use crate::ghl::is_invisible;

/// The longest e-mail address (RFC 5321, erratum 1690).
const LONGEST_EMAIL: usize = 254;
/// No phone as people write it is longer.
const LONGEST_PHONE: usize = 40;

/// An e-mail address: trimmed and lower-cased, as HighLevel compares it (`emailLowerCase`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Takes an address as people type it.
    ///
    /// # Errors
    /// What is wrong with it: no `@`, two of them, a space, a second address, a domain without a dot.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let invalid = |reason: &str| Err(Error::invalid("email", reason));
        let email = text.trim().to_lowercase();
        if email.is_empty() {
            return invalid("is empty");
        }
        if email.len() > LONGEST_EMAIL {
            return invalid("is longer than 254 characters");
        }
        let bad =
            |c: char| c.is_whitespace() || c.is_control() || "<>(),;:\\\"[]".contains(c) || is_invisible(c);
        if email.contains(bad) {
            return invalid("holds a space or a character that one plain address cannot have");
        }
        let Some((local, domain)) = email.split_once('@') else { return invalid("has no @") };
        if domain.contains('@') {
            return invalid("has more than one @");
        }
        let labels_stand = domain
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        if local.is_empty() || !domain.contains('.') || !labels_stand {
            return invalid("is not name@domain.tld");
        }
        Ok(Self(email))
    }

    /// The normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a stored e-mail is this one.
#[must_use]
pub fn same_email(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// Whether two phones are one, by their digits. A stored phone may be formatted for reading.
#[must_use]
pub fn same_phone(a: &str, b: &str) -> bool {
    let digits = |text: &str| text.chars().filter_map(|c| c.to_digit(10)).collect::<Vec<_>>();
    digits(a) == digits(b)
}

/// A country, for phones written without its code: ISO 3166-1 alpha-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country(Region);

impl Country {
    /// `US`, `gb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code = text.trim().to_ascii_uppercase();
        (code.len() == 2).then(|| Region::try_from(code.as_str()).ok().map(Self)).flatten()
    }
}

/// A phone number in E.164: `+14155550101`. HighLevel drops other forms in silence, or does not find them again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Whether the text begins with a country code, so that no country is needed to read it.
    #[must_use]
    pub fn is_international(text: &str) -> bool {
        text.trim().starts_with(['+', '＋'])
    }

    /// Takes a number as people write it: with a country code, or without one where `country` is known.
    ///
    /// # Errors
    /// Letters, an extension, too few or too many digits, no country to read a national number by, a national number
    /// that the country does not have.
    pub fn parse(text: &str, country: Option<Country>) -> Result<Self, Error> {
        let text = text.trim();
        plain(text)?;
        let international = Self::is_international(text);
        if !international && country.is_none() {
            return Err(Error::invalid("phone", "has no country code and no default country is known")
                .with_hint("Write it with its country code, like +14155550101, or set a default country."));
        }
        let region = country.filter(|_| !international).map(|country| country.0);
        let number = PHONE_NUMBER_UTIL.parse(text, region).map_err(|_| {
            Error::invalid("phone", "is not a phone number").with_hint("Use E.164, like +14155550101.")
        })?;
        if number.is_possible_with_reason().is_err() {
            return Err(Error::invalid("phone", "has too few or too many digits for its country")
                .with_hint("Use E.164, like +14155550101."));
        }
        // A number written with its country code says what it means; one that is completed by a guess must be real.
        if !international && !number.is_valid() {
            return Err(Error::invalid("phone", "is not a number of the default country")
                .with_hint("Write it with its country code, like +14155550101."));
        }
        Ok(Self(number.format_as(PhoneNumberFormat::E164).into_owned()))
    }

    /// E.164.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Refuses what the library would guess at: vanity letters, extensions (whose pattern alone costs it 36 ms on first
/// use), and texts that are no number at all.
fn plain(text: &str) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::invalid("phone", "is empty"));
    }
    if text.chars().count() > LONGEST_PHONE {
        return Err(Error::invalid("phone", "is longer than 40 characters"));
    }
    let lower = text.to_lowercase();
    if lower.contains(['x', '#', ';']) {
        return Err(Error::invalid("phone", "has an extension, which HighLevel cannot store")
            .with_hint("Send the number without it; put the extension into a custom field."));
    }
    if let Some(letter) = text.chars().find(|c| c.is_alphabetic()) {
        return Err(
            Error::invalid("phone", format!("has the letter \"{letter}\"")).with_hint("Write it in digits.")
        );
    }
    let marks = "+＋-‐‑–—()./ \u{a0}";
    if text.contains(|c: char| !c.is_numeric() && !marks.contains(c)) {
        return Err(Error::invalid("phone", "has a character that a phone number cannot have"));
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
    fn an_email_is_trimmed_and_lower_cased() {
        assert_eq!(Email::parse("  Jane@Example.COM ").unwrap().as_str(), "jane@example.com");
    }

    #[test]
    fn the_longest_address_has_254_characters() {
        let address = |length: usize| format!("{}@example.com", "x".repeat(length - "@example.com".len()));
        assert!(Email::parse(&address(254)).is_ok());
        assert!(Email::parse(&address(255)).is_err());
    }

    #[test]
    fn what_is_not_one_plain_address_is_refused() {
        for bad in [
            "",
            "jane",
            "@example.com",
            "jane@",
            "a@b",
            "a@b@c.com",
            "a b@c.com",
            "a@b.c, x@y.z",
            "<a@b.c>",
            "a@.com",
            "a@b..c",
            "a\u{200b}@b.com",
            "a@-b.com",
            "a\n@b.com",
            &format!("{}@b.com", "x".repeat(400)),
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }

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
    fn a_phone_that_would_have_to_be_guessed_is_refused() {
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
    fn a_number_that_cannot_be_dialled_is_taken_with_its_country_code_only() {
        assert_eq!(Phone::parse("+1 555 555 0100", None).unwrap().as_str(), "+15555550100");
        assert!(Phone::parse("555 555 0100", Country::parse("US")).is_err());
    }

    #[test]
    fn a_phone_of_forty_characters_is_still_read() {
        let padded = |spaces: usize| format!("+1{}4155550101", " ".repeat(spaces));
        assert_eq!(Phone::parse(&padded(28), None).unwrap().as_str(), "+14155550101");
        let error = Phone::parse(&padded(29), None).unwrap_err();
        assert_eq!(error.to_string(), "phone: is longer than 40 characters");
    }

    #[test]
    fn a_country_is_two_letters_that_exist() {
        assert!(Country::parse("de").is_some());
        for bad in ["", "USA", "1", "x"] {
            assert!(Country::parse(bad).is_none(), "{bad}");
        }
    }
}
