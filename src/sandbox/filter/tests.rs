use crate::sandbox::fields::definitions;
use crate::sandbox::filter::{all_match, check};
use serde_json::{Value, json};

fn matches(filter: &Value) -> bool {
    let score = definitions("L")[0]["id"].clone();
    let contact = json!({
        "id": "a", "name": "Ana Silva", "firstNameLowerCase": "ana", "email": "ana@example.com", "phone": "+14155550101",
        "tags": ["vip", "webinar"], "companyName": "Acme Corp", "address1": "1 Main St", "dnd": false,
        "dateAdded": "2026-01-05T10:00:00.000Z", "customFields": [{ "id": score, "value": 80 }],
    });
    check(&json!([filter]), &definitions("L")).unwrap();
    all_match(contact.as_object().unwrap(), std::slice::from_ref(filter))
}

#[test]
fn each_operator_matches_what_it_should() {
    let score = format!("customFields.{}", definitions("L")[0]["id"].as_str().unwrap());
    let yes = [
        json!({ "field": "email", "operator": "eq", "value": "ANA@example.com" }),
        json!({ "field": "contactName", "operator": "eq", "value": "ana silva" }),
        json!({ "field": "tags", "operator": "eq", "value": ["vip", "webinar"] }),
        json!({ "field": "tags", "operator": "contains", "value": "web" }),
        json!({ "field": "address", "operator": "contains", "value": "main" }),
        json!({ "field": "city", "operator": "not_exists" }),
        json!({ "field": "dnd", "operator": "eq", "value": false }),
        json!({ "field": "dateAdded", "operator": "range", "value": { "gte": "2026-01-05", "lt": "2026-01-06" } }),
        json!({ "field": score, "operator": "range", "value": { "gt": 79, "lte": 80 } }),
        json!({ "group": "OR", "filters": [
            { "field": "id", "operator": "eq", "value": "b" },
            { "group": "AND", "filters": [{ "field": "phone", "operator": "exists" }] },
        ] }),
    ];
    for filter in yes {
        assert!(matches(&filter), "{filter}");
    }
    let no = [
        json!({ "field": "tags", "operator": "eq", "value": ["vip", "cold"] }),
        json!({ "field": "email", "operator": "not_eq", "value": "ana@example.com" }),
        json!({ "field": "companyName", "operator": "not_contains", "value": "acme" }),
        json!({ "field": "dateOfBirth", "operator": "range", "value": { "gte": "1990-01-01" } }),
    ];
    for filter in no {
        assert!(!matches(&filter), "{filter}");
    }
}

#[test]
fn an_invalid_filter_is_refused() {
    let refused = [
        json!([{ "field": "additional_phones", "operator": "eq", "value": "x" }]),
        json!([{ "field": "email", "operator": "contains", "value": "example" }]),
        json!([{ "field": "customFields.Lead Score", "operator": "eq", "value": 1 }]),
        json!([{ "field": "dateAdded", "operator": "range", "value": { "from": "2026-01-01" } }]),
        json!([{ "field": "city", "operator": "eq", "value": "x".repeat(76) }]),
        json!([{ "group": "XOR", "filters": [] }]),
        json!({ "field": "city" }),
    ];
    for filters in refused {
        assert!(check(&filters, &definitions("L")).is_err(), "{filters}");
    }
}
