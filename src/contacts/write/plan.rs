//! Existing contact and wanted values -> the exact writes. Pure: the heart of the promise.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::fields::Definitions;
use crate::contacts::value::phone::{same_email, same_phone};
use crate::contacts::write::receipt::{Change, MatchedBy, NotStored};
use crate::contacts::write::same::same;
use crate::ghl::model::{Contact, ContactWrite, CustomFieldWrite, Field, FieldValue, Patch};

/// Whether a value that is there may be replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// Yes.
    #[default]
    Overwrite,
    /// No: only what is empty is filled.
    FillEmpty,
}

/// What a contact should be, in normal form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// Standard fields.
    pub fields: BTreeMap<Field, String>,
    /// Standard fields to blank.
    pub clear: BTreeSet<Field>,
    /// Custom fields; a null value blanks.
    pub custom_fields: Vec<CustomFieldWrite>,
    /// Tags to add.
    pub tags: Vec<String>,
    /// Whether to replace.
    pub mode: Mode,
}

/// The writes, and what they change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Fields for the create or the update; never tags.
    pub write: ContactWrite,
    /// Tags that are missing.
    pub add_tags: Vec<String>,
    /// What will be different.
    pub changes: Vec<Change>,
    /// What cannot be stored, known beforehand.
    pub not_stored: Vec<NotStored>,
    /// What the caller should know.
    pub warnings: Vec<String>,
}

impl Plan {
    /// Nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.write.is_empty() && self.add_tags.is_empty()
    }
}

/// Why `gender` of an existing contact cannot be written.
const GENDER: &str = "HighLevel stores gender only when a contact is created (highlevel-api-docs issue 313)";

/// Plans the writes that make `existing` what is wanted.
#[must_use]
pub fn plan(
    existing: Option<(&Contact, MatchedBy)>,
    wanted: &Wanted,
    definitions: Option<&Definitions>,
) -> Plan {
    let mut plan = Plan::default();
    let contact = existing.map(|(contact, _)| contact);
    for (field, value) in &wanted.fields {
        standard(&mut plan, existing, *field, value, wanted);
    }
    for field in &wanted.clear {
        let before = contact.and_then(|contact| stored(contact, *field));
        if let Some(before) = before {
            plan.write.fields.insert(*field, Patch::Clear);
            plan.changes.push(Change { field: field.to_string(), before: Some(before.into()), after: None });
        }
    }
    for write in &wanted.custom_fields {
        custom(&mut plan, contact, write, wanted.mode, definitions);
    }
    plan.add_tags = missing_tags(&contact.map(Contact::tags).unwrap_or_default(), &wanted.tags);
    plan
}

fn standard(
    plan: &mut Plan,
    existing: Option<(&Contact, MatchedBy)>,
    field: Field,
    value: &str,
    wanted: &Wanted,
) {
    let before = existing.and_then(|(contact, _)| stored(contact, field));
    if before.as_deref().is_some_and(|before| same(field, before, value)) {
        return;
    }
    if let Some((contact, matched)) = existing {
        if before.is_some() {
            if wanted.mode == Mode::FillEmpty {
                plan.warnings.push(format!("kept {field}: it already had a value"));
                return;
            }
            if additional(contact, field, value) {
                // highlevel-api-docs issue 337: sending it would replace the primary one.
                plan.warnings.push(format!(
                    "kept the primary {field}: the given one is an additional {field} of the contact"
                ));
                return;
            }
            if field == Field::Email && matches!(matched, MatchedBy::Phone | MatchedBy::AdditionalPhone) {
                plan.warnings.push(
                    "the contact was found by its phone and had another email, which this replaces"
                        .to_owned(),
                );
            }
        }
        if field == Field::Gender {
            plan.not_stored.push(NotStored {
                field: field.to_string(),
                sent: None,
                stored: before.map(Into::into),
                reason: GENDER.to_owned(),
            });
            return;
        }
    }
    plan.write.fields.insert(field, Patch::Set(value.to_owned()));
    plan.changes.push(Change {
        field: field.to_string(),
        before: before.map(Into::into),
        after: Some(FieldValue::from(value)),
    });
}

/// Whether the value is on the contact already, beside its primary one.
fn additional(contact: &Contact, field: Field, value: &str) -> bool {
    match field {
        Field::Email => contact.additional_emails().iter().any(|one| same_email(one, value)),
        Field::Phone => contact.additional_phones().iter().any(|one| same_phone(one, value)),
        _ => false,
    }
}

