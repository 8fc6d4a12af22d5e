//! Creates or updates one contact.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::identity::{MatchedBy, OnConflict};
use crate::contacts::view::{self, ContactView, FieldSelection};
use crate::contacts::write::desired::Mode;
use crate::contacts::write::receipt::{Change, NotStored, Outcome, Receipt};
use crate::contacts::{Contacts, Upsert};
use crate::tool::{CallInfo, Effect, Failure, Tool, Toolset};
use crate::tools::fields::ContactFields;

/// The tool.
#[derive(Debug)]
pub struct UpsertContact;

/// The arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    #[serde(flatten)]
    contact: ContactFields,
    /// fillEmpty keeps stored values
    mode: Option<Mode>,
    /// If keys are of two contacts, or one has another email: fail (default), or write to the one with this key
    on_conflict: Option<OnConflict>,
    /// Only answer what would change
    #[serde(default)]
    dry_run: bool,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactView>,
    matched_by: MatchedBy,
    changes: Vec<Change>,
    tags_added: Vec<String>,
    not_stored: Vec<NotStored>,
    /// Fields that may or may not be stored
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unverified: Vec<String>,
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    possible_duplicate: Option<String>,
    requests: u32,
}

impl Tool for UpsertContact {
    const NAME: &'static str = "ghl_upsert_contact";
    const TITLE: &'static str = "Create or update a contact";
    const DESCRIPTION: &'static str = "Create a contact, or update the one that has this email, phone or contactId. Use it for any change of a contact; to change its email or phone, send contactId too. Looks up, writes only what differs, reads back and answers a receipt: outcome, changes, notStored. Adds tags, never removes any; never makes a second contact; refuses if the keys belong to different contacts.";
    const EFFECT: Effect = Effect::Replace;
    const TOOLSET: Toolset = Toolset::Contacts;
    const EXAMPLE: &'static str = r#"{"email":"jane.smith@example.com","firstName":"Jane","tags":["webinar"],"customFields":[{"id":"Lead Score","value":82}]}"#;
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, input: Input) -> Result<Output, Failure> {
        let scope = contacts.scope(call.caller);
        let upsert = Upsert {
            mode: input.mode.unwrap_or_default(),
            on_conflict: input.on_conflict.unwrap_or_default(),
            dry_run: input.dry_run,
            ..input.contact.into_upsert(contacts.location_id()?)?
        };
        let receipt = contacts.upsert(&scope, upsert).await?;
        let selection = FieldSelection::for_list(Vec::new());
        let definitions = contacts.definitions_to_show(&scope, receipt.contact.as_slice(), &selection).await;
        let location = contacts.location_id()?;
        let view =
            receipt.contact.as_ref().map(|contact| view::render(contact, location, &definitions, &selection));
        Ok(output(receipt, view, scope.requests()))
    }
}

fn output(receipt: Receipt, contact: Option<ContactView>, requests: u32) -> Output {
    Output {
        outcome: receipt.outcome,
        contact,
        matched_by: receipt.matched_by,
        changes: receipt.changes.into_iter().map(Change::cleaned).collect(),
        tags_added: receipt.tags_added,
        not_stored: receipt.not_stored.into_iter().map(NotStored::cleaned).collect(),
        unverified: receipt.unverified,
        warnings: receipt.warnings,
        possible_duplicate: receipt.possible_duplicate,
        requests,
    }
}
