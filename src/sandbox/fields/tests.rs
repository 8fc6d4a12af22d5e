use crate::sandbox::fields::{apply, definition_of, definitions};
use crate::sandbox::options::{FieldForm, Options};
use serde_json::{Map, Value, json};

fn written(item: &Value, options: &Options) -> (Value, usize) {
    let mut contact = Map::new();
    let dropped = apply(&mut contact, std::slice::from_ref(item), &definitions("L"), options);
    (contact["customFields"][0]["value"].clone(), dropped.len())
}

#[test]
fn a_value_of_the_right_type_is_stored_and_of_a_wrong_type_dropped() {
    let stored = [
        ("lead_score", json!(87)),
        ("budget", json!(12.5)),
        ("plan", json!("Growth")),
        ("interests", json!(["Webinars", "Events"])),
        ("renewal_date", json!("2026-09-01")),
        ("social_profiles", json!({ "a": "b" })),
    ];
    for (key, value) in stored {
        assert_eq!(
            written(&json!({ "key": key, "field_value": value }), &Options::default()),
            (value, 0),
            "{key}"
        );
    }
    let dropped = [
        ("lead_score", json!("87")),
        ("plan", json!("growth")),
        ("interests", json!("Webinars")),
        ("interests", json!(["Webinars", "Cats"])),
        ("renewal_date", json!("01/09/2026")),
        ("job_title", json!(7)),
        ("unknown_field", json!("x")),
    ];
    for (key, value) in dropped {
        let (stored, count) = written(&json!({ "key": key, "field_value": value }), &Options::default());
        assert!(stored.is_null() && count == 1, "{key} {value}");
    }
}

#[test]
fn only_the_accepted_form_is_stored() {
    let id = definition_of(&definitions("L"), &json!({ "key": "contact.job_title" })).unwrap()["id"].clone();
    let options = |form| Options { custom_field_form: form, ..Options::default() };
    let (old, new) = (json!({ "id": id, "value": "CTO" }), json!({ "id": id, "field_value": "CTO" }));
    assert_eq!(written(&old, &options(FieldForm::Value)), (json!("CTO"), 0));
    assert_eq!(written(&new, &options(FieldForm::Value)), (Value::Null, 1));
    assert_eq!(written(&old, &options(FieldForm::FieldValue)), (Value::Null, 1));
    assert_eq!(written(&new, &options(FieldForm::FieldValue)), (json!("CTO"), 0));
}

#[test]
fn null_and_empty_clear_one_field_and_leave_others() {
    let (definitions, options) = (definitions("L"), Options::default());
    let mut contact = Map::new();
    let item = |key: &str, value: Value| json!({ "key": key, "field_value": value });
    apply(
        &mut contact,
        &[item("job_title", json!("CTO")), item("lead_score", json!(1))],
        &definitions,
        &options,
    );
    apply(&mut contact, &[item("job_title", Value::Null)], &definitions, &options);
    assert_eq!(contact["customFields"].as_array().unwrap().len(), 1);
    apply(&mut contact, &[item("lead_score", json!(""))], &definitions, &options);
    assert_eq!(contact["customFields"], json!([]));
}
