//! What a contact shows of a plan: which values it has, which it does not have, and which it does not show. What is not
//! shown is not known.

use std::collections::BTreeMap;

use crate::contacts::fields::Definitions;
use crate::contacts::value::tag;
use crate::contacts::write::not_stored::not_stored;
use crate::contacts::write::plan::Plan;
use crate::contacts::write::receipt::NotStored;
use crate::contacts::write::shown::{custom_name, is_whole, lists_custom_fields};
use crate::ghl::model::{Contact, ContactWrite, Patch};

/// How a contact was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// In the answer to a write or to a lookup. It may leave out what the contact has.
    Answer,
    /// By a read of the contact. It leaves out what the contact does not have.
    Read,
}

/// The values of a plan that a contact does not show as planned.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Values that the contact does not have.
    pub(crate) differing: Vec<NotStored>,
    /// Fields that the contact does not show.
    pub(crate) unseen: Vec<String>,
}

impl Comparison {
    /// Whether every value of the plan is seen.
    pub(crate) fn is_held(&self) -> bool {
        self.differing.is_empty() && self.unseen.is_empty()
    }

    /// Whether each field of the plan is seen to be as it was before.
    pub(crate) fn nothing_changed(&self, plan: &Plan) -> bool {
        plan.changes.iter().all(|change| {
            self.differing.iter().any(|one| one.field == change.field && one.stored == change.before)
        })
    }

    fn add(&mut self, missing: Vec<NotStored>, absent_is_not_stored: bool) {
        for one in missing {
            if one.stored.is_some() || absent_is_not_stored {
                self.differing.push(one);
            } else {
                self.unseen.push(one.field);
            }
        }
    }
}

/// Compares a contact with the fields of a plan; tags are not fields.
pub(crate) fn compare(plan: &Plan, contact: &Contact, view: View, definitions: &Definitions) -> Comparison {
    let only = |write| not_stored(&Plan { write, ..plan.clone() }, contact, definitions);
    let (whole, lists_custom_fields) = (is_whole(contact), lists_custom_fields(contact));
    let standard = ContactWrite { custom_fields: Vec::new(), ..plan.write.clone() };
    let custom = ContactWrite { fields: BTreeMap::new(), ..plan.write.clone() };
    let mut seen = Comparison::default();
    seen.add(only(standard), view == View::Read && whole);
    seen.add(only(custom), view == View::Read && lists_custom_fields);
    // A blanked value is absent, and so is everything in an answer that shows next to nothing.
    if !whole {
        let blanked = plan.write.fields.iter().filter(|(field, patch)| {
            **patch == Patch::Clear && !contact.properties().contains_key(field.as_str())
        });
        seen.unseen.extend(blanked.map(|(field, _)| field.to_string()));
    }
    if !lists_custom_fields {
        let blanked = plan.write.custom_fields.iter().filter(|write| write.value.is_empty());
        seen.unseen.extend(blanked.map(|write| custom_name(definitions, write)));
    }
    seen
}

/// Whether the contact shows everything of the plan, tags included.
pub(crate) fn is_held_by(plan: &Plan, contact: &Contact, definitions: &Definitions) -> bool {
    compare(plan, contact, View::Answer, definitions).is_held()
        && tag::missing(&contact.tags(), &plan.add_tags).is_empty()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ghl::model::{CustomFieldWrite, Field, FieldValue};

    fn contact(value: Value) -> Contact {
        serde_json::from_value(value).unwrap()
    }

    /// Which fields differ, and which are not shown.
    fn seen(plan: &Plan, value: Value, view: View) -> (Vec<String>, Vec<String>) {
        let seen = compare(plan, &contact(value), view, &Definitions::unknown());
        (seen.differing.into_iter().map(|one| one.field).collect(), seen.unseen)
    }

    fn fields<const N: usize>(fields: [(Field, Patch<String>); N]) -> Plan {
        Plan { write: ContactWrite { fields: fields.into(), ..ContactWrite::default() }, ..Plan::default() }
    }

    #[test]
    fn an_answer_without_a_field_proves_nothing_and_a_read_without_it_does() {
        let plan = fields([(Field::City, Patch::Set("Paris".to_owned()))]);
        let none: (Vec<String>, Vec<String>) = Default::default();
        let (differs, is_unseen) = ((vec!["city".into()], vec![]), (vec![], vec!["city".into()]));
        for (value, answer, read) in [
            (json!({ "id": "a", "email": "a@b.c", "city": "Paris" }), &none, &none),
            (json!({ "id": "a", "city": "Paris" }), &none, &none),
            (json!({ "id": "a", "city": "Rome" }), &differs, &differs),
            (json!({ "id": "a", "email": "a@b.c" }), &is_unseen, &differs),
            (json!({ "id": "a" }), &is_unseen, &is_unseen),
            (json!({ "id": "a", "tags": ["vip"], "locationId": "l" }), &is_unseen, &is_unseen),
        ] {
            assert_eq!(&seen(&plan, value.clone(), View::Answer), answer, "{value}");
            assert_eq!(&seen(&plan, value.clone(), View::Read), read, "{value}");
        }
    }

    #[test]
    fn a_blanked_value_is_seen_to_be_gone_only_in_a_contact_that_shows_the_rest() {
        let plan = fields([(Field::City, Patch::Clear)]);
        for view in [View::Answer, View::Read] {
            assert_eq!(seen(&plan, json!({ "id": "a" }), view).1, ["city"]);
            for gone in [json!({ "id": "a", "email": "a@b.c" }), json!({ "id": "a", "city": null })] {
                assert_eq!(seen(&plan, gone, view), Default::default());
            }
            assert_eq!(seen(&plan, json!({ "id": "a", "city": "Rome" }), view).0, ["city"]);
        }
    }

    #[test]
    fn custom_fields_are_known_only_from_their_list() {
        let write = |value: FieldValue| CustomFieldWrite { id: "f1".parse().unwrap(), value };
        for value in [FieldValue::Null, FieldValue::from("x")] {
            let cleared = value.is_empty();
            let plan = Plan {
                write: ContactWrite { custom_fields: vec![write(value)], ..ContactWrite::default() },
                ..Plan::default()
            };
            for unlisted in
                [json!({ "id": "a", "email": "a@b.c" }), json!({ "id": "a", "customFields": null })]
            {
                assert_eq!(seen(&plan, unlisted, View::Read).1, ["f1"]);
            }
            let (differing, unseen) = seen(&plan, json!({ "id": "a", "customFields": [] }), View::Read);
            assert_eq!((differing.is_empty(), unseen.is_empty()), (cleared, true));
        }
    }

    #[test]
    fn a_plan_is_held_by_a_contact_that_shows_its_fields_and_its_tags() {
        let plan = Plan {
            add_tags: vec!["vip".to_owned()],
            ..fields([(Field::FirstName, Patch::Set("Ada".to_owned()))])
        };
        let held = |value| is_held_by(&plan, &contact(value), &Definitions::unknown());
        assert!(held(json!({ "id": "a", "firstName": "Ada", "tags": ["VIP", "other"] })));
        assert!(!held(json!({ "id": "a", "firstName": "Ada", "tags": [] })));
        assert!(!held(json!({ "id": "a", "firstName": "Bob", "tags": ["vip"] })));
        assert!(!held(json!({ "id": "a", "tags": ["vip"] })));
    }
}
