//! Reads beside the write that fail: a missing scope costs a convenience, a failure of HighLevel fails the call.

use std::time::Duration;

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use crate::support::{Crm, contact, setup};

fn down() -> Fault {
    Fault::answer(500, "{}")
}

fn three_times(crm: &Crm, method: &str, path: &str) {
    for _ in 0..3 {
        crm.fault_on(method, path, down());
    }
}

#[tokio::test]
async fn failed_definitions_are_not_taken_for_a_missing_scope() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let path = format!("/locations/{}/customFields", crm.location_id());
    three_times(&crm, "GET", &path);
    let call = json!({ "email": "ada@example.com", "customFields": [{ "id": "Job Title", "value": "CTO" }] });
    let reply = crm.upsert(call.clone()).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("unavailable", "no"));
    assert_eq!(crm.sent("GET /locations/{location}/customFields"), 3);
    // The failure is not cached.
    assert_eq!(crm.upsert(call).await.outcome(), "updated");
}

#[tokio::test]
async fn nothing_is_written_while_the_duplicate_policy_is_unknown() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    three_times(&crm, "GET", &format!("/locations/{}", crm.location_id()));
    let call = json!({ "email": "ada@example.com", "city": "Paris" });
    let reply = crm.upsert(call.clone()).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("unavailable", "no"));
    assert_eq!((crm.sent("PUT"), crm.sent("GET /locations/")), (0, 3));
    assert_eq!(crm.upsert(call).await.outcome(), "updated");
}

#[tokio::test]
async fn tags_are_added_without_a_warning_while_their_list_fails() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let path = format!("/locations/{}/tags", crm.location_id());
    three_times(&crm, "GET", &path);
    let add = async |tag: &str| crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": [tag] })).await;
    assert_eq!(add("one").await.ok().get("warnings"), None);
    let warnings = add("two").await.ok()["warnings"].clone();
    assert_eq!(warnings, json!(["new to this location (a typing error?): two"]));
    assert_eq!(
        (crm.sent("GET /locations/{location}/tags"), &crm.held("ada")["tags"]),
        (4, &json!(["one", "two"]))
    );
}

#[tokio::test]
async fn a_refused_tag_list_is_not_asked_for_again() {
    let setup = setup().options(|options| options.denied_scopes = vec!["locations/tags.readonly".into()]);
    let crm = setup.with(contact("ada").email("ada@example.com")).open().await;
    for tag in ["one", "two"] {
        crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": [tag] })).await.ok();
    }
    assert_eq!(crm.sent("GET /locations/{location}/tags"), 1);
}

#[tokio::test]
async fn failed_tags_alone_are_a_failure() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let refused = Fault::answer(403, "{\"message\":\"Forbidden\"}");
    crm.fault_on("POST", "/contacts/ada/tags", refused);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "tags": ["new"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("scope_missing", "no"));
    assert_eq!(crm.held("ada")["tags"], json!([]));
}

#[tokio::test]
async fn a_cut_off_update_that_stored_nothing_lists_its_fields() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    crm.fault_on("PUT", "/contacts/ada", Fault::Truncate { apply: false });
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
    assert_eq!(reply.ok()["notStored"][0]["field"], "city");
    assert_eq!(
        reply.ok()["warnings"],
        json!(["the answer to the update was lost; the contact was read instead"])
    );
    assert_eq!(crm.held("ada").get("city"), None);
}

#[tokio::test]
async fn a_lost_create_is_looked_up_after_a_second() {
    let refused = Fault::answer(422, "{}");
    for (fault, waits) in [(Fault::HangUp { apply: true }, true), (refused, false)] {
        let crm = Crm::empty().await.warmed_up().await;
        crm.fault_on("POST", "/contacts/$", fault.clone());
        let before = crm.clock().passed();
        crm.upsert(json!({ "email": "ada@example.com" })).await;
        let waited = crm.clock().passed().checked_sub(before).unwrap();
        assert_eq!(waited >= Duration::from_secs(1), waits, "{fault:?}: {waited:?}");
    }
}

#[tokio::test]
async fn a_foreign_contact_met_by_the_second_create_is_completed() {
    let crm = Crm::empty().await.warmed_up().await;
    crm.on_next("POST", "/contacts/", |_| {});
    crm.on_next("POST", "/contacts/", |crm| {
        crm.insert(json!({ "id": "bob", "email": "ada@example.com", "firstName": "Bob" }));
    });
    crm.fault_on("POST", "/contacts/$", Fault::HangUp { apply: false });
    let theirs = json!({ "statusCode": 400, "message": "This location does not allow duplicated contacts.",
        "meta": { "contactId": "bob", "contactName": "Bob", "matchingField": "email" } });
    crm.fault_on("POST", "/contacts/$", Fault::answer(400, theirs.to_string()));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["contact"]["id"]), ("updated", &json!("bob")));
    assert_eq!(crm.held("bob")["city"], "Paris");
    let warnings = reply.ok()["warnings"].to_string();
    assert!(warnings.contains("the missing values were written to it"), "{warnings}");
}

#[tokio::test]
async fn a_lookup_answered_with_another_contact_is_a_mismatch() {
    let crm = Crm::empty().await.warmed_up().await;
    let other = json!({ "contact": { "id": "other", "email": "other@example.com" } });
    let answer = Fault::answer(200, other.to_string());
    crm.fault_on("GET", "/contacts/search/duplicate", answer);
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.code(), reply.may_have_written(), crm.count()), ("mismatch", "no", 0));
}

#[tokio::test]
async fn a_failed_duplicate_search_fails_the_call() {
    let crm = setup().duplicates_allowed().with(contact("ada").email("ada@example.com")).open().await;
    three_times(&crm, "POST", "/contacts/search");
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("unavailable", "no"));
    assert_eq!(crm.sent("PUT"), 0);
}
