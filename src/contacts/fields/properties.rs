use super::*;
use proptest::prelude::*;

use crate::contacts::fields::tests::definitions;

fn any_value() -> impl Strategy<Value = FieldValue> {
    let words = prop::sample::select(vec![
        "A",
        "b",
        "Small",
        " very large",
        "yes",
        "Dog",
        "b2",
        "2026-01-15",
        "12/25/2026",
        "1,200.5",
        "$1,200",
        "5.0",
        "+1 415 555 0100",
        "Jane@Example.com",
        "",
    ]);
    let leaf = prop_oneof![
        Just(FieldValue::Null),
        any::<bool>().prop_map(FieldValue::Bool),
        any::<i64>().prop_map(|n| FieldValue::Number(n.into())),
        any::<f64>()
            .prop_map(|n| serde_json::Number::from_f64(n).map_or(FieldValue::Null, FieldValue::Number)),
        words.prop_map(FieldValue::from),
        "\\PC{0,12}".prop_map(FieldValue::from),
        "[0-9.,/ TZ:$+-]{0,20}".prop_map(FieldValue::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(FieldValue::List),
            prop::collection::btree_map("Dog|Cat|b1|b2|\\PC{0,4}", inner, 0..4).prop_map(FieldValue::Map),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_is_encoded_or_refused_in_a_short_error(value in any_value(), reference in "\\PC{0,20}") {
        let definitions = definitions();
        let _ = Definitions::unknown().encode(&reference, &value);
        let _ = definitions.encode(&reference, &value);
        for field in definitions.all() {
            if let Err(error) = definitions.encode(&field.id, &value) {
                prop_assert!(error.to_string().chars().count() < 500);
            }
        }
    }

    #[test]
    fn writing_a_stored_value_changes_nothing(value in any_value()) {
        let definitions = definitions();
        for field in definitions.all() {
            if let Ok(write) = definitions.encode(&field.id, &value) {
                prop_assert!(definitions.same(&write.id, &value, &write.value), "{} {:?}", field.id, write.value);
                prop_assert!(definitions.same(&write.id, &write.value, &write.value));
            }
        }
    }

    #[test]
    fn every_name_in_an_answer_finds_its_field(
        names in prop::collection::vec(("[ab _-]{0,3}", prop::option::of("contact\\.[ab]{1,2}")), 0..6),
    ) {
        let fields = names.iter().enumerate().map(|(at, (name, key))| {
            serde_json::from_value(serde_json::json!({ "id": format!("id{at}"), "name": name, "fieldKey": key })).unwrap()
        });
        let definitions = Definitions::new(fields.collect());
        for field in definitions.all() {
            let id = field.id.parse().unwrap();
            if let Ok(found) = definitions.find(definitions.name_of(&id)) {
                prop_assert_eq!(&found.id, &field.id);
            }
        }
    }
}
