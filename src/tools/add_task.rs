//! Adds a task to a contact.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::{Contacts, TaskRequest};
use crate::tool::{CallInfo, Effect, Failure, Tool, Toolset};
use crate::tools::shared;
use crate::tools::shown::TaskView;

/// The tool.
#[derive(Debug)]
pub struct AddTask;

/// The arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Input {
    contact_id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    title: String,
    body: Option<String>,
    /// Like "tomorrow 5pm" or "2026-12-01 17:00", in the location's time zone
    due_date: String,
    /// A user's id, email or name
    assigned_to: Option<String>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// Always "created": where that is not known, the call fails and says so
    outcome: &'static str,
    contact_id: String,
    task: TaskView,
    /// How dueDate was read
    due_read: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    requests: u32,
}

impl Tool for AddTask {
    const NAME: &'static str = "ghl_add_task";
    const TITLE: &'static str = "Add a task";
    const DESCRIPTION: &'static str = "Add a task to one contact (contactId, email or phone). A due date with two readings is refused; one without a time means the end of that day. Never changes or deletes a task. Sent once: if the answer is lost, the list is read, and the answer says what was found.";
    const EFFECT: Effect = Effect::Create;
    const TOOLSET: Toolset = Toolset::Activity;
    const EXAMPLE: &'static str =
        r#"{"email":"jane.smith@example.com","title":"Send the offer","dueDate":"tomorrow 5pm"}"#;
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, input: Input) -> Result<Output, Failure> {
        let target =
            shared::target(contacts.location_id()?, input.contact_id.as_deref(), input.email, input.phone)?;
        let scope = contacts.scope(call.caller);
        let request = TaskRequest {
            title: input.title,
            body: input.body,
            due: input.due_date,
            assigned_to: input.assigned_to,
        };
        let (added, due_read) = contacts.add_task(&scope, &target, &request).await?;
        Ok(Output {
            outcome: "created",
            contact_id: added.contact.to_string(),
            task: TaskView::of(&added.item),
            due_read,
            warnings: added.warnings,
            requests: scope.requests(),
        })
    }
}