fn custom(
    plan: &mut Plan,
    contact: Option<&Contact>,
    write: &CustomFieldWrite,
    mode: Mode,
    definitions: Option<&Definitions>,
) {
    let before = contact.and_then(|contact| custom_value(contact, write));
    let name = custom_name(definitions, write);
    match &before {
        Some(before) if same_custom(definitions, write, before) => return,
        None if write.value.is_empty() => return,
        Some(_) if mode == Mode::FillEmpty => {
            plan.warnings.push(format!("kept {name}: it already had a value"));
            return;
        }
        _ => {}
    }
    let after = (!write.value.is_empty()).then(|| write.value.clone());
    plan.changes.push(Change { field: name, before, after });
    plan.write.custom_fields.push(write.clone());
}

fn custom_value(contact: &Contact, write: &CustomFieldWrite) -> Option<FieldValue> {
    contact.custom_fields().into_iter().find(|field| field.id == write.id).map(|field| field.value)
}

fn custom_name(definitions: Option<&Definitions>, write: &CustomFieldWrite) -> String {
    let definition = definitions.and_then(|definitions| definitions.by_id(&write.id));
    definition.map_or_else(|| write.id.to_string(), |definition| definition.name.clone())
}

fn same_custom(definitions: Option<&Definitions>, write: &CustomFieldWrite, stored: &FieldValue) -> bool {
    match definitions {
        Some(definitions) => definitions.same(&write.id, stored, &write.value),
        None => {
            *stored == write.value
                || (stored.to_text().is_some() && stored.to_text() == write.value.to_text())
        }
    }
}

/// What a contact holds in a field. A name is compared as the person's two names, since answers of HighLevel's lists
/// carry a lower-cased `name`.
fn stored(contact: &Contact, field: Field) -> Option<String> {
    if field == Field::Name {
        let names = [contact.text(Field::FirstName), contact.text(Field::LastName)];
        let full = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        return if full.is_empty() { contact.text(Field::Name) } else { Some(full) };
    }
    contact.text(field)
}

/// The wanted tags that the contact lacks, compared as HighLevel does: without case or outer spaces.
#[must_use]
pub fn missing_tags(have: &[String], wanted: &[String]) -> Vec<String> {
    let normal = |tag: &String| tag.trim().to_lowercase();
    let have: BTreeSet<_> = have.iter().map(normal).collect();
    wanted.iter().filter(|tag| !have.contains(&normal(tag))).cloned().collect()
}

/// Whether the contact holds all that was planned, tags included.
pub(crate) fn is_held_by(plan: &Plan, contact: &Contact, definitions: Option<&Definitions>) -> bool {
    not_stored(plan, contact, definitions).is_empty()
        && missing_tags(&contact.tags(), &plan.add_tags).is_empty()
}

/// What of the plan the contact does not hold, each with the likeliest reason.
#[must_use]
pub fn not_stored(plan: &Plan, contact: &Contact, definitions: Option<&Definitions>) -> Vec<NotStored> {
    let mut missing = Vec::new();
    for (field, patch) in &plan.write.fields {
        let held = stored(contact, *field);
        let (ok, sent) = match patch {
            Patch::Clear => (held.is_none(), None),
            Patch::Set(value) => {
                (held.as_deref().is_some_and(|held| same(*field, held, value)), Some(value.as_str().into()))
            }
        };
        if !ok {
            missing.push(NotStored {
                field: field.to_string(),
                sent,
                stored: held.map(Into::into),
                reason: reason(*field, patch).to_owned(),
            });
        }
    }
    for write in &plan.write.custom_fields {
        let held = custom_value(contact, write);
        let ok = match &held {
            None => write.value.is_empty(),
            Some(held) => same_custom(definitions, write, held),
        };
        if !ok {
            missing.push(NotStored {
                field: custom_name(definitions, write),
                sent: (!write.value.is_empty()).then(|| write.value.clone()),
                stored: held,
                reason: "HighLevel answered success and did not store it; it drops values whose type or option it does not take".to_owned(),
            });
        }
    }
    missing
}

fn reason(field: Field, patch: &Patch<String>) -> &'static str {
    match (field, patch) {
        (_, Patch::Clear) => "HighLevel answered success and kept the value",
        (Field::Phone, _) => {
            "HighLevel answered success and did not store the number; it drops numbers it cannot read"
        }
        (Field::Gender, _) => GENDER,
        (Field::AssignedTo, _) => {
            "HighLevel answered success and did not assign it; is it the id of a user of this location?"
        }
        (Field::Email, _) => "HighLevel kept another email; it may belong to another contact",
        _ => "HighLevel answered success and stores another value",
    }
}

#[cfg(test)]
mod tests;
