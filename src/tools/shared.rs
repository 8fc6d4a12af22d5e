//! Parts of the input that several tools share.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::fields::GivenField;
use crate::contacts::query::condition_schema;
use crate::contacts::value::contact_ref;
use crate::contacts::{Error, Subject, Target};
use crate::ghl::model::FieldValue;
use crate::ghl::{ContactId, LocationId};

/// A custom field and its value.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomField {
    /// Name, key or id
    pub(crate) id: String,
    /// null blanks
    #[serde(default, deserialize_with = "given")]
    #[schemars(schema_with = "condition_schema")]
    pub(crate) value: Option<FieldValue>,
    /// Further names of the field, of an item that holds several.
    #[serde(default)]
    #[schemars(skip)]
    pub(crate) also: Vec<String>,
}

impl From<CustomField> for GivenField {
    fn from(sent: CustomField) -> Self {
        Self { field: sent.id, also: sent.also, value: sent.value }
    }
}

/// A condition on a custom field.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldCondition {
    /// Name, key or id
    pub(crate) id: String,
    /// Or {contains} or {exists}
    #[serde(default)]
    #[schemars(schema_with = "condition_schema")]
    pub(crate) value: Option<FieldValue>,
    /// Further names of the field, of an item that holds several.
    #[serde(default)]
    #[schemars(skip)]
    pub(crate) also: Vec<String>,
}

impl From<FieldCondition> for GivenField {
    fn from(sent: FieldCondition) -> Self {
        Self { field: sent.id, also: sent.also, value: sent.value }
    }
}

/// How many items of a list are shown.
pub(crate) fn limit(given: Option<u32>) -> usize {
    given.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(20)
}

/// A value that is there, null too: without one the field is left as it is.
fn given<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<FieldValue>, D::Error> {
    FieldValue::deserialize(value).map(Some)
}

/// Whom a call is about.
#[derive(Debug)]
pub(crate) enum Who {
    /// One contact.
    One(Target),
    /// Contacts by their ids.
    Many(Vec<ContactId>),
}

/// The contact that the arguments name by id, e-mail or phone, or the contacts of `ids`, but not both.
pub(crate) fn one_or_many(
    location: &LocationId,
    id: Option<&str>,
    email: Option<String>,
    phone: Option<String>,
    ids: &[String],
) -> Result<Who, Error> {
    if ids.is_empty() {
        return Ok(Who::One(target(location, id, email, phone)?));
    }
    if id.is_some() || email.is_some() || phone.is_some() {
        let reason = "cannot be combined with contactId, email or phone";
        return Err(Error::invalid(Subject::ContactIds, reason));
    }
    let ids = ids.iter().map(|id| contact_ref::read(&Subject::ContactIds, id, location));
    Ok(Who::Many(ids.collect::<Result<_, _>>()?))
}

/// The contact that the arguments name; all that is given has to be of one contact.
pub(crate) fn target(
    location: &LocationId,
    id: Option<&str>,
    email: Option<String>,
    phone: Option<String>,
) -> Result<Target, Error> {
    if id.is_none() && email.is_none() && phone.is_none() {
        return Err(Error::invalid(Subject::ContactId, "or email or phone is needed"));
    }
    let id = id.map(|id| contact_ref::read(&Subject::ContactId, id, location)).transpose()?;
    Ok(Target { id, email, phone })
}
