//! Marks a task of a contact as done.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::Contacts;
use crate::contacts::write::receipt::Outcome;
use crate::tool::{CallInfo, Effect, Failure, Tool, Toolset};
use crate::tools::shared;
use crate::tools::shown::TaskView;

/// The tool.
#[derive(Debug)]
pub struct CompleteTask;

/// The arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Input {
    contact_id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    task_id: String,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    outcome: Outcome,
    contact_id: String,
    task: TaskView,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    requests: u32,
}

impl Tool for CompleteTask {
    const NAME: &'static str = "ghl_complete_task";
    const TITLE: &'static str = "Complete a task";
    const DESCRIPTION: &'static str = "Mark a task of one contact (contactId, email or phone) as done, by its id from the list of the contact's tasks. Never deletes or reopens a task.";
    const EFFECT: Effect = Effect::Replace;
    const TOOLSET: Toolset = Toolset::Activity;
    const EXAMPLE: &'static str = r#"{"email":"jane.smith@example.com","taskId":"lJpzYrWdpkC2hX6t2yue"}"#;
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, input: Input) -> Result<Output, Failure> {
        let target =
            shared::target(contacts.location_id()?, input.contact_id.as_deref(), input.email, input.phone)?;
        let scope = contacts.scope(call.caller);
        let (outcome, done) = contacts.complete_task(&scope, &target, &input.task_id).await?;
        Ok(Output {
            outcome,
            contact_id: done.contact.to_string(),
            task: TaskView::of(&done.item),
            warnings: done.warnings,
            requests: scope.requests(),
        })
    }
}
