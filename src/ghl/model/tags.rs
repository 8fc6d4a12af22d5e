//! The answer of the bulk tag endpoint. It comes with a success even where it failed for some contacts, or for all.

use crate::ghl::model::value::FieldValue;

/// What is done to the tags of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagChange {
    /// They are added to it.
    Add,
    /// They are taken from it.
    Remove,
}

/// The answer of the bulk endpoint.
#[derive(Debug, Clone, Default)]
pub struct BulkAnswer {
    /// It says as a whole that it failed.
    pub failed: bool,
    /// For how many contacts it says that it failed.
    pub error_count: usize,
    /// What it did to each contact.
    pub lines: Vec<BulkLine>,
}

/// What the bulk endpoint did to one contact.
#[derive(Debug, Clone, Default)]
pub struct BulkLine {
    /// The contact.
    pub contact_id: String,
    /// `success`, or what went wrong.
    pub message: Option<String>,
    /// `success` or `error`.
    pub r#type: Option<String>,
    /// Tags before.
    pub old_tags: Option<Vec<String>>,
    /// Tags that were new to it.
    pub tags_added: Option<Vec<String>>,
    /// Tags that it had and that were taken from it.
    pub tags_removed: Option<Vec<String>>,
    /// Tags afterwards.
    pub tags: Option<Vec<String>>,
}

impl BulkLine {
    /// A line of HighLevel's answer, each value for itself. None where it is no map.
    pub(crate) fn read(line: FieldValue) -> Option<Self> {
        let line = line.into_map()?;
        let text = |name: &str| line.get(name).and_then(FieldValue::to_text);
        Some(Self {
            contact_id: text("contactId").unwrap_or_default(),
            message: text("message"),
            r#type: text("type"),
            old_tags: line.get("oldTags").and_then(FieldValue::listed_texts),
            tags_added: line.get("tagsAdded").and_then(FieldValue::listed_texts),
            tags_removed: line.get("tagsRemoved").and_then(FieldValue::listed_texts),
            tags: line.get("tags").and_then(FieldValue::listed_texts),
        })
    }
}
