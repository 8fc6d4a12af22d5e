//! The plan of a write: from an existing contact and the desired values to the exact requests. Pure.

use crate::contacts::error::{Error, Refusal, Subject};
use crate::contacts::fields::Definitions;
use crate::contacts::identity::keys::{MatchedBy, with_own};
use crate::contacts::value::country::Country;
use crate::contacts::value::phone::{Candidate, CountrySource, Phone};
use crate::contacts::value::tag;
use crate::contacts::value::text::is_shortened;
use crate::contacts::write::desired::{Desired, Mode};
use crate::contacts::write::receipt::{Change, GENDER, NotStored, Outcome, Receipt};
use crate::contacts::write::same::{same, same_custom};
use crate::contacts::write::shown::{custom_name, custom_value, lists_custom_fields, shows_as_empty, stored};
use crate::ghl::model::{Contact, ContactWrite, CustomFieldWrite, DataType, Field, FieldValue, Patch};

/// The requests of a write, and what they change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Fields of the create or the update; never tags.
    pub write: ContactWrite,
    /// Tags that the contact lacks.
    pub add_tags: Vec<String>,
    /// The fields that will change.
    pub changes: Vec<Change>,
    /// Values that HighLevel is known not to store.
    pub not_stored: Vec<NotStored>,
    /// What the caller should know.
    pub warnings: Vec<String>,
    /// The countries in which a stored phone without a country code is read, after the contact's own.
    pub countries: Vec<Country>,
    /// A value that would be written and cannot be taken.
    pub refused: Option<Refusal>,
}

impl Plan {
    /// The plan, if every value of it can be taken.
    ///
    /// # Errors
    /// The first value that cannot.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        match self.refused {
            Some(refusal) => Err(refusal.into()),
            None => Ok(self),
        }
    }

    /// Whether something is to be written, or would be if it could be taken.
    pub(crate) fn changes_something(&self) -> bool {
        !self.is_empty() || self.refused.is_some()
    }

    /// Whether nothing is to be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.write.is_empty() && self.add_tags.is_empty()
    }

    /// The receipt of this plan, before anything is written.
    pub(crate) fn receipt(
        &self,
        outcome: Outcome,
        contact: Option<Contact>,
        matched_by: MatchedBy,
    ) -> Receipt {
        Receipt {
            outcome,
            contact,
            matched_by,
            changes: self.changes.clone(),
            tags_added: self.add_tags.clone(),
            not_stored: self.not_stored.clone(),
            unverified: Vec::new(),
            warnings: self.warnings.clone(),
            possible_duplicate: None,
            tags_later: Vec::new(),
        }
    }
}

/// Why a text that an answer shortened is not written.
const SHORTENED: &str =
    "the text is the shortened one of an answer: writing it would lose the rest; send the whole text";

/// Plans the writes that give the existing contact, or a new one, the desired values.
#[must_use]
pub fn plan(existing: Option<&Contact>, desired: &Desired, definitions: &Definitions) -> Plan {
    let mut plan =
        Plan { warnings: desired.warnings.clone(), countries: desired.countries.clone(), ..Plan::default() };
    for (field, value) in &desired.fields {
        standard(&mut plan, existing, *field, value, desired);
    }
    for field in &desired.clear {
        let before = existing.and_then(|contact| stored(contact, *field));
        if let Some(before) = before {
            plan.write.fields.insert(*field, Patch::Clear);
            plan.changes.push(Change { field: field.to_string(), before: Some(before.into()), after: None });
        }
    }
    for write in &desired.custom_fields {
        custom(&mut plan, existing, write, desired, definitions);
    }
    plan.add_tags = tag::missing(&existing.map(Contact::tags).unwrap_or_default(), &desired.tags);
    plan
}

