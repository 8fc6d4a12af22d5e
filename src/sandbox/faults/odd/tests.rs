use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::sandbox::faults::odd::odd;
use crate::sandbox::record::Contact;

const SEEDS: std::ops::Range<u64> = 0..2_000;

fn contact(id: &str) -> Contact {
    let contact = json!({
        "id": id, "email": format!("{id}@example.com"), "phone": null, "tags": ["lead", "vip"], "locationId": "here",
        "customFields": [{ "id": "plan", "value": "Growth" }],
    });
    contact.as_object().unwrap().clone()
}

/// The body that each seed makes of this one.
fn made_of(body: &Value, path: &str) -> Vec<String> {
    let bob = contact("bob");
    SEEDS.map(|seed| odd(body, path, &[&bob], seed).to_text()).collect()
}

#[test]
fn a_body_is_never_the_true_one_and_the_same_seed_makes_the_same() {
    let body = json!({ "contact": contact("ada"), "traceId": "t" });
    let made = made_of(&body, "/contacts/ada");
    assert_eq!(made, made_of(&body, "/contacts/ada"));
    assert!(!made.contains(&body.to_string()));
    let different: BTreeSet<_> = made.iter().collect();
    assert!(different.len() > 120, "{}", different.len());
}

#[test]
fn each_kind_is_made() {
    let body = json!({ "contact": contact("ada"), "traceId": "t" });
    let made = made_of(&body, "/contacts/ada");
    let mut alone = body.clone();
    alone["contact"]["id"] = json!("bob");
    let mut elsewhere = body.clone();
    elsewhere["contact"]["locationId"] = json!("AnotherLocation00001");
    let mut nameless = body.clone();
    nameless["contact"].as_object_mut().unwrap().remove("email");
    let mut no_tags = body.clone();
    no_tags["contact"]["tags"] = json!(null);
    let mut objects = body.clone();
    objects["contact"]["tags"] = json!([{ "name": "lead" }, { "name": "vip" }]);
    let mut listed = body.clone();
    listed["contact"] = json!([body["contact"]]);
    let mut id_only = body.clone();
    id_only["contact"] = json!({ "id": "ada" });
    for one in [
        json!({}),
        json!([]),
        json!({ "success": true }),
        json!({ "statusCode": 504 }),
        alone,
        elsewhere,
        nameless,
        no_tags,
        objects,
        listed,
        id_only,
        json!({ "contact": contact("bob") }),
    ] {
        assert!(made.contains(&one.to_string()), "{one}");
    }
    assert!(made.iter().any(|text| text.matches("\"email\":").count() == 2), "no key stands twice");
    assert!(!made.iter().any(|text| text.contains("again")));
}

#[test]
fn a_lookup_never_finds_no_contact_in_the_regular_form() {
    for body in [json!({ "contact": contact("ada") }), json!({ "contacts": [contact("ada")], "total": 1 })] {
        for text in made_of(&body, "/contacts/search") {
            let Ok(value) = serde_json::from_str::<Value>(&text) else { panic!("{text} is no JSON") };
            let twice = text.matches("\"contact\":").count() == 2;
            assert!(twice || value.get("contact") != Some(&Value::Null), "{text}");
            assert_ne!(value["contacts"], json!([]), "{text}");
        }
    }
}

#[test]
fn another_id_beside_the_right_email_is_made_only_where_the_request_names_the_id() {
    let body = json!({ "contact": contact("ada") });
    let mut alone = body.clone();
    alone["contact"]["id"] = json!("bob");
    assert!(!made_of(&body, "/contacts/search/duplicate").contains(&alone.to_string()));
}
