//! The answer of the bulk tag endpoint.

use serde::Deserialize;

/// What the bulk endpoint did to one contact.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
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
}
