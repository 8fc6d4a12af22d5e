//! Creates or updates one contact.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::identity::{MatchedBy, OnConflict};
use crate::contacts::value::contact_ref;
use crate::contacts::view::{self, ContactView, FieldSelection};
use crate::contacts::write::desired::Mode;
use crate::contacts::write::receipt::{Change, NotStored, Outcome, Receipt};
use crate::contacts::{Contacts, Subject, Upsert};
use crate::ghl::model::Field;
use crate::tool::{CallInfo, Effect, Failure, Tool, Toolset};
use crate::tools::shared::CustomField;

/// The tool.
#[derive(Debug)]
pub struct UpsertContact;

/// The arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Input {
    email: Option<String>,
    phone: Option<String>,
    contact_id: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    /// Full name, if the parts are not known
    name: Option<String>,
    company_name: Option<String>,
    address1: Option<String>,
    city: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
    website: Option<String>,
    timezone: Option<String>,
    date_of_birth: Option<String>,
    source: Option<String>,
    /// User's id, email or name
    assigned_to: Option<String>,
    /// Only on a new contact
    gender: Option<String>,
    /// Added; others stay
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    custom_fields: Vec<CustomField>,
    /// Fields to blank
    #[serde(default)]
    clear: Vec<String>,
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
        let id = input.contact_id.as_deref();
        let id = match id {
            Some(id) => Some(contact_ref::read(&Subject::ContactId, id, contacts.location_id()?)?),
            None => None,
        };
        let upsert = Upsert { contact_id: id, ..input.into() };
        let receipt = contacts.upsert(&scope, upsert).await?;
        let selection = FieldSelection::for_list(Vec::new());
        let definitions = contacts.definitions_to_show(&scope, receipt.contact.as_slice(), &selection).await;
        let location = contacts.location_id()?;
        let view =
            receipt.contact.as_ref().map(|contact| view::render(contact, location, &definitions, &selection));
        Ok(output(receipt, view, scope.requests()))
    }
}

impl From<Input> for Upsert {
    fn from(input: Input) -> Self {
        let fields = [
            (Field::FirstName, input.first_name),
            (Field::LastName, input.last_name),
            (Field::Name, input.name),
            (Field::CompanyName, input.company_name),
            (Field::Address1, input.address1),
            (Field::City, input.city),
            (Field::State, input.state),
            (Field::PostalCode, input.postal_code),
            (Field::Country, input.country),
            (Field::Website, input.website),
            (Field::Timezone, input.timezone),
            (Field::DateOfBirth, input.date_of_birth),
            (Field::Source, input.source),
            (Field::AssignedTo, input.assigned_to),
            (Field::Gender, input.gender),
        ];
        let given = fields.into_iter().filter_map(|(field, value)| Some((field, value?)));
        Self {
            contact_id: None,
            email: input.email,
            phone: input.phone,
            fields: given.collect::<BTreeMap<_, _>>(),
            tags: input.tags,
            custom_fields: input.custom_fields.into_iter().map(Into::into).collect(),
            clear: input.clear,
            mode: input.mode.unwrap_or_default(),
            on_conflict: input.on_conflict.unwrap_or_default(),
            dry_run: input.dry_run,
        }
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
