use serde_json::{Value, json};

use super::*;

fn custom_write(value: impl Into<FieldValue>) -> CustomFieldWrite {
    CustomFieldWrite { id: "f1".parse().unwrap(), value: value.into() }
}

#[test]
fn stored_and_desired_values_are_compared_in_highlevels_form() {
    for (field, stored, wanted) in [
        (Field::Email, "Ada@Example.com", "ada@example.com"),
        (Field::Phone, "(+1) 415-555-0101", "+14155550101"),
        (Field::Country, "us", "US"),
        (Field::Gender, "Female", "female"),
        (Field::DateOfBirth, "1990-09-25T00:00:00.000Z", "1990-09-25"),
        // As the search answers it: milliseconds since 1970.
        (Field::DateOfBirth, "654220800000", "1990-09-25"),
        (Field::Name, "Ada  Byron", "Ada Byron"),
        (Field::City, "Paris ", "Paris"),
    ] {
        assert!(same(field, stored, wanted, &[]), "{field}: {stored:?} and {wanted:?}");
    }
    for (field, stored, wanted) in [
        (Field::Email, "ada@example.com", "bob@example.com"),
        (Field::Phone, "+14155550101", "+14155550102"),
        (Field::Country, "US", "GB"),
        (Field::DateOfBirth, "1990-09-25", "1990-09-26"),
        (Field::DateOfBirth, "654220800000", "1990-09-26"),
        (Field::Name, "Ada Byron", "Ada King"),
        (Field::City, "Paris", "paris"),
    ] {
        assert!(!same(field, stored, wanted, &[]), "{field}: {stored:?} and {wanted:?}");
    }
}

#[test]
fn custom_values_without_a_definition_are_compared_as_texts() {
    let same_custom = |write: &CustomFieldWrite, stored: &FieldValue| {
        Definitions::unknown().same(&write.id, stored, &write.value)
    };
    assert!(same_custom(&custom_write("5"), &serde_json::from_value(json!(5)).unwrap()));
    assert!(!same_custom(&custom_write("a"), &FieldValue::from("b")));
    let list = |items: Value| serde_json::from_value::<FieldValue>(items).unwrap();
    assert!(same_custom(&custom_write(list(json!(["a", "b"]))), &list(json!(["a", "b"]))));
    assert!(!same_custom(&custom_write(list(json!(["a"]))), &list(json!(["b"]))));
}
