//! Values of standard fields other than e-mail and phone. A value is trimmed, invisible characters are taken out, and it
//! is otherwise left as it is.

use jiff::civil::Date;

use crate::contacts::error::Error;
use crate::contacts::value::{country, date, zone};
use crate::ghl::model::Field;
use crate::ghl::model::text::clean;

/// The most characters of a value.
const MAX_CHARS: usize = 1_000;

/// The value in normal form; none where it is empty. A birthday is at most `today`.
pub(crate) fn read(field: Field, value: &str, today: Date) -> Result<Option<String>, Error> {
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Error::invalid(field, "holds a control character"));
    }
    let clean = clean(value);
    let value = clean.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let characters = value.chars().count();
    if characters > MAX_CHARS {
        let reason = format!("has {characters} characters; at most {MAX_CHARS} are taken");
        return Err(Error::invalid(field, reason));
    }
    match field {
        Field::Country => country::code(value).map(Some),
        Field::DateOfBirth => date::birthday(value, today).map(Some),
        Field::Timezone => zone::name(value).map(Some),
        _ => Ok(Some(value.to_owned())),
    }
}

/// Whether not every text is a value of this field.
pub(crate) fn has_a_form(field: Field) -> bool {
    matches!(field, Field::Country | Field::DateOfBirth | Field::Timezone)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 26);

    #[test]
    fn a_country_and_a_birthday_have_a_form() {
        let read = |field, value: &str| super::read(field, value, TODAY);
        assert_eq!(read(Field::Country, "us").unwrap().unwrap(), "US");
        assert_eq!(read(Field::Timezone, "Pacific Time").unwrap().unwrap(), "America/Los_Angeles");
        assert!(read(Field::Timezone, "Mars/Olympus").is_err());
        assert_eq!(read(Field::City, "a\u{200b}b\u{202e}").unwrap().unwrap(), "ab");
        assert_eq!(read(Field::FirstName, "علی\u{200c}رضا").unwrap().unwrap(), "علی\u{200c}رضا");
        assert_eq!(read(Field::City, "\u{200b}").unwrap(), None);
        assert!(read(Field::City, "a\u{7}b").is_err());
        assert!(read(Field::Country, "Atlantis").is_err());
        assert_eq!(read(Field::DateOfBirth, "1990/09/25").unwrap().unwrap(), "1990-09-25");
        assert!(read(Field::DateOfBirth, "soon").is_err());
    }

    #[test]
    fn a_value_has_a_limit_and_an_empty_text_is_no_value() {
        let read = |field, value: &str| super::read(field, value, TODAY);
        assert!(read(Field::FirstName, &"x".repeat(MAX_CHARS)).is_ok());
        assert!(read(Field::FirstName, &"x".repeat(MAX_CHARS + 1)).is_err());
        assert!(read(Field::FirstName, &"x".repeat(1 << 20)).is_err());
        assert_eq!(read(Field::FirstName, "  ").unwrap(), None);
    }
}
