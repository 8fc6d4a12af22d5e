//! `ghl_list_custom_fields`: the custom fields that the location defines.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use crate::support::{Crm, setup};

#[tokio::test]
async fn fields_are_listed_by_name_with_key_id_type_and_options() {
    let crm = Crm::empty().await;
    let reply = crm.call("ghl_list_custom_fields", json!({})).await;
    let fields = reply.ok()["customFields"].as_array().unwrap();
    let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted_by_key(|name| name.to_lowercase()), "{names:?}");
    let plan = fields.iter().find(|field| field["name"] == "Plan").unwrap();
    assert_eq!(
        *plan,
        json!({ "name": "Plan", "key": "contact.plan", "id": crm.field("Plan"), "type": plan["type"],
            "options": ["Starter", "Growth", "Scale"] })
    );
    let score = fields.iter().find(|field| field["name"] == "Lead Score").unwrap();
    assert_eq!((&score["type"], score.get("options")), (&json!("NUMERICAL"), None));
    assert_eq!(crm.requests(), ["GET /locations/{location}/customFields?model=contact -> 200"]);
}

#[tokio::test]
async fn a_field_that_was_just_made_is_listed() {
    let crm = Crm::empty().await;
    crm.call("ghl_list_custom_fields", json!({})).await.ok();
    let new =
        json!({ "customFields": [{ "id": "f1", "name": "Shoe size\u{202e}", "dataType": "SIGNATURE" }] });
    crm.fault_on("GET", "/locations/", Fault::answer(200, new.to_string()));
    let reply = crm.call("ghl_list_custom_fields", json!({ "arguments": {} })).await;
    assert_eq!(reply.ok()["customFields"], json!([{ "name": "Shoe size", "id": "f1" }]));
}

#[tokio::test]
async fn a_token_that_may_not_list_them_is_told_so() {
    let denied = |options: &mut ghl_contacts_mcp::sandbox::Options| {
        options.denied_scopes = vec!["locations/customFields.readonly".into()];
    };
    let crm = setup().options(denied).open().await;
    assert_eq!(crm.call("ghl_list_custom_fields", json!({})).await.failed_read(), "scope_missing");
}

#[tokio::test]
async fn an_answer_without_the_list_is_no_empty_list() {
    let crm = Crm::empty().await;
    crm.next(Fault::answer(200, "{}"));
    assert_eq!(crm.call("ghl_list_custom_fields", json!({})).await.failed_read(), "unreadable_answer");
    assert_eq!(
        crm.call("ghl_list_custom_fields", json!({ "x": 1 })).await.failed_read(),
        "invalid_arguments"
    );
}
