//! The safe upsert: read the values, look up, plan, write, verify, report.

use std::sync::Arc;

use crate::contacts::error::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::duplicates;
use crate::contacts::identity::keys::{Keys, MatchedBy};
use crate::contacts::identity::lookup::{self, Found, Lookup};
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
        audit::upsert(scope, &self.options.audit_key, upsert.email.as_deref(), &result);
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
            && let Some(receipt) = native_upsert::upsert(scope, &desired, &keys, &definitions).await?
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
        let mut found = lookup::look_up(scope, &self.location, keys, &settings, upsert.on_conflict).await?;
        let mut plan = self.plan_for(found.found(), desired, keys, definitions);
        let mut warning = None;
        if !plan.is_empty() {
            // A write follows: now it matters whether the location may hold more contacts of these keys.
            found = duplicates::confirm(scope, &self.location, keys, upsert.on_conflict, found).await?;
            plan = self.plan_for(found.found(), desired, keys, definitions);
            warning = self.location.warning();
        }
        let mut receipt = match found {
            Lookup::NotFound if upsert.dry_run => plan.receipt(Outcome::Planned, None, MatchedBy::None),
            Lookup::NotFound => self.create(scope, upsert, plan, desired, keys, definitions).await?,
            Lookup::Found(found) if upsert.dry_run => {
                plan.receipt(Outcome::Planned, Some(found.contact), found.matched_by)
            }
            Lookup::Found(found) => update(scope, found.contact, found.matched_by, plan, definitions).await?,
        };
        receipt.warnings.extend(warning);
        Ok(receipt)
    }

    /// The plan for the contact that was found, without a key that another contact keeps, or that this one does not show.
    fn plan_for(
        &self,
        found: Option<&Found>,
        desired: &Desired,
        keys: &Keys,
        definitions: &Definitions,
    ) -> Plan {
        let mut desired = desired.clone();
        desired.countries = keys.in_location(&self.location.settings_if_known()).countries;
        let existing = found.map(|Found { contact, matched_by, other, unseen }| {
            if let Some((key, owner)) = other {
                desired.leave_out(*key, owner);
            }
            for key in unseen {
                desired.leave_unseen(*key);
            }
            (contact, *matched_by)
        });
        plan::plan(existing, &desired, definitions)
    }

    async fn create(
        &self,
        scope: &Scope,
        upsert: &Upsert,
        plan: Plan,
        desired: &Desired,
        keys: &Keys,
        definitions: &Definitions,
    ) -> Result<Receipt, Error> {
        let settings = self.location.settings_if_known();
        let keys = &keys.in_location(&settings);
        let look_again = || lookup::look_up(scope, &self.location, keys, &settings, upsert.on_conflict);
        match apply::create(scope, &plan, keys, definitions, look_again).await? {
            CreateOutcome::Created(contact, notes) => {
                let mut receipt = plan.receipt(Outcome::Created, None, MatchedBy::None);
                receipt.warnings.extend(notes.into_iter().map(str::to_owned));
                verify::verify(scope, &plan, Applied::created(contact), definitions, &mut receipt).await;
                if let Some(contact) = &receipt.contact {
                    receipt.possible_duplicate =
                        duplicates::possible_duplicate(scope, &settings, contact, keys).await;
                }
                Ok(receipt)
            }
            CreateOutcome::AlreadyExists(found, notes) => {
                // Another writer was faster: the desired values are compared with the contact that is there.
                let plan = self.plan_for(Some(&found), desired, keys, definitions);
                let updated = update(scope, found.contact, found.matched_by, plan, definitions).await;
                // The contact may be the one that was sent before: its failure does not undo the create.
                let sent_before = !notes.is_empty();
                let mut receipt =
                    updated.map_err(|error| if sent_before { error.after_a_write() } else { error })?;
                receipt.warnings.extend(notes.into_iter().map(str::to_owned));
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
    let applied = apply::update(scope, contact, &mut plan, definitions).await?;
    let mut receipt = plan.receipt(Outcome::Updated, None, matched_by);
    verify::verify(scope, &plan, applied, definitions, &mut receipt).await;
    Ok(receipt)
}
