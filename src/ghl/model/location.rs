//! What a location says about itself that matters for contacts.

use serde::Deserialize;

/// `GET /locations/{id}`, in part.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Display name.
    #[serde(default)]
    pub name: Option<String>,
    /// ISO 3166-1 alpha-2: the default for phones written without a country code.
    #[serde(default)]
    pub country: Option<String>,
    /// IANA name.
    #[serde(default)]
    pub timezone: Option<String>,
    #[serde(default)]
    settings: Option<Settings>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    #[serde(default)]
    allow_duplicate_contact: Option<bool>,
    #[serde(default)]
    contact_unique_identifiers: Option<Vec<String>>,
}

impl Location {
    /// `settings.allowDuplicateContact`; false where it is not told.
    #[must_use]
    pub fn allows_duplicates(&self) -> bool {
        self.settings.as_ref().and_then(|s| s.allow_duplicate_contact).unwrap_or(false)
    }

    /// Whether `GET /contacts/search/duplicate` finds a contact by this key, `email` or `phone`: where duplicates are
    /// forbidden it asks the location's unique identifiers and no other.
    #[must_use]
    pub fn identifies_by(&self, key: &str) -> bool {
        let identifiers = self.settings.as_ref().and_then(|s| s.contact_unique_identifiers.as_deref());
        self.allows_duplicates()
            || identifiers.is_none_or(|list| list.is_empty() || list.iter().any(|one| one == key))
    }

    /// Whether the location identifies contacts by phone before e-mail (`settings.contactUniqueIdentifiers`, seen
    /// live, not in the OpenAPI).
    #[must_use]
    pub fn phone_comes_first(&self) -> bool {
        let order =
            self.settings.as_ref().and_then(|s| s.contact_unique_identifiers.as_deref()).unwrap_or_default();
        order.first().is_some_and(|first| first == "phone")
    }
}
