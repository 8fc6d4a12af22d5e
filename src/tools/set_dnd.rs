//! Blocks channels of a contact: do not disturb.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::value::text::clean_line;
use crate::contacts::view::DndView;
use crate::contacts::write::receipt::Outcome;
use crate::contacts::{Blocked, Contacts};
use crate::tool::{CallInfo, Effect, Failure, Tool, Toolset};
use crate::tools::shared;

/// The tool.
#[derive(Debug)]
pub struct SetDnd;

/// The arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Input {
    contact_id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    /// call, email, sms, whatsapp, gmb (Google), fb (Facebook), or all
    channels: Vec<String>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    outcome: Outcome,
    contact_id: String,
    set: Vec<&'static str>,
    already_set: Vec<&'static str>,
    /// Blocked in a way that the API cannot change
    #[serde(skip_serializing_if = "Vec::is_empty")]
    permanent: Vec<String>,
    /// Sent, and not blocked all the same
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_stored: Vec<&'static str>,
    /// All that is blocked now
    #[serde(skip_serializing_if = "Option::is_none")]
    dnd: Option<DndView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    requests: u32,
}

impl Tool for SetDnd {
    const NAME: &'static str = "ghl_set_dnd";
    const TITLE: &'static str = "Turn do-not-disturb on";
    const DESCRIPTION: &'static str = "Turn do-not-disturb on for channels of one contact (contactId, email or phone), so that HighLevel no longer writes to or calls the person there. Never turns it off: only a person does that. Use it when the person opts out.";
    const EFFECT: Effect = Effect::Replace;
    const TOOLSET: Toolset = Toolset::Manage;
    const EXAMPLE: &'static str = r#"{"email":"jane.smith@example.com","channels":["SMS"]}"#;
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, input: Input) -> Result<Output, Failure> {
        let target =
            shared::target(contacts.location_id()?, input.contact_id.as_deref(), input.email, input.phone)?;
        let scope = contacts.scope(call.caller);
        let blocked = contacts.block(&scope, &target, &input.channels).await?;
        Ok(output(blocked, scope.requests()))
    }
}

fn output(blocked: Blocked, requests: u32) -> Output {
    Output {
        outcome: blocked.outcome,
        contact_id: blocked.contact.id.to_string(),
        set: blocked.set,
        already_set: blocked.already_set,
        permanent: blocked.permanent.iter().map(|name| clean_line(name, 40).into_owned()).collect(),
        not_stored: blocked.not_stored,
        dnd: DndView::of(&blocked.contact),
        warnings: blocked.warnings,
        requests,
    }
}
