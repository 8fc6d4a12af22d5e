//! What a write answers: what was there, what was sent, and what HighLevel then holds.

use std::fmt;

use crate::ghl::model::{Contact, FieldValue};

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new contact.
    Created,
    /// Something of an existing contact.
    Updated,
    /// Nothing differed; nothing was sent.
    Unchanged,
    /// `dryRun`: nothing was sent.
    Planned,
}

/// How an existing contact was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchedBy {
    /// Its primary e-mail.
    Email,
    /// Its primary phone.
    Phone,
    /// An additional e-mail.
    AdditionalEmail,
    /// An additional phone.
    AdditionalPhone,
    /// There was none.
    None,
}

impl fmt::Display for MatchedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::AdditionalEmail => "additional email",
            Self::AdditionalPhone => "additional phone",
            Self::None => "none",
        })
    }
}

/// One field's change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The field, a custom field by its name.
    pub field: String,
    /// What was stored, where something was.
    pub before: Option<FieldValue>,
    /// What is to be stored; none where the field is cleared.
    pub after: Option<FieldValue>,
}

/// One value that HighLevel did not take, or could not.
#[derive(Debug, Clone, PartialEq)]
pub struct NotStored {
    /// The field, a custom field by its name.
    pub field: String,
    /// What was to be stored.
    pub sent: Option<FieldValue>,
    /// What is stored instead.
    pub stored: Option<FieldValue>,
    /// Why, as far as it is known.
    pub reason: String,
}

/// The account of one write.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// What became of it.
    pub outcome: Outcome,
    /// The contact as it is now; none where a new one is only planned.
    pub contact: Option<Contact>,
    /// How it was found.
    pub matched_by: MatchedBy,
    /// Fields that changed, or would.
    pub changes: Vec<Change>,
    /// Tags that were missing.
    pub tags_added: Vec<String>,
    /// What was not stored.
    pub not_stored: Vec<NotStored>,
    /// What the caller should know besides.
    pub warnings: Vec<String>,
    /// Another contact with the same key was seen after the write.
    pub possible_duplicate: Option<String>,
}
