//! The upsert of a contact that is named by its id: its keys are values to set. It never creates a contact.

use crate::contacts::error::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::keys::{Keys, MatchedBy, Shown};
use crate::contacts::identity::lookup;
use crate::contacts::identity::reading::GivenKeys;
use crate::contacts::operation::get::not_found_by_id;
use crate::contacts::operation::safe_upsert::update;
use crate::contacts::service::Contacts;
use crate::contacts::write::desired::{Desired, Upsert};
use crate::contacts::write::plan;
use crate::contacts::write::receipt::{Outcome, Receipt};
use crate::ghl::model::Contact;
use crate::ghl::{ContactId, Need, Scope, api};

impl Contacts {
    /// Gives the contact the desired values. A key that is new to it is looked up before: another contact may have it.
    ///
    /// # Errors
    /// `NotFound`, `Taken`, a phone that cannot be read, or HighLevel's failure.
    pub(crate) async fn upsert_by_id(
        &self,
        scope: &Scope,
        upsert: &Upsert,
        mut desired: Desired,
        id: &ContactId,
        given: GivenKeys<'_>,
        definitions: &Definitions,
    ) -> Result<Receipt, Error> {
        // The contact comes before its keys, and no call that holds a key waits for a contact: so no two calls wait for each
        // other.
        let _held = self.locks.hold_contact(scope, id).await?;
        let contact = api::get(scope, id).await.map_err(not_found_by_id)?;
        let keys = self.keys(scope, &given.without_own(&contact)).await?;
        desired.add_keys(&keys);
        let _held_keys = self.locks.hold(scope, &keys, Need::IfItServes).await?;
        self.refuse_taken(scope, &contact, &keys).await?;
        desired.countries = keys.in_location(&self.location.settings_if_known()).countries;
        let plan = plan::plan(Some(&contact), &desired, definitions).checked()?;
        if upsert.dry_run {
            return Ok(plan.receipt(Outcome::Planned, Some(contact), MatchedBy::ContactId));
        }
        update(scope, contact, MatchedBy::ContactId, plan, definitions, upsert.in_list).await
    }

    /// Refuses a key that is new to this contact and that another contact has.
    async fn refuse_taken(&self, scope: &Scope, contact: &Contact, keys: &Keys) -> Result<(), Error> {
        for (field, one) in keys.each() {
            let shown = [one.email_of(contact), one.phone_of(contact)].into_iter().flatten().next();
            if matches!(shown, None | Some(Shown::Key(_))) {
                continue;
            }
            let settings = self.location.settings(scope).await?;
            let all = lookup::all_with_key(scope, &self.location, &settings, &one).await?;
            if let Some(owner) = all.into_iter().find(|other| other.id != contact.id) {
                return Err(Error::Taken { key: field, owner: owner.id });
            }
        }
        Ok(())
    }
}
