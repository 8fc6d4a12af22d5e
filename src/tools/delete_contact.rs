//! Deletes one contact for good.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::Contacts;
use crate::contacts::value::contact_ref;
use crate::contacts::view::{self, ContactView, FieldSelection};
use crate::contacts::{Error, Subject};
use crate::ghl::model::Contact;
use crate::tool::{CallInfo, Code, Effect, Failure, Question, Reply, Tool, Toolset};

/// The tool.
#[derive(Debug)]
pub struct DeleteContact;

/// The arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Input {
    contact_id: String,
    /// The same contact's email, phone or full name
    confirm: String,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    outcome: Outcome,
    /// After a deletion the only copy
    contact: ContactView,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<&'static str>,
    requests: u32,
}

/// What became of the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Outcome {
    /// It is gone.
    Deleted,
    /// The person said no: nothing was deleted.
    Declined,
    /// The person closed the question: nothing was deleted.
    Cancelled,
}

const MORE_IS_GONE: &str =
    "its notes, tasks, appointments and conversations are gone too; this answer does not hold them";

impl Tool for DeleteContact {
    const NAME: &'static str = "ghl_delete_contact";
    const TITLE: &'static str = "Delete a contact for good";
    const DESCRIPTION: &'static str = "Delete one contact for good; HighLevel cannot restore it. Takes its exact contactId and, as confirmation, the same contact's email, phone or full name. Asks the person first where the host can. Only when the person asked for this very contact to be deleted; the answer holds the last copy of its fields. Never for opting out or merging.";
    const EFFECT: Effect = Effect::Delete;
    const TOOLSET: Toolset = Toolset::Manage;
    const EXAMPLE: &'static str =
        r#"{"contactId":"ocQHyuzHvysMo5N5VsXc","confirm":"jane.smith@example.com"}"#;
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, input: Input) -> Result<Output, Failure> {
        let location = contacts.location_id()?;
        let id = contact_ref::read(&Subject::ContactId, &input.contact_id, location)?;
        if input.confirm.trim().is_empty() {
            return Err(Error::invalid(Subject::Confirm, "is empty").into());
        }
        let mut scope = contacts.scope(call.caller.clone());
        let mut contact = contacts.to_delete(&scope, &id, &input.confirm).await?;
        let selection = FieldSelection::copy();
        let definitions =
            contacts.definitions_to_show(&scope, std::slice::from_ref(&contact), &selection).await;
        let render = |contact: &Contact| view::render(contact, location, &definitions, &selection);
        let asked = question(&render(&contact));
        match call.ask(asked.clone()).await? {
            Some(Reply::Accepted) if call.person.waits() => {
                // The person may have taken minutes: the contact is compared again.
                scope = contacts.scope(call.caller.clone());
                contact = contacts.to_delete(&scope, &id, &input.confirm).await?;
                if question(&render(&contact)) != asked {
                    return Err(changed(id.as_str()));
                }
            }
            None | Some(Reply::Accepted) => {}
            Some(reply) => {
                let outcome = if reply == Reply::Declined { Outcome::Declined } else { Outcome::Cancelled };
                let requests = scope.requests();
                return Ok(Output { outcome, contact: render(&contact), warnings: Vec::new(), requests });
            }
        }
        let mut warnings = contacts.delete(&scope, &contact).await?;
        warnings.push(MORE_IS_GONE);
        let requests = scope.requests();
        Ok(Output { outcome: Outcome::Deleted, contact: render(&contact), warnings, requests })
    }
}

/// What the person is asked.
fn question(contact: &ContactView) -> Question {
    Question {
        message: format!(
            "Delete this contact from HighLevel for good? It cannot be restored. {}",
            contact.line()
        ),
        yes: "Delete it for good",
    }
}

fn changed(id: &str) -> Failure {
    Failure::new(Code::ConfirmationNeeded, "The contact was changed while the person was asked.")
        .with_contact_id(id)
        .with_hint("Send the same call again: the person is asked about the contact as it is now.")
}
