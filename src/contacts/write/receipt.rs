//! What a write answers: what was there, what was sent, and what HighLevel then holds.

use schemars::JsonSchema;
use serde::Serialize;

use crate::contacts::value::text;
use crate::ghl::model::{Contact, FieldValue};

/// The longest text of one value in a receipt, in characters.
const LONGEST: usize = 500;

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
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

/// One field's change.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// The field, a custom field by its name.
    pub field: String,
    /// What was stored, where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<FieldValue>,
    /// What is to be stored; none where the field is cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<FieldValue>,
}

/// One value that HighLevel did not take, or could not.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NotStored {
    /// The field, a custom field by its name.
    pub field: String,
    /// What was to be stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<FieldValue>,
    /// What is stored instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<FieldValue>,
    /// Why, as far as it is known.
    pub reason: String,
}

impl Change {
    /// Fit to be shown: what was stored is text that anybody may have written.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        (self.before, self.after) = (cleaned(self.before), cleaned(self.after));
        self
    }
}

impl NotStored {
    /// Fit to be shown.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        (self.sent, self.stored) = (cleaned(self.sent), cleaned(self.stored));
        self
    }
}

fn cleaned(value: Option<FieldValue>) -> Option<FieldValue> {
    value.map(|value| text::clean_value(value, LONGEST))
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
