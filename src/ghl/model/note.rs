//! A note of a contact.

use crate::ghl::model::value::FieldValue;

/// One note, in part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: String,
    /// Its text. Data that anyone may have written.
    pub body: String,
    /// Its title, which most notes do not have.
    pub title: Option<String>,
    /// When it was added.
    pub date_added: Option<String>,
    /// The user who added it.
    pub user: Option<String>,
}

impl Note {
    /// From HighLevel's answer; none where it has no id.
    #[must_use]
    pub fn read(note: FieldValue) -> Option<Self> {
        let note = note.into_map()?;
        let text =
            |name: &str| note.get(name).and_then(FieldValue::to_text).filter(|text| !text.trim().is_empty());
        Some(Self {
            id: text("id").or_else(|| text("_id"))?,
            body: text("body").unwrap_or_default(),
            title: text("title"),
            date_added: text("dateAdded"),
            user: text("userId"),
        })
    }
}
