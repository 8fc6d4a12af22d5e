use crate::sandbox::options::Options;
use crate::sandbox::rules::{Rules, apply, normalise, touch, update_derived};
use serde_json::{Map, Value, json};
use std::time::UNIX_EPOCH;

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn a_full_name_is_split_and_is_derived_from_its_parts() {
    let options = Options::default();
    let rules = Rules { definitions: &[], options: &options, existing: true };
    let mut contact = Map::new();
    apply(&mut contact, &map(&json!({ "name": "Ana Maria Silva" })), &rules);
    update_derived(&mut contact);
    assert_eq!((&contact["firstName"], &contact["lastName"]), (&json!("Ana"), &json!("Maria Silva")));
    apply(&mut contact, &map(&json!({ "lastName": "Costa" })), &rules);
    update_derived(&mut contact);
    assert_eq!((&contact["name"], &contact["fullNameLowerCase"]), (&json!("Ana Costa"), &json!("ana costa")));
}

#[test]
fn gender_is_stored_only_on_a_new_contact() {
    let options = Options::default();
    let mut contact = Map::new();
    let body = map(&json!({ "gender": "female" }));
    let rules = Rules { definitions: &[], options: &options, existing: true };
    assert_eq!(apply(&mut contact, &body, &rules)["gender"], "female");
    assert!(contact.is_empty());
    apply(&mut contact, &body, &Rules { existing: false, ..rules });
    assert_eq!(contact["gender"], "female");
}

#[test]
fn a_phone_without_a_country_code_is_removed() {
    let mut body = map(&json!({ "phone": "415 555 0101", "email": "Ana@Example.com" }));
    assert_eq!(normalise(&mut body)["phone"], "415 555 0101");
    assert_eq!(Value::Object(body), json!({ "email": "ana@example.com" }));
}

#[test]
fn each_change_moves_date_updated() {
    let mut contact = Map::new();
    touch(&mut contact, UNIX_EPOCH);
    touch(&mut contact, UNIX_EPOCH);
    assert_eq!(contact["dateUpdated"], "1970-01-01T00:00:00.001Z");
}
