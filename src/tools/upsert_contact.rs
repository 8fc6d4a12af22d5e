//! Creates or updates one contact.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::identity::{MatchedBy, OnConflict};
use crate::contacts::view::{self, ContactView, FieldSelection};
use crate::contacts::write::desired::Mode;
use crate::contacts::write::receipt::{Change, NotStored, Outcome, Receipt};
use crate::contacts::{Contacts, Upsert};
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
    /// E.164, or as written in the location's country
    phone: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    /// Full name, if the parts are not known
    name: Option<String>,
    company_name: Option<String>,
    address1: Option<String>,
    city: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
    /// Two letters
    country: Option<String>,
    website: Option<String>,
    /// IANA name
    timezone: Option<String>,
    /// YYYY-MM-DD
    date_of_birth: Option<String>,
    source: Option<String>,
    /// A user's id
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
    /// fillEmpty keeps every value that is there
    mode: Option<Mode>,
    /// If email and phone belong to two contacts: fail (default), or write to the one with this key
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
    const DESCRIPTION: &'static str = "Create a contact, or update the one that has this email or phone (give at least one). Use it for any change of a contact. Looks the contact up, writes only what differs, reads it back and answers a receipt: outcome, changes, notStored. Adds tags, never removes any; never makes a second contact; refuses if email and phone belong to different contacts.";
    const EFFECT: Effect = Effect::Replace;
    const TOOLSET: Toolset = Toolset::Contacts;
    const EXAMPLE: &'static str = r#"{"email":"jane.smith@example.com","firstName":"Jane","tags":["webinar"],"customFields":[{"id":"Lead Score","value":82}]}"#;
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, input: Input) -> Result<Output, Failure> {
        let scope = contacts.scope(call.caller);
        let receipt = contacts.upsert(&scope, input.into()).await?;
        // Showing a receipt sends no request: names of custom fields are shown if they are known already.
        let definitions = contacts.definitions_if_known(&scope);
        let location = contacts.location_id()?;
        let selection = FieldSelection::for_list(Vec::new());
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
            email: input.email,
            phone: input.phone,
            fields: given.collect::<BTreeMap<_, _>>(),
            tags: input.tags,
            custom_fields: input.custom_fields.into_iter().map(|field| (field.id, field.value)).collect(),
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
