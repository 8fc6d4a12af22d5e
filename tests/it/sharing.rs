//! Coalesced reads: identical reads at the same time are one request, and nothing is kept of it.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Crm, contact};

const READ: &str = "GET /contacts/ada -> 200";

async fn ada() -> Crm {
    Crm::with(contact("ada").email("ada@example.com").tags(["vip"])).await
}

#[tokio::test]
async fn fifty_reads_of_one_contact_at_once_are_one_request() {
    let crm = ada().await;
    let calls = (0..50).map(|_| crm.call("ghl_get_contact", json!({ "contactId": "ada" })));
    for reply in join_all(calls).await {
        assert_eq!(reply.ok()["contact"]["email"], "ada@example.com");
    }
    assert_eq!(crm.requests(), [READ]);
}

#[tokio::test]
async fn a_contact_is_read_anew_by_each_call_that_comes_after_the_answer() {
    let crm = ada().await;
    for email in ["ada@example.com", "ada@example.org"] {
        crm.insert(json!({ "id": "ada", "email": email }));
        let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await;
        assert_eq!(reply.ok()["contact"]["email"], email);
    }
    assert_eq!(crm.requests(), [READ, READ]);
}

#[tokio::test]
async fn a_write_drops_the_shared_read_before_it() {
    let crm = ada().await;
    crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await.ok();
    crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["new"] })).await.ok();
    let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await;
    assert_eq!(reply.ok()["contact"]["tags"], json!(["vip", "new"]));
}

#[tokio::test]
async fn a_failed_read_is_not_kept() {
    let crm = ada().await;
    let reply = crm.call("ghl_get_contact", json!({ "contactId": "UnknownContactId0000" })).await;
    assert_eq!(reply.code(), "not_found");
    crm.insert(json!({ "id": "UnknownContactId0000", "email": "grace@example.com" }));
    crm.call("ghl_get_contact", json!({ "contactId": "UnknownContactId0000" })).await.ok();
}

#[tokio::test]
async fn definitions_are_read_once_for_many_calls() {
    let crm = ada().await;
    let calls = (0..20).map(|n| {
        let email = format!("person-{n}@example.com");
        crm.upsert(json!({ "email": email, "customFields": [{ "id": "Lead Score", "value": n }] }))
    });
    for reply in join_all(calls).await {
        assert_eq!(reply.outcome(), "created");
    }
    let definitions = crm.requests().into_iter().filter(|line| line.contains("/customFields")).count();
    assert_eq!(definitions, 1);
}
