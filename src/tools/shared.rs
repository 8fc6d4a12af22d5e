//! Parts of the input that several tools share.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::{Error, Subject, Target};
use crate::ghl::ContactId;
use crate::ghl::model::FieldValue;

/// A custom field and its value.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomField {
    /// Name, key or id
    pub(crate) id: String,
    /// null blanks
    #[serde(default)]
    pub(crate) value: FieldValue,
}

/// Reads a contact id; the refusal names `subject`.
pub(crate) fn contact_id(subject: Subject, id: &str) -> Result<ContactId, Error> {
    id.trim().parse().map_err(|reason: crate::ghl::IdError| {
        Error::invalid(subject, reason.to_string())
            .with_hint("Take it from the id of a contact in an answer.")
    })
}

/// The contact that the arguments name, in exactly one of three ways.
pub(crate) fn target(
    id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
) -> Result<Target, Error> {
    match (id, email, phone) {
        (Some(id), None, None) => Ok(Target::Id(contact_id(Subject::ContactId, &id)?)),
        (None, Some(email), None) => Ok(Target::Email(email)),
        (None, None, Some(phone)) => Ok(Target::Phone(phone)),
        _ => Err(Error::invalid(Subject::ContactId, "or email or phone is needed, and only one of them")),
    }
}
