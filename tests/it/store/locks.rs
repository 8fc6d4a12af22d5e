//! One contact for each person, whichever process is asked.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use ghl_contacts_mcp::contacts::{Contacts, Options};
use ghl_contacts_mcp::ghl::{Client, SystemClock};
use ghl_contacts_mcp::sandbox::{self, Sandbox, Seed};
use serde_json::json;

use super::world::{Redis, settings};
use crate::support::Session;

/// A HighLevel whose check for duplicates and whose insert are two steps.
async fn two_steps() -> Sandbox {
    let options = sandbox::Options {
        seed: Seed::Empty,
        burst: 10_000,
        insert_window: Duration::from_millis(30),
        ..sandbox::Options::default()
    };
    Sandbox::start(options).await.expect("a sandbox")
}

/// Each process upserts each person, all at the same time.
async fn upsert_all(processes: &[Session], people: usize) -> Vec<serde_json::Value> {
    let calls = (0..people).flat_map(|person| {
        processes.iter().map(move |process| async move {
            let email = format!("person-{person}@example.com");
            let reply =
                process.call("ghl_upsert_contact", json!({ "email": email, "firstName": "Ada" })).await;
            reply.ok().clone()
        })
    });
    join_all(calls).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_five_people_upserted_by_four_processes_at_once_are_twenty_five_contacts() {
    let Some(redis) = Redis::settled() else { return };
    let crm = two_steps().await;
    let mut processes = Vec::new();
    for _ in 0..4 {
        processes.push(redis.process(&crm, Arc::new(SystemClock::default())).await);
    }
    let replies = upsert_all(&processes, 25).await;
    assert_eq!(crm.contacts().len(), 25);
    let created = replies.iter().filter(|reply| reply["outcome"] == "created").count();
    assert_eq!((created, replies.len()), (25, 100));
    let posts = crm.wire().iter().filter(|request| request.method == "POST").count();
    assert_eq!(posts, 25, "one create for each person");
    // What is left of an upsert ends by itself, and no name in the store says whose it was.
    for (key, life) in redis.keys() {
        assert!(life > 0, "{key} has no end");
        assert!(!key.contains('@') && !key.contains("person"), "{key}");
        assert!(!key.contains(":lock:") && !key.contains(":intent:"), "{key} was not given back");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_store_the_same_four_processes_make_more_contacts() {
    let crm = two_steps().await;
    let mut processes = Vec::new();
    for _ in 0..4 {
        let client = Client::new(settings(&crm, Arc::new(SystemClock::default())));
        processes.push(Session::open(Contacts::new(client, Options::default())).await);
    }
    upsert_all(&processes, 25).await;
    assert!(crm.contacts().len() > 25, "HighLevel's own check would do");
}
