//! One process after another is replaced, while calls go on.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::join_all;
use ghl_contacts_mcp::sandbox::{Options, Sandbox};
use serde_json::json;
use tokio::sync::RwLock;

use super::world::{KEY, Redis};
use crate::http::client::post;
use crate::http::program::Running;
use crate::http::server::call;
use crate::support::process::wait_for;

/// The people that four clients upsert at the same time.
const PEOPLE: usize = 40;

fn replica(redis: &Redis, sandbox: &Sandbox) -> Running {
    let url = sandbox.url();
    Running::start(
        &["--log", "off", "--store", &redis.address()],
        &[
            ("GHL_BASE_URL", &url),
            ("GHL_LOCATION_ID", sandbox.location_id()),
            ("GHL_PIT_TOKEN", sandbox.token()),
            ("GHL_STORE_KEY", KEY),
        ],
    )
}

/// A balancer: each request goes to the next process of those that are ready.
#[derive(Default)]
struct Balancer {
    ready: RwLock<Vec<SocketAddr>>,
    next: AtomicUsize,
}

impl Balancer {
    /// A process that is left out meanwhile has answered by then.
    async fn upsert(&self, email: &str) {
        let ready = self.ready.read().await;
        upsert(ready[self.next.fetch_add(1, Ordering::Relaxed) % ready.len()], email).await;
    }
}

async fn upsert(at: SocketAddr, email: &str) {
    let request = post(&call("ghl_upsert_contact", json!({ "email": email, "firstName": "Ada" })));
    let answer = request.send(at).await;
    assert_eq!(answer.status, 200, "{email}");
    let result = answer.json()["result"].clone();
    assert_eq!(result["isError"], false, "{email}: {result}");
}

/// Upserts each person again and again until the last process is replaced.
async fn upsert_all(balancer: Arc<Balancer>, goes_on: Arc<AtomicBool>) {
    let mut answered = 0;
    while goes_on.load(Ordering::Relaxed) || answered < PEOPLE {
        balancer.upsert(&format!("person{}@example.com", answered % PEOPLE)).await;
        answered += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_update_loses_no_call_and_makes_no_contact_twice() {
    let Some(redis) = Redis::settled() else { return };
    let sandbox = Sandbox::start(Options { burst: 100_000, ..Options::default() }).await.unwrap();
    let before = sandbox.contacts().len();
    let mut replicas: Vec<_> = (0..3).map(|_| replica(&redis, &sandbox)).collect();
    let balancer = Arc::new(Balancer::default());
    *balancer.ready.write().await = replicas.iter().map(|replica| replica.at).collect();
    let goes_on = Arc::new(AtomicBool::new(true));
    let calls = (0..4).map(|_| tokio::spawn(upsert_all(Arc::clone(&balancer), Arc::clone(&goes_on))));
    let calls: Vec<_> = calls.collect();
    for place in 0..replicas.len() {
        // A new process serves before the balancer leaves an old one out.
        let new = replica(&redis, &sandbox);
        let mut ready = balancer.ready.write().await;
        ready[place] = new.at;
        let mut old = std::mem::replace(&mut replicas[place], new);
        // The old one is asked to end while it creates a contact.
        let process = old.child.id().to_string();
        sandbox.on_next("POST", "/contacts/", move |_| {
            assert!(Command::new("kill").args(["-s", "TERM", &process]).status().unwrap().success());
        });
        upsert(old.at, &format!("last{place}@example.com")).await;
        drop(ready);
        wait_for(|| old.child.try_wait().unwrap().is_some());
        assert_eq!(old.child.wait().unwrap().code(), Some(0), "it ends by itself");
    }
    goes_on.store(false, Ordering::Relaxed);
    for ended in join_all(calls).await {
        ended.unwrap();
    }
    let mut emails: Vec<_> = sandbox.contacts().iter().map(|contact| contact["email"].to_string()).collect();
    emails.sort();
    emails.dedup();
    assert_eq!((sandbox.contacts().len(), emails.len()), (before + PEOPLE + 3, before + PEOPLE + 3));
}
