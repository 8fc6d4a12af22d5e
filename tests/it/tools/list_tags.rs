//! `ghl_list_tags`: the names of the location's tags.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use crate::support::{Crm, contact};

#[tokio::test]
async fn tags_are_listed_in_order_and_the_answer_says_that_there_are_no_counts() {
    let crm = Crm::with(contact("ada").tags(["vip", "lead"])).await;
    let reply = crm.call("ghl_list_tags", json!({})).await;
    assert_eq!((&reply.ok()["tags"], &reply.ok()["total"]), (&json!(["lead", "vip"]), &json!(2)));
    assert!(reply.ok()["note"].as_str().unwrap().contains("no counts"));
    assert_eq!(crm.requests(), ["GET /locations/{location}/tags -> 200"]);
}

#[tokio::test]
async fn a_tag_that_stays_defined_after_its_removal_is_listed() {
    let crm = Crm::with(contact("ada").tags(["vip"])).await;
    crm.call("ghl_remove_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await.ok();
    assert_eq!(crm.call("ghl_list_tags", json!({})).await.ok()["tags"], json!(["vip"]));
}

#[tokio::test]
async fn hostile_names_are_cleaned_and_five_thousand_fit_the_answer() {
    let crm = Crm::empty().await;
    let tag = |n: usize| json!({ "id": format!("t{n}"), "name": format!("tag {n}\u{202e}\u{200b}") });
    let all: Vec<_> = (0..5_000).map(tag).collect();
    crm.next(Fault::answer(200, json!({ "tags": all }).to_string()));
    let reply = crm.call("ghl_list_tags", json!({})).await;
    assert_eq!((&reply.ok()["total"], &reply.ok()["tags"][0]), (&json!(5_000), &json!("tag 0")));
    assert!(reply.text().len() < 40_000);
    assert!(reply.ok()["note"].as_str().unwrap().contains("5000"), "{}", reply.ok()["note"]);
}

#[tokio::test]
async fn an_outage_is_a_failure_and_no_empty_list() {
    let crm = Crm::empty().await;
    crm.fail_always(Some(Fault::answer(503, "")));
    assert_eq!(crm.call("ghl_list_tags", json!({})).await.failed_read(), "unavailable");
}
