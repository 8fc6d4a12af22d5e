//! `http` as a process that gets a signal or whose client disconnects: rows 46 and 47 of the fault matrix
//! (`tests/it/faults.rs`), over HTTP.

use std::io::{Read, Write};

use ghl_contacts_mcp::sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::faults::{hits, slow};
use crate::http::client::{ask, post};
use crate::http::program::Running;
use crate::http::server::call;
use crate::support::process::wait_for;

#[tokio::test]
async fn one_signal_ends_the_program_with_exit_code_0() {
    for name in ["TERM", "INT", "HUP"] {
        let mut running = Running::start(&["--sandbox"], &[]);
        let (mut stream, _) = ask("GET", "/sse").stream(running.at).await;
        assert!(stream.event().await.is_some());
        running.signal(name);
        assert_eq!(stream.event().await, None);
        assert_eq!(running.child.wait().unwrap().code(), Some(0), "{name}");
    }
}

/// The program in front of that sandbox.
fn before(sandbox: &Sandbox) -> Running {
    let (url, token) = (sandbox.url(), ("GHL_PIT_TOKEN", sandbox.token()));
    Running::start(&[], &[("GHL_BASE_URL", &url), token, ("GHL_LOCATION_ID", sandbox.location_id())])
}

/// The program during a create, and the future answer to it.
fn creating(sandbox: &Sandbox) -> (Running, JoinHandle<Value>) {
    let running = before(sandbox);
    let at = running.at;
    let answer = tokio::spawn(async move {
        post(&call("ghl_upsert_contact", json!({ "email": "ada@example.com" }))).send(at).await.json()
    });
    wait_for(|| hits(sandbox, "POST") == 1);
    (running, answer)
}

/// Waits until the program has handled the first signal: it no longer listens.
async fn has_stopped_listening(running: &Running) {
    while TcpStream::connect(running.at).await.is_ok() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn row_47_sigterm_waits_for_a_write_and_answers_it() {
    let sandbox = slow().await;
    let (mut running, answer) = creating(&sandbox);
    running.signal("TERM");
    has_stopped_listening(&running).await;
    assert_eq!(answer.await.unwrap()["result"]["structuredContent"]["outcome"], "created");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
    assert_eq!((sandbox.contacts().len(), hits(&sandbox, "POST")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_47_a_second_signal_ends_it_at_once() {
    for (first, second) in [("TERM", "TERM"), ("INT", "TERM")] {
        let sandbox = slow().await;
        sandbox.fault_on("POST", "/contacts/", Fault::Stall { apply: false });
        let (mut running, answer) = creating(&sandbox);
        running.signal(first);
        has_stopped_listening(&running).await;
        assert!(running.child.try_wait().unwrap().is_none(), "it waits for the write");
        running.signal(second);
        assert_eq!(running.child.wait().unwrap().code(), Some(130));
        assert_eq!(hits(&sandbox, "POST"), 1);
        answer.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_82_a_signal_amid_an_upsert_finishes_all_its_writes_and_answers() {
    for name in ["TERM", "HUP"] {
        let sandbox = slow().await;
        sandbox.insert(json!({ "id": "ada", "email": "ada@example.com", "tags": ["lead"] }));
        let (go, held) = std::sync::mpsc::channel::<()>();
        sandbox.on_next("PUT", "/contacts/", move |_| {
            let _ = held.recv();
        });
        let mut running = before(&sandbox);
        let change = json!({ "email": "ada@example.com", "city": "Paris", "tags": ["vip"] });
        let message = call("ghl_upsert_contact", change);
        // No task waits here: the held answer blocks a thread of the runtime.
        let mut stream = std::net::TcpStream::connect(running.at).unwrap();
        write!(stream, "{}{message}", post(&message).head()).unwrap();
        wait_for(|| hits(&sandbox, "PUT") == 1);
        running.signal(name);
        wait_for(|| std::net::TcpStream::connect(running.at).is_err());
        go.send(()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let receipt = &serde_json::from_str::<Value>(body).unwrap()["result"]["structuredContent"];
        assert_eq!((&receipt["outcome"], &receipt["tagsAdded"]), (&json!("updated"), &json!(["vip"])));
        assert_eq!(running.child.wait().unwrap().code(), Some(0));
        let ada = sandbox.contact("ada").unwrap();
        assert_eq!((&ada["city"], &ada["tags"]), (&json!("Paris"), &json!(["lead", "vip"])));
        assert_eq!((hits(&sandbox, "PUT"), hits(&sandbox, "POST")), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_46_a_write_is_finished_after_its_client_disconnects() {
    let sandbox = slow().await;
    let (mut running, answer) = creating(&sandbox);
    // This closes its connection.
    answer.abort();
    assert!(answer.await.unwrap_err().is_cancelled());
    running.signal("TERM");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
    assert_eq!((sandbox.contacts().len(), hits(&sandbox, "POST")), (1, 1));
}
