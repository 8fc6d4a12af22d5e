//! One quota for all processes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use ghl_contacts_mcp::ghl::SystemClock;
use ghl_contacts_mcp::sandbox::{self, Sandbox};
use serde_json::json;

use super::world::Redis;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_that_read_as_fast_as_they_may_get_no_429() {
    let Some(redis) = Redis::settled() else { return };
    let options = sandbox::Options {
        burst: 25,
        burst_window: Duration::from_millis(500),
        ..sandbox::Options::default()
    };
    let crm = Sandbox::start(options).await.expect("a sandbox");
    let id = crm.contacts()[0]["id"].as_str().expect("an id").to_owned();
    let mut processes = Vec::new();
    for _ in 0..4 {
        processes.push(redis.process(&crm, Arc::new(SystemClock::default())).await);
    }
    let reads = processes.iter().map(|process| {
        let id = &id;
        async move {
            for _ in 0..30 {
                process.call("ghl_get_contact", json!({ "contactId": id })).await.ok();
            }
        }
    });
    join_all(reads).await;
    let wire = crm.wire();
    assert_eq!(wire.iter().filter(|request| request.status == 429).count(), 0);
    let of_the_contact = wire.iter().filter(|request| request.path.starts_with("/contacts/"));
    assert_eq!(of_the_contact.count(), 120, "one request for each read");
}
