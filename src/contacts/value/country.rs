//! Countries: ISO 3166-1 alpha-2.

use rlibphonenumber::enums::Region;

use crate::contacts::error::Error;
use crate::ghl::model::Field;

/// A country by which a phone without a country code is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country(Region);

impl Country {
    /// Reads `US` or `gb`; none where no country has this code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code = text.trim().to_ascii_uppercase();
        (code.len() == 2).then(|| Region::try_from(code.as_str()).ok().map(Self)).flatten()
    }

    pub(crate) fn region(self) -> Region {
        self.0
    }
}

/// The value of the field `country`. HighLevel takes a code of two letters only.
pub(crate) fn code(text: &str) -> Result<String, Error> {
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Ok(text.to_ascii_uppercase());
    }
    Err(Error::invalid(Field::Country, "is not a country code")
        .with_hint("Use two letters (ISO 3166-1), like US or GB."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_letters_that_exist() {
        assert!(Country::parse("de").is_some());
        for bad in ["", "USA", "1", "x"] {
            assert!(Country::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_country_field_is_a_code() {
        assert_eq!(code("us").unwrap(), "US");
        assert!(code("United States").is_err());
    }
}
