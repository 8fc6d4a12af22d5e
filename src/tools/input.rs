//! Parts of inputs that several tools share.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::{Error, Subject, Target};
use crate::ghl::ContactId;
use crate::ghl::model::FieldValue;

/// A custom field and its value.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::tools) struct CustomField {
    /// Name, key or id
    pub(in crate::tools) id: String,
    /// null blanks
    #[serde(default)]
    pub(in crate::tools) value: FieldValue,
}

/// A contact id, or the refusal that names the argument.
pub(in crate::tools) fn contact_id(subject: Subject, id: &str) -> Result<ContactId, Error> {
    id.trim().parse().map_err(|reason: crate::ghl::IdError| {
        Error::invalid(subject, reason.to_string())
            .with_hint("Take it from the id of a contact in an answer.")
    })
}

/// Exactly one of the three ways to name a contact.
pub(in crate::tools) fn target(
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
