//! Takes tags from contacts; other tags stay.

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::value::text;
use crate::contacts::{Contacts, Tagged};
use crate::tool::{CallInfo, Code, Effect, Failure, Tool, Toolset};
use crate::tools::shared::{self, Who};

/// The tool.
#[derive(Debug)]
pub struct RemoveTags;

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
    removed: Vec<String>,
    not_present: Vec<String>,
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
            removed: tagged.changed,
            not_present: tagged.unchanged,
            error: tagged.error,
        }
    }
}

impl Tool for RemoveTags {
    const NAME: &'static str = "ghl_remove_tags";
    const TITLE: &'static str = "Remove tags";
    const DESCRIPTION: &'static str = "Take tags from one contact (contactId, email or phone) or from many (contactIds). Only the named tags; never all, and never the location's list of tags. Removing a tag can start or stop a workflow.";
    const EFFECT: Effect = Effect::Replace;
    const TOOLSET: Toolset = Toolset::Manage;
    const EXAMPLE: &'static str = r#"{"email":"jane.smith@example.com","tags":["webinar-signup"]}"#;
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, input: Input) -> Result<Output, Failure> {
        let scope = contacts.scope(call.caller);
        let location = contacts.location_id()?;
        let who = shared::one_or_many(
            location,
            input.contact_id.as_deref(),
            input.email,
            input.phone,
            &input.contact_ids,
        )?;
        let tagging = match &who {
            Who::One(target) => contacts.remove_tags(&scope, target, &input.tags).await?,
            Who::Many(ids) => contacts.remove_tags_from_many(&scope, ids, &input.tags).await?,
        };
        if tagging.failed() {
            return Err(none_untagged(&tagging.contacts));
        }
        let mut warnings = tagging.warnings;
        warnings.extend(said_of(&tagging.contacts, tagging.unknown.len()));
        Ok(Output {
            contacts: tagging.contacts.into_iter().map(Line::from).collect(),
            unknown: tagging.unknown.iter().map(ToString::to_string).collect(),
            warnings,
        })
    }
}

/// The failure of a call that took a tag from no contact.
fn none_untagged(contacts: &[Tagged]) -> Failure {
    let reasons: BTreeSet<&str> = contacts.iter().filter_map(|one| one.error.as_deref()).collect();
    let reasons = reasons.into_iter().collect::<Vec<_>>().join("; ");
    let message = match contacts {
        [one] => format!("The tags of contact {} were not removed: {reasons}.", one.id),
        several => format!("No tag of the {} contacts was removed: {reasons}.", several.len()),
    };
    let failure = Failure::new(Code::Refused, message).with_hint("Check the ids and the tags.");
    match contacts {
        [one] => failure.with_contact_id(one.id.as_str()),
        _ => failure,
    }
}

/// What a reader of the answer must not miss: contacts that failed, and what is not known.
fn said_of(contacts: &[Tagged], unknown: usize) -> Vec<String> {
    let failed =
        contacts.iter().filter_map(|one| Some(format!("{} failed: {}", one.id, one.error.as_deref()?)));
    let mut said: Vec<String> = failed.collect();
    let unclear: Vec<&str> =
        contacts.iter().filter(|one| one.origin_unknown).map(|one| one.id.as_str()).collect();
    if !unclear.is_empty() {
        said.push(format!(
            "they do not have the tags now; whether they had them before is not known: {}",
            unclear.join(", ")
        ));
    }
    if unknown > 0 {
        said.push(format!(
            "{unknown} contacts may or may not have the tags: HighLevel's answer does not prove it. They are in unknown; removing the tags again does no harm"
        ));
    }
    said
}
