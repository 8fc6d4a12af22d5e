//! Ids as parsed types. A contact id is attacker-shaped input: a model copies it from a text that anybody may have
//! written. `Url::join` with `..` or `%2e%2e` reaches other endpoints, so an id is one plain path segment or it is
//! refused before anything is built from it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Path segments that HighLevel's own routes use where an id could stand: `GET /contacts/search` would be read as
/// the contact `search`, `DELETE /contacts/{id}/campaigns/removeAll` empties a contact.
const RESERVED: [&str; 7] = ["bulk", "business", "duplicate", "removeAll", "remove-all", "search", "upsert"];

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("is empty")]
    Empty,
    /// More than 64 characters.
    #[error("is longer than 64 characters")]
    TooLong,
    /// A character outside `A-Z a-z 0-9 _ -`.
    #[error("may hold only letters, digits, `-` and `_`")]
    Character,
    /// A word of HighLevel's own routes.
    #[error("is a word of HighLevel's own paths, not an id")]
    Reserved,
}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Err(IdError::Character);
    }
    if text.len() > 64 {
        return Err(IdError::TooLong);
    }
    if RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return Err(IdError::Reserved);
    }
    Ok(())
}

/// A part of a path: a literal of HighLevel's, or a parsed id. Nothing else can stand in one.
pub(crate) trait PathSegment {
    fn into_segment(self) -> Cow<'static, str>;
}

impl PathSegment for &'static str {
    fn into_segment(self) -> Cow<'static, str> {
        Cow::Borrowed(self)
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as HighLevel writes it: `[A-Za-z0-9_-]{1,64}`.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl PathSegment for &$name {
            fn into_segment(self) -> Cow<'static, str> {
                Cow::Owned(self.0.clone())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A contact of one location.
    ContactId
}
id! {
    /// A location (sub-account).
    LocationId
}
impl LocationId {
    /// Reads an id, or the address of a page of the sub-account like `https://app.gohighlevel.com/v2/location/{id}/dashboard`,
    /// which people copy from their browser. An agency may have a domain of its own.
    ///
    /// # Errors
    /// It is neither.
    pub fn read(text: &str) -> Result<Self, IdError> {
        let parts: Vec<&str> = text.trim().split(['/', '?', '#', '&', '=']).collect();
        let at = parts.iter().position(|part| ["location", "locationId", "location_id"].contains(part));
        at.and_then(|at| parts.get(at + 1)).copied().unwrap_or(text.trim()).parse()
    }
}

id! {
    /// A custom field's definition.
    CustomFieldId
}

id! {
    /// A task of a contact.
    TaskId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_as_highlevel_makes_them_are_taken() {
        for id in ["seD4PfOuKoVMLkEZqohJ", "a", "with-dash_and_under", &"x".repeat(64)] {
            assert_eq!(id.parse::<ContactId>().unwrap().as_str(), id);
        }
    }

    #[test]
    fn a_location_is_read_from_the_address_of_its_dashboard() {
        for text in [
            "ve9EPM428h8vShlRW1KT",
            " ve9EPM428h8vShlRW1KT ",
            "https://app.gohighlevel.com/v2/location/ve9EPM428h8vShlRW1KT/dashboard",
            "https://crm.agency.example/v2/location/ve9EPM428h8vShlRW1KT/contacts/detail/abc?view=note#top",
            "app.gohighlevel.com/location/ve9EPM428h8vShlRW1KT",
            "https://app.gohighlevel.com/integration?locationId=ve9EPM428h8vShlRW1KT&x=1",
        ] {
            assert_eq!(LocationId::read(text).unwrap().as_str(), "ve9EPM428h8vShlRW1KT", "{text}");
        }
        for text in [
            "https://app.gohighlevel.com/",
            "https://app.gohighlevel.com/v2/location/",
            "a/location/../x",
            "",
        ] {
            assert!(LocationId::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_id_that_could_leave_its_path_segment_is_refused() {
        for (text, why) in [
            ("", IdError::Empty),
            ("..", IdError::Character),
            (".", IdError::Character),
            ("../locations/x", IdError::Character),
            ("%2e%2e", IdError::Character),
            ("..\\x", IdError::Character),
            ("abc?locationId=EVIL", IdError::Character),
            ("abc#f", IdError::Character),
            ("a/b", IdError::Character),
            ("a\nb", IdError::Character),
            ("a\tb", IdError::Character),
            ("a\0b", IdError::Character),
            ("é", IdError::Character),
            ("search", IdError::Reserved),
            ("Upsert", IdError::Reserved),
            ("removeAll", IdError::Reserved),
            (&"x".repeat(65), IdError::TooLong),
        ] {
            assert_eq!(text.parse::<ContactId>(), Err(why), "{text:?}");
        }
    }
}
