//! Adds tags to contacts; other tags stay.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::value::text;
use crate::contacts::{Contacts, Error, Subject, Tagged};
use crate::tool::{CallInfo, Effect, Failure, Tool, Toolset};
use crate::tools::shared;

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
            added: tagged.added,
            already_present: tagged.already_present,
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
        let tagging = if input.contact_ids.is_empty() {
            let target = shared::target(input.contact_id, input.email, input.phone)?;
            contacts.add_tags(&scope, &target, &input.tags).await?
        } else {
            if input.contact_id.is_some() || input.email.is_some() || input.phone.is_some() {
                let reason = "cannot be combined with contactId, email or phone";
                return Err(Error::invalid(Subject::ContactIds, reason).into());
            }
            let ids = input.contact_ids.iter().map(|id| shared::contact_id(Subject::ContactIds, id));
            contacts.add_tags_to_many(&scope, &ids.collect::<Result<Vec<_>, _>>()?, &input.tags).await?
        };
        let mut warnings = tagging.warnings;
        if !tagging.new_to_location.is_empty() {
            let new = tagging.new_to_location.join(", ");
            warnings.insert(0, format!("new to this location (a typing error?): {new}"));
        }
        Ok(Output { contacts: tagging.contacts.into_iter().map(Line::from).collect(), warnings })
    }
}
