//! What a write reports: what was stored before, what was sent, and what HighLevel holds afterwards.

use schemars::JsonSchema;
use serde::Serialize;

use crate::contacts::identity::keys::MatchedBy;
use crate::contacts::value::text;
use crate::ghl::ContactId;
use crate::ghl::model::{Contact, FieldValue};

/// Why `gender` of an existing contact cannot be written.
pub(crate) const GENDER: &str =
    "HighLevel stores gender only when a contact is created (highlevel-api-docs issue 313)";

/// The most characters of one value in a receipt.
const MAX_CHARS: usize = 500;

/// The outcome of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// A new contact was created.
    Created,
    /// An existing contact was changed.
    Updated,
    /// Nothing differed, or HighLevel stored nothing of what was sent: see `notStored`.
    Unchanged,
    /// The write was only planned.
    Planned,
}

/// One field's change.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// The field, a custom field by its name.
    pub field: String,
    /// The stored value, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<FieldValue>,
    /// The new value; none where the field is blanked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<FieldValue>,
}

/// A value that HighLevel did not store.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NotStored {
    /// The field, a custom field by its name.
    pub field: String,
    /// The value that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<FieldValue>,
    /// The value that is stored instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<FieldValue>,
    /// Why, as far as it is known.
    pub reason: String,
}

impl Change {
    /// The same with texts that are safe to show: anybody may have written the stored value.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        (self.before, self.after) = (cleaned(self.before), cleaned(self.after));
        self
    }
}

impl NotStored {
    /// The same with texts that are safe to show.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        (self.sent, self.stored) = (cleaned(self.sent), cleaned(self.stored));
        self
    }
}

fn cleaned(value: Option<FieldValue>) -> Option<FieldValue> {
    value.map(|value| text::clean_value(value, MAX_CHARS))
}

/// The result of one upsert.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// What was done.
    pub outcome: Outcome,
    /// The contact as it is now; none where a new one is only planned.
    pub contact: Option<Contact>,
    /// By which key the contact was found.
    pub matched_by: MatchedBy,
    /// Fields that changed, or would change.
    pub changes: Vec<Change>,
    /// Tags that were added, or would be.
    pub tags_added: Vec<String>,
    /// Values that are not stored.
    pub not_stored: Vec<NotStored>,
    /// Fields that HighLevel accepted and does not show: it is not known whether they are stored.
    pub unverified: Vec<String>,
    /// What else the caller should know.
    pub warnings: Vec<String>,
    /// Another contact with the same key, seen after the create.
    pub possible_duplicate: Option<String>,
    /// Tags that the contact lacks, and that the list of this upsert has yet to send.
    pub tags_later: Vec<String>,
}

/// The result of adding tags to one contact, or of taking them from it. What is not shown anywhere is not claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// The contact.
    pub id: ContactId,
    /// All its tags afterwards; none where HighLevel's bulk answer does not list them.
    pub tags: Option<Vec<String>>,
    /// Tags that were added, or taken.
    pub changed: Vec<String>,
    /// Tags of the call that were there before it, or were not.
    pub unchanged: Vec<String>,
    /// Nothing shows which of the tags it had before.
    pub origin_unknown: bool,
    /// Why its tags were not changed, or not all.
    pub error: Option<String>,
    /// Its e-mail, where it was read: for the audit, which hashes it.
    pub(crate) email: Option<String>,
}

impl Tagged {
    /// A contact of which nothing is known yet.
    pub(crate) fn of(id: ContactId) -> Self {
        Self {
            id,
            tags: None,
            changed: Vec::new(),
            unchanged: Vec::new(),
            origin_unknown: false,
            error: None,
            email: None,
        }
    }

    /// Whether none of the tags was changed.
    fn failed(&self) -> bool {
        self.error.is_some() && self.changed.is_empty() && !self.origin_unknown
    }
}

/// The result of changing the tags of one or several contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tagging {
    /// One entry for each contact of which it is known what became of its tags, in the given order.
    pub contacts: Vec<Tagged>,
    /// Contacts that HighLevel's answer proves nothing of, and that could not be read.
    pub unknown: Vec<ContactId>,
    /// Added tags that the location did not have before: possibly typing errors.
    pub new_to_location: Vec<String>,
    /// What else the caller should know.
    pub warnings: Vec<String>,
}

impl Tagging {
    /// Whether every contact failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.unknown.is_empty() && !self.contacts.is_empty() && self.contacts.iter().all(Tagged::failed)
    }
}
