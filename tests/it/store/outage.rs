//! What goes on while the store does not serve, and what does not.

use std::time::Duration;

use serde_json::json;

use super::world::Redis;
use crate::support::Crm;

#[tokio::test]
async fn without_the_store_reads_and_updates_go_on_and_no_contact_is_created() {
    let Some(mut redis) = Redis::settled() else { return };
    let crm = Crm::empty().await;
    let process = redis.process(&crm, crm.shared_clock()).await;
    process.call("ghl_upsert_contact", json!({ "email": "ada@example.com", "firstName": "Ada" })).await.ok();
    redis.kill();
    crm.clear_wire();

    let read = process.call("ghl_get_contact", json!({ "email": "ada@example.com" })).await;
    assert_eq!(read.ok()["contact"]["email"], "ada@example.com");
    let update =
        process.call("ghl_upsert_contact", json!({ "email": "ada@example.com", "city": "London" })).await;
    assert_eq!(update.ok()["outcome"], "updated");

    let create = process.call("ghl_upsert_contact", json!({ "email": "eve@example.com" })).await;
    assert_eq!(create.code(), "unavailable");
    assert!(create.text().contains("the store cannot be reached"), "{}", create.text());
    assert!(create.text().contains("Nothing was written"), "{}", create.text());
    assert_eq!((crm.sent("POST /contacts/ "), crm.count()), (0, 1));
}

#[tokio::test]
async fn a_store_that_has_lost_its_state_lets_no_contact_be_created_until_all_creates_from_before_are_over() {
    let Some(mut redis) = Redis::settled() else { return };
    let crm = Crm::empty().await;
    let process = redis.process(&crm, crm.shared_clock()).await;
    let eve = json!({ "email": "eve@example.com" });
    process.call("ghl_upsert_contact", json!({ "email": "ada@example.com" })).await.ok();
    redis.kill();
    assert!(redis.begin(), "it starts again, empty");
    process.call("ghl_get_contact", json!({ "email": "ada@example.com" })).await.ok();
    crm.clear_wire();

    let early = process.call("ghl_upsert_contact", eve.clone()).await;
    assert_eq!(early.code(), "unavailable");
    assert!(early.text().contains("the store has lost its state"), "{}", early.text());
    assert_eq!((crm.sent("POST /contacts/ "), crm.count()), (0, 1));

    crm.clock().advance(Duration::from_secs(41));
    let late = process.call("ghl_upsert_contact", eve).await;
    assert_eq!(late.ok()["outcome"], "created");
    assert_eq!(crm.count(), 2);
}

#[tokio::test]
async fn a_store_that_forgot_its_scripts_is_sent_them_again() {
    let Some(redis) = Redis::settled() else { return };
    let crm = Crm::empty().await;
    let process = redis.process(&crm, crm.shared_clock()).await;
    process.call("ghl_upsert_contact", json!({ "email": "ada@example.com" })).await.ok();
    redis.ask(&["SCRIPT", "FLUSH"]);
    let reply = process.call("ghl_upsert_contact", json!({ "email": "eve@example.com" })).await;
    assert_eq!(reply.ok()["outcome"], "created");
}

#[tokio::test]
async fn a_store_that_became_a_copy_takes_no_locks_and_no_contact_is_created() {
    let Some(redis) = Redis::settled() else { return };
    let crm = Crm::empty().await;
    let process = redis.process(&crm, crm.shared_clock()).await;
    process.call("ghl_upsert_contact", json!({ "email": "ada@example.com" })).await.ok();
    redis.ask(&["REPLICAOF", "127.0.0.1", "9"]);
    let reply = process.call("ghl_upsert_contact", json!({ "email": "eve@example.com" })).await;
    assert_eq!(reply.code(), "unavailable");
    assert!(reply.text().contains("it is a copy"), "{}", reply.text());
    assert_eq!(crm.count(), 1);
}

#[tokio::test]
async fn a_store_that_may_throw_locks_away_is_not_used() {
    let Some(redis) = Redis::with(&["--maxmemory-policy", "allkeys-lru"]) else { return };
    let crm = Crm::empty().await;
    let store = redis.store(crm.shared_clock());
    let fault = store.look().await.fault.expect("a fault").to_string();
    assert!(fault.contains("maxmemory-policy allkeys-lru") && fault.contains("noeviction"), "{fault}");
}

#[tokio::test]
async fn the_user_of_the_documents_may_do_all_that_is_needed_and_no_more() {
    let Some(redis) = Redis::settled() else { return };
    redis.add_user_of_the_documents();
    redis.ask(&["ACL", "SETUSER", "default", "off"]);
    let crm = Crm::empty().await;
    let process = redis.process_as("fleet:PASSWORD", &crm, crm.shared_clock()).await;
    for email in ["ada@example.com", "eve@example.com"] {
        let reply = process.call("ghl_upsert_contact", json!({ "email": email })).await;
        assert_eq!(reply.ok()["outcome"], "created");
    }
    let other = redis.process_as("fleet:wrong", &crm, crm.shared_clock()).await;
    let reply = other.call("ghl_upsert_contact", json!({ "email": "bob@example.com" })).await;
    assert!(reply.text().contains("refuses the user or the password"), "{}", reply.text());
}
