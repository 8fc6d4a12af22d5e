//! What a process leaves behind that does not know what became of its create. Here the store is in memory, and time is virtual.

use std::sync::Arc;
use std::time::Duration;

use ghl_contacts_mcp::contacts::{Contacts, Options};
use ghl_contacts_mcp::ghl::{Client, MemoryStore, Store, StoreKey};
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use super::world::{KEY, Silent, settings};
use crate::support::{Crm, Session};

/// Another process with this store.
async fn process(crm: &Crm, memory: &MemoryStore) -> Session {
    let (key, clock) = (StoreKey::read(KEY).expect("a key"), crm.shared_clock());
    let store = Store::in_memory(memory, key, Arc::clone(&clock), Arc::new(Silent));
    let client = Client::in_fleet(settings(crm, clock), Arc::new(Silent), store, None);
    Session::open(Contacts::new(client, Options::default())).await
}

#[tokio::test]
async fn a_create_whose_outcome_is_not_known_keeps_other_processes_from_creating_the_contact() {
    let crm = Crm::empty().await;
    let memory = MemoryStore::new(crm.shared_clock());
    let (one, other) = (process(&crm, &memory).await, process(&crm, &memory).await);
    let ada = json!({ "email": "ada@example.com" });
    for _ in 0..2 {
        crm.fault_on("POST", "/contacts/", Fault::HangUp { apply: false });
    }
    let lost = one.call("ghl_upsert_contact", ada.clone()).await;
    assert_eq!((lost.code(), lost.may_have_written()), ("connection_lost", "unknown"));
    crm.clear_wire();

    let early = other.call("ghl_upsert_contact", ada.clone()).await;
    assert_eq!((early.code(), early.may_have_written()), ("busy", "no"));
    assert!(early.text().contains("Another process may be creating this contact"), "{}", early.text());
    assert_eq!((crm.sent("POST /contacts/ "), crm.count()), (0, 0));

    crm.clock().advance(Duration::from_secs(41));
    let late = other.call("ghl_upsert_contact", ada).await;
    assert_eq!((late.outcome(), crm.count()), ("created", 1));
}

#[tokio::test]
async fn a_create_that_took_effect_late_is_found_by_the_process_that_comes_after() {
    let crm = Crm::empty().await;
    let memory = MemoryStore::new(crm.shared_clock());
    let (one, other) = (process(&crm, &memory).await, process(&crm, &memory).await);
    for _ in 0..2 {
        crm.fault_on("POST", "/contacts/", Fault::HangUp { apply: false });
    }
    one.call("ghl_upsert_contact", json!({ "email": "ada@example.com" })).await.failure();
    crm.insert(json!({ "email": "ada@example.com" }));
    let reply =
        other.call("ghl_upsert_contact", json!({ "email": "ada@example.com", "city": "London" })).await;
    assert_eq!((reply.outcome(), crm.count()), ("updated", 1));
}

#[tokio::test]
async fn a_create_that_was_refused_keeps_no_process_from_creating_the_contact() {
    let crm = Crm::empty().await;
    let memory = MemoryStore::new(crm.shared_clock());
    let (one, other) = (process(&crm, &memory).await, process(&crm, &memory).await);
    let ada = json!({ "email": "ada@example.com" });
    crm.fault_on("POST", "/contacts/", Fault::answer(422, r#"{"statusCode":422,"message":"no"}"#));
    one.call("ghl_upsert_contact", ada.clone()).await.failure();
    assert_eq!(other.call("ghl_upsert_contact", ada).await.outcome(), "created");
    assert_eq!(crm.count(), 1);
}

#[tokio::test]
async fn a_lease_that_was_lost_before_the_create_leads_to_another_lookup() {
    let crm = Crm::empty().await;
    let memory = MemoryStore::new(crm.shared_clock());
    let one = process(&crm, &memory).await;
    // The process pauses after its lookup for longer than its lease; meanwhile another program creates the contact.
    let pauses = |crm: &Crm| {
        crm.clock().advance(Duration::from_secs(11));
        crm.insert(json!({ "email": "ada@example.com", "firstName": "Ada" }));
    };
    let call = one.call("ghl_upsert_contact", json!({ "email": "ada@example.com", "city": "London" }));
    let reply = crm.as_soon_as("GET /contacts/search/duplicate", pauses, call).await;
    assert_eq!((reply.outcome(), crm.count()), ("updated", 1));
    assert_eq!(crm.sent("POST /contacts/ "), 0);
}

#[tokio::test]
async fn a_store_that_was_lost_while_an_upsert_ran_lets_it_create_nothing() {
    let crm = Crm::empty().await;
    let memory = MemoryStore::new(crm.shared_clock());
    let one = process(&crm, &memory).await;
    one.call("ghl_upsert_contact", json!({ "email": "eve@example.com" })).await.ok();
    let lost = memory.clone();
    crm.on_next("GET", "/contacts/search/duplicate", move |_| lost.lose());
    let reply = one.call("ghl_upsert_contact", json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.code(), crm.count()), ("unavailable", 1));
    assert!(reply.text().contains("the store has lost its state"), "{}", reply.text());
}