fn standard(plan: &mut Plan, existing: Option<&Contact>, field: Field, value: &str, desired: &Desired) {
    let before = existing.and_then(|contact| stored(contact, field));
    let countries = existing.map(|contact| with_own(contact, &plan.countries)).unwrap_or_default();
    if before.as_deref().is_some_and(|before| same(field, before, value, &countries)) {
        return;
    }
    if is_shortened(value) {
        plan.not_stored.push(shortened(field.to_string(), value.into(), before.map(Into::into)));
        return;
    }
    if let Some(contact) = existing {
        if desired.mode == Mode::FillEmpty && (before.is_some() || !shows_as_empty(contact, field)) {
            plan.warnings.push(kept(field.as_str(), before.is_some()));
            return;
        }
        if before.is_some() && additional(contact, field, value, &countries) {
            // highlevel-api-docs issue 337: sending it would replace the primary one.
            plan.warnings.push(format!(
                "kept the primary {field}: the given one is an additional {field} of the contact"
            ));
            return;
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
    if let Some(refusal) = desired.refused.get(&field) {
        plan.refused.get_or_insert_with(|| refusal.clone());
        return;
    }
    plan.write.fields.insert(field, Patch::Set(value.to_owned()));
    plan.changes.push(Change {
        field: field.to_string(),
        before: before.map(Into::into),
        after: Some(FieldValue::from(value)),
    });
}

/// Why an empty field is not filled, or one that is not empty.
fn kept(field: &str, had_a_value: bool) -> String {
    if had_a_value {
        format!("kept {field}: it already had a value")
    } else {
        format!("kept {field}: HighLevel does not show that it is empty")
    }
}

/// Whether the contact has the value already, as an additional e-mail or phone.
fn additional(contact: &Contact, field: Field, value: &str, countries: &[Country]) -> bool {
    let all = match field {
        Field::Email => contact.additional_emails(),
        Field::Phone => contact.additional_phones(),
        _ => return false,
    };
    all.iter().any(|one| same(field, one, value, countries))
}

fn custom(
    plan: &mut Plan,
    contact: Option<&Contact>,
    write: &CustomFieldWrite,
    desired: &Desired,
    definitions: &Definitions,
) {
    let before = contact.and_then(|contact| custom_value(contact, write));
    let name = custom_name(definitions, write);
    match &before {
        Some(before) if same_custom(definitions, write, before, &[]) => return,
        None if write.value.is_empty() => return,
        _ => {}
    }
    let (write, note) = match taken(contact, write, desired, definitions) {
        Ok(taken) => taken,
        Err(refusal) => {
            if before.is_some() && desired.mode == Mode::FillEmpty {
                plan.warnings.push(kept(&name, true));
            } else {
                plan.refused.get_or_insert(refusal);
            }
            return;
        }
    };
    if let Some(before) = &before
        && same_custom(
            definitions,
            &write,
            before,
            &contact.map(|one| with_own(one, &plan.countries)).unwrap_or_default(),
        )
    {
        return;
    }
    if let Some(contact) = contact.filter(|_| desired.mode == Mode::FillEmpty)
        && (before.is_some() || !lists_custom_fields(contact))
    {
        plan.warnings.push(kept(&name, before.is_some()));
        return;
    }
    plan.warnings.extend(note);
    if holds_a_shortened_text(&write.value) {
        plan.not_stored.push(shortened(name, write.value.clone(), before));
        return;
    }
    let after = (!write.value.is_empty()).then(|| write.value.clone());
    plan.changes.push(Change { field: name, before, after });
    plan.write.custom_fields.push(write);
}

/// The value as it is written, and how it was read. A phone is written in E.164, as the contact's own is.
fn taken(
    contact: Option<&Contact>,
    write: &CustomFieldWrite,
    desired: &Desired,
    definitions: &Definitions,
) -> Result<(CustomFieldWrite, Option<String>), Refusal> {
    if let Some(refusal) = desired.refused_custom.get(&write.id) {
        return Err(refusal.clone());
    }
    let is_phone = definitions.by_id(&write.id).is_some_and(|field| field.data_type == DataType::Phone);
    let Some(text) = write.value.to_text().filter(|_| is_phone && !write.value.is_empty()) else {
        return Ok((write.clone(), None));
    };
    let name = custom_name(definitions, write);
    let own = contact.map(|contact| with_own(contact, &[])).unwrap_or_default();
    let own = own.into_iter().map(|country| Candidate { country, source: CountrySource::Contact });
    let of_call = |one: &&Candidate| one.source == CountrySource::Call;
    let all = desired.phone_candidates.iter();
    let candidates: Vec<Candidate> = all
        .clone()
        .filter(of_call)
        .copied()
        .chain(own)
        .chain(all.filter(|one| !of_call(one)).copied())
        .collect();
    let read = Phone::read(&text, &candidates)
        .map_err(|error| Refusal::about(Subject::CustomField(name.clone()), error))?;
    let note = read.by.map(|by| format!("{name} was read as {}, a number of {by}", read.phone));
    Ok((CustomFieldWrite { id: write.id.clone(), value: read.phone.as_str().into() }, note))
}

fn shortened(field: String, sent: FieldValue, stored: Option<FieldValue>) -> NotStored {
    NotStored { field, sent: Some(sent), stored, reason: SHORTENED.to_owned() }
}

fn holds_a_shortened_text(value: &FieldValue) -> bool {
    match value {
        FieldValue::Text(text) => is_shortened(text),
        FieldValue::List(list) => list.iter().any(holds_a_shortened_text),
        FieldValue::Map(map) => map.values().any(holds_a_shortened_text),
        FieldValue::Null | FieldValue::Bool(_) | FieldValue::Number(_) => false,
    }
}

#[cfg(test)]
mod tests;
