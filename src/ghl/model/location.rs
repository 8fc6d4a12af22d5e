//! What a location says about itself that matters for contacts.

use std::collections::BTreeMap;

use crate::ghl::model::value::FieldValue;

/// `GET /locations/{id}`, in part. Each value is read for itself: one that cannot be read costs no other, and the default
/// in its place is the one with which nothing is written to the wrong contact.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Location {
    /// Display name.
    pub name: Option<String>,
    /// ISO 3166-1 alpha-2: the default for phones written without a country code.
    pub country: Option<String>,
    /// IANA name.
    pub timezone: Option<String>,
    allow_duplicate_contact: Setting<bool>,
    contact_unique_identifiers: Setting<Vec<String>>,
    unreadable: Vec<&'static str>,
}

/// A value that may be absent, which is not the same as unreadable.
#[derive(Debug, Clone, Default, PartialEq)]
enum Setting<T> {
    #[default]
    Absent,
    Unreadable,
    Is(T),
}

impl<T> Setting<T> {
    fn read(value: Option<FieldValue>, read: impl FnOnce(&FieldValue) -> Option<T>) -> Self {
        match value {
            None | Some(FieldValue::Null) => Self::Absent,
            Some(value) => read(&value).map_or(Self::Unreadable, Self::Is),
        }
    }

    fn get(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Unreadable => None,
        }
    }
}

impl Location {
    /// From the `location` of HighLevel's answer.
    pub(crate) fn read(mut location: BTreeMap<String, FieldValue>) -> Self {
        let text = |value: &FieldValue| match value {
            FieldValue::Text(text) => Some(text.trim().to_owned()),
            _ => None,
        };
        let mut texts =
            ["name", "country", "timezone"].map(|name| Setting::read(location.remove(name), text));
        let (allow, identifiers) = match location.remove("settings") {
            None | Some(FieldValue::Null) => (Setting::Absent, Setting::Absent),
            Some(FieldValue::Map(mut settings)) => (
                Setting::read(settings.remove("allowDuplicateContact"), FieldValue::to_bool),
                Setting::read(settings.remove("contactUniqueIdentifiers"), FieldValue::listed_texts),
            ),
            Some(_) => (Setting::Unreadable, Setting::Unreadable),
        };
        let names = ["name", "country", "timezone"].into_iter();
        let mut unreadable: Vec<_> = names
            .zip(&texts)
            .filter(|(_, value)| **value == Setting::Unreadable)
            .map(|(name, _)| name)
            .collect();
        unreadable.extend((allow == Setting::Unreadable).then_some("allowDuplicateContact"));
        unreadable.extend((identifiers == Setting::Unreadable).then_some("contactUniqueIdentifiers"));
        let [name, country, timezone] =
            texts.each_mut().map(|text| text.get().filter(|t| !t.is_empty()).cloned());
        Self {
            name,
            country,
            timezone,
            allow_duplicate_contact: allow,
            contact_unique_identifiers: identifiers,
            unreadable,
        }
    }

    /// A location of which nothing could be read.
    #[must_use]
    pub fn unreadable() -> Self {
        Self {
            allow_duplicate_contact: Setting::Unreadable,
            contact_unique_identifiers: Setting::Unreadable,
            unreadable: vec!["country", "allowDuplicateContact", "contactUniqueIdentifiers"],
            ..Self::default()
        }
    }

    /// The names of the values that HighLevel answered in a form that cannot be read.
    #[must_use]
    pub fn unreadable_values(&self) -> &[&'static str] {
        &self.unreadable
    }

    /// `settings.allowDuplicateContact`; false where it is absent, true where it cannot be read: then several contacts of
    /// one key are looked for.
    #[must_use]
    pub fn allows_duplicates(&self) -> bool {
        matches!(self.allow_duplicate_contact, Setting::Is(true) | Setting::Unreadable)
    }

    /// Whether `GET /contacts/search/duplicate` finds a contact by this key, `email` or `phone`: where duplicates are
    /// forbidden it asks the location's unique identifiers and no other. False by either key where these cannot be read.
    #[must_use]
    pub fn identifies_by(&self, key: &str) -> bool {
        match &self.contact_unique_identifiers {
            Setting::Unreadable => false,
            _ if self.allow_duplicate_contact == Setting::Is(true) => true,
            Setting::Absent => true,
            Setting::Is(list) => list.is_empty() || list.iter().any(|one| one.eq_ignore_ascii_case(key)),
        }
    }

    /// Whether the location identifies contacts by phone before e-mail (`settings.contactUniqueIdentifiers`, seen
    /// live, not in the OpenAPI).
    #[must_use]
    pub fn phone_comes_first(&self) -> bool {
        let first = self.contact_unique_identifiers.get().and_then(|list| list.first());
        first.is_some_and(|first| first.eq_ignore_ascii_case("phone"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(json: &str) -> Location {
        Location::read(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn an_unreadable_setting_is_careful_and_an_absent_one_is_highlevels_default() {
        for absent in ["{}", r#"{"settings":null}"#, r#"{"settings":{"allowDuplicateContact":null}}"#] {
            let location = location(absent);
            assert_eq!(location, Location::default(), "{absent}");
            assert!(!location.allows_duplicates() && location.identifies_by("email"), "{absent}");
        }
        for unreadable in [r#""email""#, "[null]", "{}", "7", "[[]]", "true"] {
            let location =
                location(&format!(r#"{{"settings":{{"contactUniqueIdentifiers":{unreadable}}}}}"#));
            assert!(!location.identifies_by("email") && !location.identifies_by("phone"), "{unreadable}");
            assert_eq!(location.unreadable_values(), ["contactUniqueIdentifiers"], "{unreadable}");
        }
        for unreadable in [r#""maybe""#, "[true]", "{}", "1"] {
            let location = location(&format!(r#"{{"settings":{{"allowDuplicateContact":{unreadable}}}}}"#));
            assert!(location.allows_duplicates() && location.identifies_by("email"), "{unreadable}");
        }
        let odd = location(r#"{"settings":[]}"#);
        assert!(odd.allows_duplicates() && !odd.identifies_by("email"));
    }

    #[test]
    fn each_value_is_read_for_itself() {
        let location = location(
            r#"{"name":7,"country":"US","timezone":{},"settings":{"allowDuplicateContact":"False","contactUniqueIdentifiers":["Phone"]}}"#,
        );
        assert_eq!((location.name.as_deref(), location.country.as_deref()), (None, Some("US")));
        assert!(
            !location.allows_duplicates() && location.phone_comes_first() && !location.identifies_by("email")
        );
        assert_eq!(location.unreadable_values(), ["name", "timezone"]);
    }
}
