//! An answer about another contact or another location is never used, shown or written from.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use crate::support::Crm;

const ADA: &str = r#"{ "email": "ada@example.com", "firstName": "Ada" }"#;

fn about(id: &str, location: &str) -> Fault {
    let contact = json!({ "id": id, "locationId": location, "email": "eve@example.com", "tags": ["secret"] });
    Fault::answer(200, json!({ "contact": contact, "succeded": true }).to_string())
}

async fn with_ada() -> (Crm, String) {
    let crm = Crm::empty().await;
    crm.upsert(serde_json::from_str(ADA).unwrap()).await.ok();
    let id = crm.id_of("ada@example.com");
    (crm, id)
}

#[tokio::test]
async fn a_read_answered_with_another_contact_shows_nothing_of_it() {
    let (crm, id) = with_ada().await;
    for fault in [about("eve", "SandboxLocation00001"), about(&id, "AnotherLocation00001")] {
        crm.fault_on("GET", &format!("/contacts/{id}"), fault);
        let reply = crm.call("ghl_get_contact", json!({ "contactId": id })).await;
        assert_eq!(reply.failed_read(), "mismatch");
        let text = reply.failure().to_string();
        assert!(
            text.contains("was asked about") && !text.contains("eve@") && !text.contains("secret"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_lookup_answered_from_another_location_writes_nothing() {
    let (crm, id) = with_ada().await;
    let before = crm.held(&id);
    crm.fault_on("GET", "/contacts/search/duplicate", about("eve", "AnotherLocation00001"));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Augusta" })).await;
    assert_eq!(reply.code(), "mismatch");
    assert_eq!((crm.held(&id), crm.count()), (before, 1));
    assert_eq!(crm.sent("PUT "), 0);
}

#[tokio::test]
async fn an_update_answered_with_another_contact_is_checked_and_not_taken_from_it() {
    let (crm, id) = with_ada().await;
    crm.fault_on("PUT", &format!("/contacts/{id}"), about("eve", "SandboxLocation00001"));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Augusta" })).await;
    let text = reply.failure().to_string();
    assert!(!text.contains("eve@") && !text.contains("secret"), "{text}");
    // The sandbox's canned answer stores nothing, and that is what is said.
    assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "unknown"));
    assert_eq!(crm.held(&id)["firstName"], "Ada");
}

#[tokio::test]
async fn a_search_with_a_contact_of_another_location_shows_none() {
    let (crm, _) = with_ada().await;
    let page = json!({ "contacts": [{ "id": "eve", "locationId": "AnotherLocation00001" }], "total": 1 });
    crm.fault_on("POST", "/contacts/search", Fault::answer(200, page.to_string()));
    let reply = crm.call("ghl_search_contacts", json!({ "query": "eve" })).await;
    assert_eq!(reply.code(), "mismatch");
}
