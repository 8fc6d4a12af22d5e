//! Checks what HighLevel holds after a write: its answers repeat values that it did not store, and leave out values that it
//! did store.

use crate::contacts::fields::Definitions;
use crate::contacts::value::tag;
use crate::contacts::write::apply::{Applied, Tags};
use crate::contacts::write::compare::{View, compare};
use crate::contacts::write::plan::Plan;
use crate::contacts::write::receipt::{NotStored, Outcome, Receipt};
use crate::ghl;
use crate::ghl::api;
use crate::ghl::model::{Contact, ContactWrite, CustomFieldWrite, Field};
use crate::ghl::{Scope, Written};

/// Whether HighLevel is known to drop some of these values in silence, so that its answer proves nothing.
fn is_dropped_at_times(write: &ContactWrite) -> bool {
    let dropped = [Field::Phone, Field::Gender, Field::CompanyName, Field::AssignedTo];
    !write.custom_fields.is_empty() || dropped.iter().any(|field| write.fields.contains_key(field))
}

/// Compares what is stored with the plan and adds the result to the receipt. The contact is read back where HighLevel's
/// answer proves nothing, or does not show something. What was not seen is neither called stored nor not stored.
pub(crate) async fn verify(
    scope: &Scope,
    plan: &Plan,
    mut applied: Applied,
    definitions: &Definitions,
    receipt: &mut Receipt,
) {
    let mut warning = None;
    let unproven = is_dropped_at_times(&plan.write)
        || !compare(plan, &applied.contact, applied.view, definitions).unseen.is_empty()
        || applied.tags == Tags::Sent && !tag::missing(&applied.contact.tags(), &plan.add_tags).is_empty();
    if applied.view == View::Answer && unproven {
        match ghl::api::get(scope, &applied.contact.id).await {
            Ok(contact) => (applied.contact, applied.view) = (contact, View::Read),
            Err(error) => warning = Some(unverified(&error)),
        }
    }
    if applied.view == View::Read {
        match try_other_form(scope, plan, &applied.contact, definitions).await {
            None => {}
            Some(Ok(contact)) => applied.contact = contact,
            // The other form may have been stored.
            Some(Err(error)) => {
                applied.contact = applied.contact.without_custom_fields();
                warning = Some(unverified(&error));
            }
        }
    }
    report(plan, applied, definitions, receipt);
    receipt.warnings.extend(warning);
}

fn unverified(error: &ghl::Error) -> String {
    format!("the write was accepted but could not be verified: {error}")
}

/// Adds to the receipt what the contact shows, without a request.
pub(crate) fn report(plan: &Plan, applied: Applied, definitions: &Definitions, receipt: &mut Receipt) {
    let contact = applied.contact;
    let mut seen = compare(plan, &contact, applied.view, definitions);
    let nothing_changed = seen.nothing_changed(plan);
    receipt.changes.retain(|change| !seen.differing.iter().any(|one| one.field == change.field));
    receipt.not_stored.append(&mut seen.differing);
    receipt.not_stored.extend(applied.not_stored);
    receipt.warnings.extend(applied.warnings);
    receipt.tags_added = tags(plan, &contact, applied.tags, receipt, &mut seen.unseen);
    receipt.unverified = seen.unseen;
    if !receipt.unverified.is_empty() {
        let fields = receipt.unverified.join(", ");
        receipt.warnings.push(format!("not verified, since HighLevel does not show it: {fields}"));
    }
    let nothing_stored = nothing_changed && receipt.tags_added.is_empty() && receipt.unverified.is_empty();
    if receipt.outcome == Outcome::Updated && nothing_stored {
        receipt.outcome = Outcome::Unchanged;
        if !plan.is_empty() && receipt.warnings.is_empty() {
            receipt.warnings.push("HighLevel answered success and stored nothing of it".to_owned());
        }
    }
    receipt.contact = Some(contact);
}

const TAGS: &str = "tags";

/// The tags of the plan that the contact has after they were sent: HighLevel may answer success and not add them.
fn tags(
    plan: &Plan,
    contact: &Contact,
    sent: Tags,
    receipt: &mut Receipt,
    unseen: &mut Vec<String>,
) -> Vec<String> {
    match sent {
        Tags::NotSent => return Vec::new(),
        Tags::Unclear => {
            unseen.push(TAGS.to_owned());
            return Vec::new();
        }
        Tags::Sent => {}
    }
    let missing = tag::missing(&contact.tags(), &plan.add_tags);
    let added = tag::missing(&missing, &plan.add_tags);
    if missing.is_empty() {
        return added;
    }
    match contact.listed_tags() {
        None => unseen.push(TAGS.to_owned()),
        Some(listed) => receipt.not_stored.push(NotStored {
            field: TAGS.to_owned(),
            sent: Some(missing.into()),
            stored: Some(listed.into()),
            reason: "HighLevel answered success and the contact does not have them".to_owned(),
        }),
    }
    added
}

/// The OpenAPI writes custom fields as `field_value`, and reports say that only `value` is stored. Where HighLevel dropped
/// the first form and no form is known to be stored, the other form is tried once. A form that is seen to be stored is
/// remembered. Gives the contact as it is after the other form was sent, and nothing where it was not.
async fn try_other_form(
    scope: &Scope,
    plan: &Plan,
    stored: &Contact,
    definitions: &Definitions,
) -> Option<Result<Contact, ghl::Error>> {
    if plan.write.custom_fields.is_empty() || api::field_form_is_proven(scope) {
        return None;
    }
    let form = api::field_form(scope);
    let only = |fields: Vec<_>| Plan {
        write: ContactWrite { custom_fields: fields, ..ContactWrite::default() },
        ..Plan::default()
    };
    let seen = |write: &CustomFieldWrite, contact: &Contact| {
        compare(&only(vec![write.clone()]), contact, View::Read, definitions)
    };
    // A blanked field is absent in either form and proves nothing.
    let filled = plan.write.custom_fields.iter().filter(|write| !write.value.is_empty());
    if filled.clone().any(|write| seen(write, stored).is_held()) {
        api::remember_field_form(scope, form);
        return None;
    }
    let dropped: Vec<_> = filled.filter(|write| !seen(write, stored).differing.is_empty()).cloned().collect();
    if dropped.is_empty() {
        return None;
    }
    let retry = only(dropped);
    let sent = api::update(scope, &stored.id, &retry.write, form.other()).await;
    if sent.is_err_and(|error| error.written() == Written::No) {
        return None;
    }
    let read = ghl::api::get(scope, &stored.id).await;
    if let Ok(read) = &read
        && retry.write.custom_fields.iter().any(|write| seen(write, read).is_held())
    {
        api::remember_field_form(scope, form.other());
    }
    Some(read)
}
