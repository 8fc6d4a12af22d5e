//! What a contact does not hold of a plan, and why.

use crate::contacts::fields::Definitions;
use crate::contacts::identity::keys::with_own;
use crate::contacts::write::plan::Plan;
use crate::contacts::write::receipt::{GENDER, NotStored};
use crate::contacts::write::same::{same, same_custom};
use crate::contacts::write::shown::{custom_name, custom_value, stored};
use crate::ghl::model::{Contact, Field, Patch};

/// The values of the plan that the contact does not hold, each with the likeliest reason.
#[must_use]
pub fn not_stored(plan: &Plan, contact: &Contact, definitions: &Definitions) -> Vec<NotStored> {
    let mut missing = Vec::new();
    let countries = with_own(contact, &plan.countries);
    for (field, patch) in &plan.write.fields {
        let held = stored(contact, *field);
        let (ok, sent) = match patch {
            Patch::Clear => (held.is_none(), None),
            Patch::Set(value) => (
                held.as_deref().is_some_and(|held| same(*field, held, value, &countries)),
                Some(value.as_str().into()),
            ),
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
            Some(held) => same_custom(definitions, write, held, &countries),
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
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_not_stored_has_the_likeliest_reason() {
        let set = Patch::Set("x".to_owned());
        for (field, patch, words) in [
            (Field::City, &Patch::Clear, "kept the value"),
            (Field::Phone, &set, "numbers it cannot read"),
            (Field::Gender, &set, "issue 313"),
            (Field::AssignedTo, &set, "a user of this location"),
            (Field::Email, &set, "may belong to another contact"),
            (Field::City, &set, "stores another value"),
        ] {
            assert!(reason(field, patch).contains(words), "{field}: {}", reason(field, patch));
        }
    }
}
