//! What HighLevel holds after a write, compared with what was sent: its answers echo values that it did not store.

use crate::contacts::fields::Definitions;
use crate::contacts::write::plan::{self, Plan};
use crate::contacts::write::receipt::NotStored;
use crate::ghl;
use crate::ghl::Scope;
use crate::ghl::dialect;
use crate::ghl::model::{Contact, ContactWrite, CustomFieldWrite, Field};

/// Whether HighLevel is known to drop something of this in silence, so that its answer is no proof.
fn needs_reading_back(write: &ContactWrite) -> bool {
    let dropped = [Field::Phone, Field::Gender, Field::CompanyName, Field::AssignedTo];
    !write.custom_fields.is_empty() || dropped.iter().any(|field| write.fields.contains_key(field))
}

/// Compares what is stored with what was sent, reading the contact back where an answer proves nothing.
pub(crate) async fn verify(
    scope: &Scope,
    plan: &Plan,
    contact: Contact,
    definitions: Option<&Definitions>,
    warnings: &mut Vec<String>,
) -> (Contact, Vec<NotStored>) {
    if !needs_reading_back(&plan.write) {
        let missing = plan::not_stored(plan, &contact, definitions);
        return (contact, missing);
    }
    let mut stored = match ghl::contacts::get(scope, &contact.id).await {
        Ok(stored) => stored,
        Err(error) => {
            warnings.push(format!("the write was accepted but could not be verified: {error}"));
            let missing = plan::not_stored(plan, &contact, definitions);
            return (contact, missing);
        }
    };
    if let Some(read) = other_form(scope, plan, &stored, definitions).await {
        stored = read;
    }
    let missing = plan::not_stored(plan, &stored, definitions);
    (stored, missing)
}

/// The OpenAPI writes custom fields as `field_value`, and reports say that only `value` is stored. Where the first form
/// was dropped and no form has proven itself yet, the other is tried once; what is seen to be stored is remembered.
async fn other_form(
    scope: &Scope,
    plan: &Plan,
    stored: &Contact,
    definitions: Option<&Definitions>,
) -> Option<Contact> {
    if plan.write.custom_fields.is_empty() || dialect::field_form_is_proven(scope) {
        return None;
    }
    let form = dialect::field_form(scope);
    let only = |fields: Vec<_>| Plan {
        write: ContactWrite { custom_fields: fields, ..ContactWrite::default() },
        ..Plan::default()
    };
    let is_stored = |write: &CustomFieldWrite, contact: &Contact| {
        plan::not_stored(&only(vec![write.clone()]), contact, definitions).is_empty()
    };
    // A blanked field is absent either way, and proves nothing.
    let telling = plan.write.custom_fields.iter().filter(|write| !write.value.is_empty());
    if telling.clone().any(|write| is_stored(write, stored)) {
        dialect::remember_field_form(scope, form);
        return None;
    }
    let dropped: Vec<_> = telling.filter(|write| !is_stored(write, stored)).cloned().collect();
    if dropped.is_empty() {
        return None;
    }
    let retry = only(dropped);
    dialect::update(scope, &stored.id, &retry.write, form.other()).await.ok()?;
    let read = ghl::contacts::get(scope, &stored.id).await.ok()?;
    if retry.write.custom_fields.iter().any(|write| is_stored(write, &read)) {
        dialect::remember_field_form(scope, form.other());
    }
    Some(read)
}
