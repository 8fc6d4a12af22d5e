//! E-mail addresses.

use std::fmt;

use crate::contacts::error::Error;
use crate::ghl::is_hidden;
use crate::ghl::model::Field;

/// The longest e-mail address (RFC 5321, erratum 1690).
const MAX_BYTES: usize = 254;

/// An e-mail address, trimmed and in lower case, as HighLevel compares it (`emailLowerCase`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address as people type it.
    ///
    /// # Errors
    /// The text has no `@` or two, a space, a second address, or a domain without a dot.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let invalid = |reason: &str| Err(Error::invalid(Field::Email, reason));
        let email = text.trim().to_lowercase();
        if email.is_empty() {
            return invalid("is empty");
        }
        if email.len() > MAX_BYTES {
            return invalid("is longer than 254 characters");
        }
        let bad =
            |c: char| c.is_whitespace() || c.is_control() || "<>(),;:\\\"[]".contains(c) || is_hidden(c);
        if email.contains(bad) {
            return invalid("holds a space or a character that one plain address cannot have");
        }
        let Some((local, domain)) = email.split_once('@') else { return invalid("has no @") };
        if domain.contains('@') {
            return invalid("has more than one @");
        }
        let valid_labels = domain
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        if local.is_empty() || !domain.contains('.') || !valid_labels {
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
    fn a_text_that_is_not_one_plain_address_is_refused() {
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
}
