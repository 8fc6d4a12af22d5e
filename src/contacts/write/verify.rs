//! Checks what HighLevel holds after a write: its answers echo values that it did not store.

use crate::contacts::fields::Definitions;
use crate::contacts::value::tag;
use crate::contacts::write::plan::{self, Plan};
use crate::contacts::write::receipt::{NotStored, Receipt};
use crate::ghl;
use crate::ghl::Scope;
use crate::ghl::api;
use crate::ghl::model::{Contact, ContactWrite, CustomFieldWrite, Field};

/// Whether HighLevel is known to drop some of these values in silence, so that its answer proves nothing.
fn needs_reading_back(write: &ContactWrite) -> bool {
    let dropped = [Field::Phone, Field::Gender, Field::CompanyName, Field::AssignedTo];
    !write.custom_fields.is_empty() || dropped.iter().any(|field| write.fields.contains_key(field))
}

/// Compares what is stored with the plan and adds the result to the receipt. The contact is read back where HighLevel's
/// answer proves nothing.
pub(crate) async fn fields(
    scope: &Scope,
    plan: &Plan,
    answered: Contact,
    definitions: &Definitions,
    receipt: &mut Receipt,
) -> Contact {
    let stored = if needs_reading_back(&plan.write) {
        match ghl::api::get(scope, &answered.id).await {
            Ok(stored) => try_other_form(scope, plan, &stored, definitions).await.unwrap_or(stored),
            Err(error) => {
                receipt.warnings.push(format!("the write was accepted but could not be verified: {error}"));
                answered
            }
        }
    } else {
        answered
    };
    receipt.not_stored.extend(plan::not_stored(plan, &stored, definitions));
    stored
}

/// Adds to the receipt which tags of the plan the contact has after they were `sent`: HighLevel may answer success and not
/// add them.
pub(crate) fn tags(plan: &Plan, contact: &Contact, sent: bool, receipt: &mut Receipt) {
    if !sent {
        receipt.tags_added.clear();
        return;
    }
    let missing = tag::missing(&contact.tags(), &plan.add_tags);
    receipt.tags_added = tag::missing(&missing, &plan.add_tags);
    if !missing.is_empty() {
        receipt.not_stored.push(NotStored {
            field: "tags".to_owned(),
            sent: Some(missing.into()),
            stored: Some(contact.tags().into()),
            reason: "HighLevel answered success and the contact does not have them".to_owned(),
        });
    }
}

/// The OpenAPI writes custom fields as `field_value`, and reports say that only `value` is stored. Where HighLevel dropped
/// the first form and no form is known to be stored, the other form is tried once. A form that is seen to be stored is
/// remembered.
async fn try_other_form(
    scope: &Scope,
    plan: &Plan,
    stored: &Contact,
    definitions: &Definitions,
) -> Option<Contact> {
    if plan.write.custom_fields.is_empty() || api::field_form_is_proven(scope) {
        return None;
    }
    let form = api::field_form(scope);
    let only = |fields: Vec<_>| Plan {
        write: ContactWrite { custom_fields: fields, ..ContactWrite::default() },
        ..Plan::default()
    };
    let is_stored = |write: &CustomFieldWrite, contact: &Contact| {
        plan::not_stored(&only(vec![write.clone()]), contact, definitions).is_empty()
    };
    // A blanked field is absent in either form and proves nothing.
    let filled = plan.write.custom_fields.iter().filter(|write| !write.value.is_empty());
    if filled.clone().any(|write| is_stored(write, stored)) {
        api::remember_field_form(scope, form);
        return None;
    }
    let dropped: Vec<_> = filled.filter(|write| !is_stored(write, stored)).cloned().collect();
    if dropped.is_empty() {
        return None;
    }
    let retry = only(dropped);
    api::update(scope, &stored.id, &retry.write, form.other()).await.ok()?;
    let read = ghl::api::get(scope, &stored.id).await.ok()?;
    if retry.write.custom_fields.iter().any(|write| is_stored(write, &read)) {
        api::remember_field_form(scope, form.other());
    }
    Some(read)
}
