//! A plan is complete: after it was carried out, planning again finds nothing to write.

use std::collections::{BTreeMap, BTreeSet};

use ghl_contacts_mcp::contacts::fields::Definitions;
use ghl_contacts_mcp::contacts::write::desired::{Desired, Mode};
use ghl_contacts_mcp::contacts::write::not_stored::not_stored;
use ghl_contacts_mcp::contacts::write::plan::{Plan, plan};
use ghl_contacts_mcp::ghl::model::{Contact, CustomFieldWrite, Field, FieldValue, Patch};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The contact after HighLevel carried out a plan, quirks included. Written from HighLevel's documents, not from the code.
fn carried_out(existing: Option<&Value>, plan: &Plan) -> Value {
    let mut contact = existing.and_then(Value::as_object).cloned().unwrap_or_else(Map::new);
    contact.entry("id").or_insert_with(|| json!("new"));
    for (field, patch) in &plan.write.fields {
        match (field, patch) {
            (Field::Gender, _) if existing.is_some() => {}
            (Field::Name, Patch::Set(name)) => {
                let (first, last) = name.split_once(' ').unwrap_or((name, ""));
                contact.insert("firstName".into(), json!(first));
                contact.insert("lastName".into(), json!(last.trim()));
            }
            (Field::DateOfBirth, Patch::Set(date)) => {
                contact.insert(field.to_string(), json!(format!("{date}T00:00:00.000Z")));
            }
            (_, Patch::Set(value)) => drop(contact.insert(field.to_string(), json!(value))),
            (_, Patch::Clear) => drop(contact.remove(field.as_str())),
        }
    }
    let mut custom = contact.get("customFields").and_then(Value::as_array).cloned().unwrap_or_default();
    for write in &plan.write.custom_fields {
        custom.retain(|one| one["id"] != write.id.as_str());
        if write.value != FieldValue::Null {
            custom.push(json!({ "id": write.id.as_str(), "value": write.value }));
        }
    }
    contact.insert("customFields".into(), json!(custom));
    let mut tags = contact.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
    tags.extend(plan.add_tags.iter().map(|tag| json!(tag.to_lowercase())));
    contact.insert("tags".into(), json!(tags));
    Value::Object(contact)
}

fn read(contact: &Value) -> Contact {
    serde_json::from_value(contact.clone()).unwrap()
}

fn value_of(field: Field) -> BoxedStrategy<String> {
    match field {
        Field::Email => "(ada|bob)@example\\.com".boxed(),
        Field::Phone => "\\+1415555010[0-4]".boxed(),
        Field::DateOfBirth => "199[0-9]-0[1-9]-1[0-9]".boxed(),
        Field::Country => "GB|US|DE".boxed(),
        Field::Name => "(Ada|Bob) (King|Byron)".boxed(),
        _ => "[a-cA-C]{1,2}|[ab] [ab]|Zoë".boxed(),
    }
}

fn fields() -> impl Strategy<Value = BTreeMap<Field, String>> {
    let one = proptest::sample::select(Field::ALL.to_vec())
        .prop_flat_map(|field| value_of(field).prop_map(move |value| (field, value)));
    prop::collection::vec(one, 0..8).prop_map(|list| list.into_iter().collect())
}

fn tags() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[a-d]|vip", 0..4).prop_map(|set| set.into_iter().collect())
}

fn custom() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let value =
        prop_oneof!["[ab]{1,2}".prop_map(Value::from), (0..5).prop_map(Value::from), Just(json!(["a", "b"]))];
    prop::collection::btree_map("f[1-4]", value, 0..3)
}

prop_compose! {
    fn person()(fields in fields(), tags in tags(), custom in custom(), more in any::<bool>()) -> Value {
        let mut contact = json!({ "id": "ada", "tags": tags });
        for (field, value) in fields.into_iter().filter(|(field, _)| *field != Field::Name) {
            contact[field.as_str()] = json!(value);
        }
        let custom: Vec<_> = custom.into_iter().map(|(id, value)| json!({ "id": id, "value": value })).collect();
        contact["customFields"] = json!(custom);
        if more {
            contact["additionalEmails"] = json!([{ "email": "bob@example.com" }]);
            contact["additionalPhones"] = json!(["+14155550103"]);
        }
        contact
    }
}

prop_compose! {
    fn wanted()(
        fields in fields(), tags in tags(), custom in custom(), fill in any::<bool>(),
        clear in prop::collection::btree_set(proptest::sample::select(Field::ALL.to_vec()), 0..3),
        blank in prop::collection::btree_set("f[1-4]", 0..2),
    ) -> Desired {
        let mut fields = fields;
        if fields.contains_key(&Field::FirstName) || fields.contains_key(&Field::LastName) {
            fields.remove(&Field::Name);
        }
        let clear: BTreeSet<_> = clear.into_iter()
            .filter(|field| !fill && field.clearable() && *field != Field::Name && !fields.contains_key(field)).collect();
        let cleared_name = clear.contains(&Field::FirstName) || clear.contains(&Field::LastName);
        if cleared_name {
            fields.remove(&Field::Name);
        }
        let write = |(id, value): (String, FieldValue)| CustomFieldWrite { id: id.parse().unwrap(), value };
        let blank = blank.into_iter().filter(|id| !fill && !custom.contains_key(id)).map(|id| (id, FieldValue::Null));
        let set = custom.clone().into_iter().map(|(id, value)| (id, serde_json::from_value(value).unwrap()));
        let custom_fields = set.chain(blank).map(write).collect();
        let mode = if fill { Mode::FillEmpty } else { Mode::Overwrite };
        Desired { fields, clear, custom_fields, tags, mode, ..Desired::default() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_second_plan_after_the_first_is_empty(
        existing in prop::option::of(person()), wanted in wanted(),
    ) {
        let before = existing.as_ref().map(read);
        let first = plan(before.as_ref(), &wanted, &Definitions::unknown());
        let contact = read(&carried_out(existing.as_ref(), &first));
        let second = plan(Some(&contact), &wanted, &Definitions::unknown());
        prop_assert!(second.is_empty(), "{:?}\nand then {:?}", first, second);
        prop_assert!(not_stored(&first, &contact, &Definitions::unknown()).is_empty(), "{:?}", not_stored(&first, &contact, &Definitions::unknown()));
    }

    #[test]
    fn a_plan_changes_only_what_it_lists(existing in person(), wanted in wanted()) {
        let before = read(&existing);
        let plan = plan(Some(&before), &wanted, &Definitions::unknown());
        let after = read(&carried_out(Some(&existing), &plan));
        let listed: BTreeSet<&str> = plan.changes.iter().map(|change| change.field.as_str()).collect();
        for field in Field::ALL.into_iter().filter(|field| before.text(*field) != after.text(*field)) {
            let by_name = matches!(field, Field::FirstName | Field::LastName | Field::Name) && listed.contains("name");
            prop_assert!(by_name || listed.contains(field.as_str()), "{field} changed and is not listed");
            if wanted.mode == Mode::FillEmpty && !by_name {
                prop_assert!(before.text(field).is_none(), "{field} had a value");
            }
        }
        for tag in before.tags() {
            prop_assert!(after.tags().contains(&tag));
        }
        prop_assert!(plan.write.tags.is_none());
    }
}
