//! The safe upsert: read the values, look up, plan, write, verify, report.

use std::sync::Arc;

use crate::contacts::error::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::duplicates;
use crate::contacts::identity::keys::{Keys, MatchedBy};
use crate::contacts::identity::lookup::{self, Lookup};
use crate::contacts::operation::native_upsert;
use crate::contacts::service::Contacts;
use crate::contacts::write::apply::{self, Applied, CreateOutcome};
use crate::contacts::write::desired::{Desired, Upsert};
use crate::contacts::write::plan::{self, Plan};
use crate::contacts::write::receipt::{Outcome, Receipt};
use crate::contacts::write::{audit, verify};
use crate::ghl::Scope;
use crate::ghl::model::{Contact, Field};

impl Contacts {
    /// Creates or updates one contact. Writes only what differs, never removes a tag, never creates a second contact.
    ///
    /// # Errors
    /// A given value cannot be used, the keys belong to two contacts, or HighLevel failed. Each error says whether
    /// anything may have been written.
    pub async fn upsert(&self, scope: &Scope, upsert: Upsert) -> Result<Receipt, Error> {
        let result = self.upsert_unaudited(scope, &upsert).await;
        audit::upsert(scope, upsert.email.as_deref(), &result);
        result
    }

    async fn upsert_unaudited(&self, scope: &Scope, upsert: &Upsert) -> Result<Receipt, Error> {
        if upsert.email.is_none() && upsert.phone.is_none() {
            return Err(Error::invalid(
                Field::Email,
                "or phone is needed: a contact is found by one of them",
            ));
        }
        let mut desired = Desired::standard(upsert)?;
        let keys = self.keys(scope, upsert.email.as_deref(), upsert.phone.as_deref()).await?;
        desired.add_keys(&keys);
        let definitions = self.add_custom_fields(scope, upsert, &mut desired).await?;
        let _held = self.locks.hold(scope, &keys).await?;
        if self.options.native_upsert
            && native_upsert::can_express(scope, upsert)
            && let Some(receipt) = native_upsert::upsert(scope, &desired, &definitions).await?
        {
            return Ok(receipt);
        }
        self.upsert_safely(scope, upsert, &desired, &keys, &definitions).await
    }

    /// Reads the definitions only where custom fields are given; without any they stay unknown.
    async fn add_custom_fields(
        &self,
        scope: &Scope,
        upsert: &Upsert,
        desired: &mut Desired,
    ) -> Result<Arc<Definitions>, Error> {
        if !upsert.has_custom_fields() {
            return Ok(Arc::default());
        }
        let definitions = self.location.definitions(scope).await?;
        desired.add_custom_fields(upsert, &definitions).inspect_err(|_| {
            // The next call finds a field or an option that is newer than these definitions.
            self.location.forget_definitions();
        })?;
        Ok(definitions)
    }

    async fn upsert_safely(
        &self,
        scope: &Scope,
        upsert: &Upsert,
        desired: &Desired,
        keys: &Keys,
        definitions: &Definitions,
    ) -> Result<Receipt, Error> {
        let settings = self.location.settings_if_known();
        let mut found = lookup::look_up(scope, keys, &settings, upsert.on_conflict).await?;
        let (mut desired_here, mut plan) = plan_for(&found, desired, definitions);
        if !plan.is_empty() {
            // A write follows: now it matters whether the location may hold more contacts of these keys.
            found = duplicates::confirm(scope, &self.location, keys, upsert.on_conflict, found).await?;
            (desired_here, plan) = plan_for(&found, desired, definitions);
        }
        match found {
            Lookup::NotFound if upsert.dry_run => Ok(plan.receipt(Outcome::Planned, None, MatchedBy::None)),
            Lookup::NotFound => self.create(scope, plan, &desired_here, keys, definitions).await,
            Lookup::Found { contact, matched_by, .. } if upsert.dry_run => {
                Ok(plan.receipt(Outcome::Planned, Some(contact), matched_by))
            }
            Lookup::Found { contact, matched_by, .. } => {
                update(scope, contact, matched_by, plan, definitions).await
            }
        }
    }

    async fn create(
        &self,
        scope: &Scope,
        plan: Plan,
        desired: &Desired,
        keys: &Keys,
        definitions: &Definitions,
    ) -> Result<Receipt, Error> {
        match apply::create(scope, &plan, keys, definitions).await? {
            CreateOutcome::Created(contact, note) => {
                let mut receipt = plan.receipt(Outcome::Created, None, MatchedBy::None);
                receipt.warnings.extend(note.map(str::to_owned));
                let contact = verify::fields(scope, &plan, contact, definitions, &mut receipt).await;
                verify::tags(&plan, &contact, true, &mut receipt);
                let settings = self.location.settings_if_known();
                receipt.possible_duplicate =
                    duplicates::possible_duplicate(scope, &settings, &contact, keys).await;
                receipt.contact = Some(contact);
                Ok(receipt)
            }
            CreateOutcome::AlreadyExists(contact, note) => {
                // Another writer was faster: the desired values are compared with the contact that is there.
                let matched_by = keys.matched_by(&contact);
                let plan = plan::plan(Some((&contact, matched_by)), desired, definitions);
                let mut receipt = update(scope, contact, matched_by, plan, definitions).await?;
                receipt.warnings.extend(note.map(str::to_owned));
                Ok(receipt)
            }
        }
    }
}

async fn update(
    scope: &Scope,
    contact: Contact,
    matched_by: MatchedBy,
    mut plan: Plan,
    definitions: &Definitions,
) -> Result<Receipt, Error> {
    if plan.is_empty() {
        return Ok(plan.receipt(Outcome::Unchanged, Some(contact), matched_by));
    }
    let Applied { contact, not_stored, warnings, tagged } =
        apply::update(scope, contact, &mut plan, definitions).await?;
    let mut receipt = plan.receipt(Outcome::Updated, None, matched_by);
    receipt.not_stored.extend(not_stored);
    receipt.warnings.extend(warnings);
    let stored = verify::fields(scope, &plan, contact, definitions, &mut receipt).await;
    verify::tags(&plan, &stored, tagged, &mut receipt);
    // HighLevel may have refused the only field that differed.
    if plan.is_empty() {
        receipt.outcome = Outcome::Unchanged;
    }
    receipt.contact = Some(stored);
    Ok(receipt)
}

/// The plan for the contact that was found, and the desired values without a key that another contact keeps.
fn plan_for(found: &Lookup, desired: &Desired, definitions: &Definitions) -> (Desired, Plan) {
    let mut desired = desired.clone();
    let existing = match found {
        Lookup::NotFound => None,
        Lookup::Found { contact, matched_by, other } => {
            if let Some((key, owner)) = other {
                desired.leave_out(*key, owner);
            }
            Some((contact, *matched_by))
        }
    };
    let plan = plan::plan(existing, &desired, definitions);
    (desired, plan)
}
