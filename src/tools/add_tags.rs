//! Adds tags to contacts; other tags stay.

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::value::text;
use crate::contacts::{Contacts, Tagged};
use crate::ghl::ContactId;
use crate::tool::{CallInfo, Code, Effect, Failure, Tool, Toolset};
use crate::tools::shared::{self, Who};

/// The tool.
#[derive(Debug)]
pub struct AddTags;

/// The arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Input {
    contact_id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    /// Up to 500
    #[serde(default)]
    contact_ids: Vec<String>,
    tags: Vec<String>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    contacts: Vec<Line>,
    /// May or may not have the tags
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// One contact.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Line {
    contact_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    added: Vec<String>,
    already_present: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<Tagged> for Line {
    fn from(tagged: Tagged) -> Self {
        let clean =
            |tags: Vec<String>| tags.iter().map(|tag| text::clean_line(tag, 100).into_owned()).collect();
        Self {
            contact_id: tagged.id.to_string(),
            tags: tagged.tags.map(clean),
            added: tagged.changed,
            already_present: tagged.unchanged,
            error: tagged.error,
        }
    }
}

impl Tool for AddTags {
    const NAME: &'static str = "ghl_add_tags";
    const TITLE: &'static str = "Add tags";
    const DESCRIPTION: &'static str = "Add tags to one contact (contactId, email or phone) or to many (contactIds). Never removes or replaces a tag. Stored in lower case. A tag can start a workflow, and an unknown one is created: use existing spellings.";
    const EFFECT: Effect = Effect::Union;
    const TOOLSET: Toolset = Toolset::Contacts;
    const EXAMPLE: &'static str = r#"{"email":"jane.smith@example.com","tags":["vip"]}"#;
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, input: Input) -> Result<Output, Failure> {
        let scope = contacts.scope(call.caller);
        let who = shared::one_or_many(
            contacts.location_id()?,
            input.contact_id.as_deref(),
            input.email,
            input.phone,
            &input.contact_ids,
        )?;
        let tagging = match &who {
            Who::One(target) => contacts.add_tags(&scope, target, &input.tags).await?,
            Who::Many(ids) => contacts.add_tags_to_many(&scope, ids, &input.tags).await?,
        };
        if tagging.failed() {
            return Err(none_tagged(&tagging.contacts));
        }
        let mut warnings = tagging.warnings;
        warnings.extend(said_of(&tagging.contacts, &tagging.unknown));
        if !tagging.new_to_location.is_empty() {
            let new = tagging.new_to_location.join(", ");
            warnings.insert(0, format!("new to this location (a typing error?): {new}"));
        }
        Ok(Output {
            contacts: tagging.contacts.into_iter().map(Line::from).collect(),
            unknown: tagging.unknown.iter().map(ToString::to_string).collect(),
            warnings,
        })
    }
}

/// The failure of a call that tagged no contact.
fn none_tagged(contacts: &[Tagged]) -> Failure {
    let reasons: BTreeSet<&str> = contacts.iter().filter_map(|one| one.error.as_deref()).collect();
    let reasons = reasons.into_iter().collect::<Vec<_>>().join("; ");
    let message = match contacts {
        [one] => format!("Contact {} was not tagged: {reasons}.", one.id),
        several => format!("None of the {} contacts was tagged: {reasons}.", several.len()),
    };
    let failure = Failure::new(Code::Refused, message).with_hint("Check the ids and the tags.");
    match contacts {
        [one] => failure.with_contact_id(one.id.as_str()),
        _ => failure,
    }
}

/// What a reader of the answer must not miss: contacts that failed, and what is not known.
fn said_of(contacts: &[Tagged], unknown: &[ContactId]) -> Vec<String> {
    let mut said: Vec<String> = contacts
        .iter()
        .filter_map(|one| Some(format!("{} failed: {}", one.id, one.error.as_deref()?)))
        .collect();
    let unclear: Vec<&str> =
        contacts.iter().filter(|one| one.origin_unknown).map(|one| one.id.as_str()).collect();
    if !unclear.is_empty() {
        said.push(format!("which tags they had before is not known: {}", unclear.join(", ")));
    }
    if !unknown.is_empty() {
        said.push(format!(
            "{} contacts may or may not have the tags: HighLevel's answer does not prove it. They are in unknown; adding the tags again does no harm",
            unknown.len()
        ));
    }
    said
}
