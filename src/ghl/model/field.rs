//! The standard fields of a contact that can be written, and what each operation takes.

use std::fmt;
use std::str::FromStr;

use crate::ghl::model::text::plain_name;

/// A standard field, by HighLevel's own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are HighLevel's own field names")]
pub enum Field {
    Email,
    Phone,
    FirstName,
    LastName,
    Name,
    CompanyName,
    Address1,
    City,
    State,
    PostalCode,
    Country,
    Website,
    Timezone,
    DateOfBirth,
    Source,
    AssignedTo,
    Gender,
}

/// Not the name of a standard field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a standard contact field")]
pub struct UnknownField;

impl Field {
    /// All of them, in the order in which an answer shows them.
    pub const ALL: [Self; 17] = [
        Self::Email,
        Self::Phone,
        Self::FirstName,
        Self::LastName,
        Self::Name,
        Self::CompanyName,
        Self::Address1,
        Self::City,
        Self::State,
        Self::PostalCode,
        Self::Country,
        Self::Website,
        Self::Timezone,
        Self::DateOfBirth,
        Self::Source,
        Self::AssignedTo,
        Self::Gender,
    ];

    /// HighLevel's name of the field.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::Name => "name",
            Self::CompanyName => "companyName",
            Self::Address1 => "address1",
            Self::City => "city",
            Self::State => "state",
            Self::PostalCode => "postalCode",
            Self::Country => "country",
            Self::Website => "website",
            Self::Timezone => "timezone",
            Self::DateOfBirth => "dateOfBirth",
            Self::Source => "source",
            Self::AssignedTo => "assignedTo",
            Self::Gender => "gender",
        }
    }

    /// What `POST /contacts/search` calls the same field in its answers, where it differs (highlevel-api-docs issue 314).
    #[must_use]
    pub fn in_search(self) -> &'static str {
        match self {
            Self::Address1 => "address",
            Self::Name => "contactName",
            other => other.as_str(),
        }
    }

    /// Whether `UpdateContactDto` has the field. `gender` is refused with 422; `companyName` is not in the OpenAPI
    /// but reported to work (highlevel-api-docs issue 314), so it is tried.
    #[must_use]
    pub fn on_update(self) -> bool {
        self != Self::Gender
    }

    /// Whether `null` clears the field on an update, by the OpenAPI's `nullable`. HighLevel has no way to blank the others.
    #[must_use]
    pub fn clearable(self) -> bool {
        !matches!(self, Self::PostalCode | Self::Country | Self::Gender)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// By its own name, or by the same in `snake_case`. Not in other spellings: a custom field may be called `First Name`.
impl FromStr for Field {
    type Err = UnknownField;
    fn from_str(name: &str) -> Result<Self, UnknownField> {
        let name = name.trim();
        let is_it = |field: &Self| {
            field.as_str() == name || (name.contains('_') && plain_name(field.as_str()) == plain_name(name))
        };
        Self::ALL.into_iter().find(is_it).ok_or(UnknownField)
    }
}
