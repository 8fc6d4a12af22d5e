//! Adds a note to a contact.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::Contacts;
use crate::tool::{CallInfo, Effect, Failure, Tool, Toolset};
use crate::tools::shared;
use crate::tools::shown::NoteView;

/// The most characters of the note in the answer: the caller knows it.
const MAX_CHARS: usize = 300;

/// The tool.
#[derive(Debug)]
pub struct AddNote;

/// The arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Input {
    contact_id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    /// The text; at most 50,000 characters
    body: String,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// Always "created": where that is not known, the call fails and says so
    outcome: &'static str,
    contact_id: String,
    note: NoteView,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    requests: u32,
}

impl Tool for AddNote {
    const NAME: &'static str = "ghl_add_note";
    const TITLE: &'static str = "Add a note";
    const DESCRIPTION: &'static str = "Add a note to one contact (contactId, email or phone). Never changes or deletes a note. Sent once: if the answer is lost, the list is read, and the answer says what was found. Each call adds one more note.";
    const EFFECT: Effect = Effect::Create;
    const TOOLSET: Toolset = Toolset::Activity;
    const EXAMPLE: &'static str =
        r#"{"email":"jane.smith@example.com","body":"Called; wants an offer by Friday."}"#;
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, input: Input) -> Result<Output, Failure> {
        let target =
            shared::target(contacts.location_id()?, input.contact_id.as_deref(), input.email, input.phone)?;
        let scope = contacts.scope(call.caller);
        let added = contacts.add_note(&scope, &target, &input.body).await?;
        Ok(Output {
            outcome: "created",
            contact_id: added.contact.to_string(),
            note: NoteView::of(&added.item, MAX_CHARS),
            warnings: added.warnings,
            requests: scope.requests(),
        })
    }
}
