//! A user of a location, to whom contacts can be assigned.

use crate::ghl::model::value::FieldValue;

/// A user, in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The value of `assignedTo` on this user's contacts.
    pub id: String,
    /// The e-mail, in lower case; empty where it cannot be read.
    pub email: String,
    /// The full name; empty where it cannot be read.
    pub name: String,
}

impl User {
    /// Reads an item of HighLevel's list. None where it has no id.
    #[must_use]
    pub fn read(item: FieldValue) -> Option<Self> {
        let user = item.into_map()?;
        let text = |key: &str| user.get(key).and_then(FieldValue::to_text).unwrap_or_default();
        let name = Some(text("name")).filter(|name| !name.trim().is_empty());
        let name = name.unwrap_or_else(|| format!("{} {}", text("firstName"), text("lastName")));
        Some(Self {
            id: Some(text("id")).filter(|id| !id.trim().is_empty())?,
            email: text("email").trim().to_lowercase(),
            name: name.split_whitespace().collect::<Vec<_>>().join(" "),
        })
    }
}
