//! Values of standard fields other than e-mail and phone. A value is trimmed and otherwise left as it is.

use crate::contacts::error::Error;
use crate::contacts::value::{country, date};
use crate::ghl::model::Field;

/// The most characters of a value.
const MAX_CHARS: usize = 1_000;

/// The value in normal form; none where it is empty.
pub(crate) fn read(field: Field, value: &str) -> Result<Option<String>, Error> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let characters = value.chars().count();
    if characters > MAX_CHARS {
        let reason = format!("has {characters} characters; at most {MAX_CHARS} are taken");
        return Err(Error::invalid(field, reason));
    }
    if value.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Error::invalid(field, "holds a control character"));
    }
    match field {
        Field::Country => country::code(value).map(Some),
        Field::DateOfBirth => date::birthday(value).map(Some),
        _ => Ok(Some(value.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_and_a_birthday_have_a_form() {
        assert_eq!(read(Field::Country, "us").unwrap().unwrap(), "US");
        assert!(read(Field::Country, "United States").is_err());
        assert_eq!(read(Field::DateOfBirth, "1990/09/25").unwrap().unwrap(), "1990-09-25");
        assert!(read(Field::DateOfBirth, "soon").is_err());
    }

    #[test]
    fn a_value_has_a_limit_and_an_empty_text_is_no_value() {
        assert!(read(Field::FirstName, &"x".repeat(MAX_CHARS)).is_ok());
        assert!(read(Field::FirstName, &"x".repeat(MAX_CHARS + 1)).is_err());
        assert!(read(Field::FirstName, &"x".repeat(1 << 20)).is_err());
        assert_eq!(read(Field::FirstName, "  ").unwrap(), None);
    }
}
