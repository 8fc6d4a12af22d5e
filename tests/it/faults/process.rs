//! Rows 42, 43 and 45 to 50: the real binary. The sandbox runs in the test, so that it can be asked what it saw.

use std::io::Write;
use std::time::Duration;

use ghl_contacts_mcp::sandbox::{Fault, Options, Sandbox, Seed};
use serde_json::{Value, json};

use crate::support::process::Program;

/// An empty sandbox whose creates take a while, as real ones do.
async fn slow() -> Sandbox {
    let insert_window = Duration::from_millis(400);
    Sandbox::start(Options { seed: Seed::Empty, insert_window, ..Options::default() }).await.unwrap()
}

fn hits(sandbox: &Sandbox, method: &str) -> usize {
    sandbox.wire().iter().filter(|exchange| exchange.method == method).count()
}

fn wait_for(what: impl Fn() -> bool) {
    while !what() {
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_42_a_line_that_is_no_message_does_not_end_the_session() {
    let sandbox = slow().await;
    let mut program = Program::before(&sandbox);
    let idle = program.resident();
    let deep = [b"[".repeat(100_000), b"\n".to_vec()].concat();
    let long = [b"x".repeat(20_000_000), b"\n".to_vec()].concat();
    let lines: [&[u8]; 13] = [
        b"\xff\xfe\xc3\x28\n",
        b"not json\n",
        &deep,
        b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]\n",
        b"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}\n",
        b"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}\n",
        b"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}\n",
        b"{\"id\":1,\"method\":\"ping\"}\n",
        b"\xef\xbb\xbf{}\n",
        b"\r\n\n\n",
        &long,
        b"a\0b\n",
        b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/nothing\"}\n",
    ];
    for (number, line) in lines.into_iter().enumerate() {
        program.raw(line);
        program.ping(&format!("p{number}"));
    }
    program.raw(b"{\"jsonrpc\":\"2.0\",\"id\":\"crlf\",\"method\":\"ping\"}\r\n");
    assert_eq!(program.next()["id"], "crlf");
    assert!(program.resident() <= idle + 40 * 1024 * 1024, "{idle} {}", program.resident());
    assert_eq!((program.close().0, sandbox.wire().len()), (Some(0), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_43_two_calls_of_one_id_do_not_mix() {
    let sandbox = slow().await;
    sandbox.insert(json!({ "id": "ada", "email": "ada@example.com" }));
    sandbox.insert(json!({ "id": "bob", "email": "bob@example.com" }));
    let mut program = Program::before(&sandbox);
    program.call(7, "ghl_get_contact", &json!({ "contactId": "ada" }));
    program.call(7, "ghl_get_contact", &json!({ "contactId": "bob" }));
    let first = program.next();
    assert_eq!(first["id"], 7);
    program.ping("alive");
    assert!(hits(&sandbox, "GET") <= 2);
    assert_eq!(program.close().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_45_a_read_that_is_cancelled_is_let_go_and_not_answered() {
    let sandbox = slow().await;
    sandbox.fail_next(Fault::Stall { apply: false });
    let mut program = Program::before(&sandbox);
    program.call(7, "ghl_get_contact", &json!({ "contactId": "ada" }));
    wait_for(|| hits(&sandbox, "GET") == 1);
    let params = json!({ "requestId": 7 });
    program.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }));
    assert!(program.ping("alive").is_empty());
    let (code, rest, _) = program.close();
    // It ends without waiting for the stalled read: otherwise this would take twenty seconds.
    assert_eq!((code, rest, hits(&sandbox, "GET")), (Some(0), String::new(), 1));
}

/// A create on its way.
fn creating(sandbox: &Sandbox) -> Program {
    let mut program = Program::before(sandbox);
    program.call(7, "ghl_upsert_contact", &json!({ "email": "ada@example.com" }));
    wait_for(|| hits(sandbox, "POST") == 1);
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn row_45_a_write_that_is_cancelled_is_carried_to_its_end_and_audited() {
    let sandbox = slow().await;
    let mut program = creating(&sandbox);
    let params = json!({ "requestId": 7 });
    program.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }));
    assert!(program.ping("alive").iter().all(|message| message["id"] != 7));
    let (code, rest, log) = program.close();
    assert_eq!((code, rest.as_str()), (Some(0), ""));
    assert_eq!((sandbox.contacts().len(), hits(&sandbox, "POST")), (1, 1));
    assert!(log.contains("created") && !log.contains("ada@example.com"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_46_the_end_of_stdin_waits_for_a_write() {
    let sandbox = slow().await;
    let (code, _, _) = creating(&sandbox).close();
    assert_eq!((code, sandbox.contacts().len(), hits(&sandbox, "POST")), (Some(0), 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_47_sigterm_waits_for_a_write_and_a_second_one_does_not() {
    let sandbox = slow().await;
    let mut program = creating(&sandbox);
    program.signal("-TERM");
    let (code, _, log) = program.end();
    assert_eq!((code, sandbox.contacts().len(), hits(&sandbox, "POST")), (Some(0), 1, 1), "{log}");

    let sandbox = slow().await;
    sandbox.fault_on("POST", "/contacts/", Fault::Stall { apply: false });
    let mut program = creating(&sandbox);
    // Two that come together may be one to the process, so more are sent until it has ended.
    while !program.has_ended() {
        program.signal("-TERM");
        std::thread::yield_now();
    }
    assert_eq!(program.end().0, Some(130));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_48_a_client_that_does_not_read_costs_bounded_memory_and_its_going_ends_the_program() {
    let sandbox = slow().await;
    let mut program = Program::before(&sandbox);
    let idle = program.resident();
    let mut stdin = program.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        for id in 0..3_000 {
            let list = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" });
            if writeln!(stdin, "{list}").is_err() {
                break;
            }
        }
        stdin
    });
    // It reads no further than 512 requests ahead of its answers, so most of them stay on the other side.
    program.next();
    assert!(program.resident() <= idle + 24 * 1024 * 1024);
    program.stop_reading();
    let stdin = writer.join().unwrap();
    drop(stdin);
    while !program.has_ended() {
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_49_without_file_descriptors_calls_fail_and_recover() {
    let sandbox = slow().await;
    for n in 0..40 {
        sandbox.insert(json!({ "id": format!("c{n}"), "email": format!("c{n}@example.com") }));
    }
    let mut program = Program::by_shell("ulimit -n 16; exec \"$0\" stdio", &sandbox);
    for n in 0..40 {
        program.call(n, "ghl_get_contact", &json!({ "contactId": format!("c{n}") }));
    }
    let answers: Vec<Value> = (0..40).map(|_| program.next()).collect();
    assert!(answers.iter().all(|answer| answer["result"].is_object()));
    let good = answers.iter().filter(|answer| answer["result"]["isError"] != true).count();
    assert!(good > 0);
    program.call(99, "ghl_get_contact", &json!({ "contactId": "c1" }));
    let last = program.next();
    let content = &last["result"]["structuredContent"];
    // Where the breaker has opened it says so, and when to come again.
    assert!(content["contact"].is_object() || content["retryAfterSeconds"].is_u64(), "{last}");
    assert_eq!(program.close().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_50_a_proxy_in_the_environment_is_not_obeyed_and_a_redirect_not_followed() {
    let sandbox = slow().await;
    sandbox.insert(json!({ "id": "ada", "email": "ada@example.com" }));
    let mut program = Program::before(&sandbox);
    program.call(1, "ghl_get_contact", &json!({ "contactId": "ada" }));
    assert_eq!(program.next()["result"]["structuredContent"]["contact"]["id"], "ada");
    sandbox.fail_next(Fault::Redirect { location: format!("{}/login", sandbox.url()) });
    // By another key: what was read a moment ago would be answered without a request.
    program.call(2, "ghl_get_contact", &json!({ "email": "ada@example.com" }));
    assert_eq!(program.next()["result"]["structuredContent"]["code"], "redirected");
    assert_eq!((program.close().0, hits(&sandbox, "GET")), (Some(0), 2));
}
