//! Rows 42, 43, 45, 46 and 50: the real binary. The sandbox runs in the test, which can ask for its requests.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use crate::faults::{creating, hits, slow};
use crate::support::process::{Program, wait_for};

#[tokio::test(flavor = "multi_thread")]
async fn row_42_a_line_that_is_no_message_keeps_the_session() {
    let sandbox = slow().await;
    let mut program = Program::before(&sandbox);
    let idle = program.resident();
    let deep = [b"[".repeat(100_000), b"\n".to_vec()].concat();
    let long = [b"x".repeat(20_000_000), b"\n".to_vec()].concat();
    let endless = b"x".repeat(60_000_000);
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
    // Empty lines.
    program.raw(&endless);
    assert!(program.peak() <= idle + 40 * 1024 * 1024, "{idle} {}", program.peak());
    program.raw(b"\n");
    program.ping("after it");
    assert_eq!((program.close().0, sandbox.wire().len()), (Some(0), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_43_two_reads_of_one_id_do_not_mix() {
    let sandbox = slow().await;
    for id in ["ada", "bob"] {
        sandbox.insert(json!({ "id": id, "email": format!("{id}@example.com") }));
    }
    let mut program = Program::before(&sandbox);
    for id in ["ada", "bob"] {
        program.call(7, "ghl_get_contact", &json!({ "contactId": id }));
    }
    let mut answers = vec![program.next()];
    answers.extend(program.ping("alive"));
    // Another id gets its own answer.
    program.call(8, "ghl_get_contact", &json!({ "email": "bob@example.com" }));
    loop {
        let message = program.next();
        if message["id"] == 8 {
            assert_eq!(message["result"]["structuredContent"]["contact"]["id"], "bob");
            break;
        }
        answers.push(message);
    }
    let (code, rest, _) = program.close();
    assert_eq!((code, rest.as_str()), (Some(0), ""));
    let mut seen: Vec<_> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer["id"], 7);
            answer["result"]["structuredContent"]["contact"]["id"].as_str().unwrap()
        })
        .collect();
    seen.sort_unstable();
    assert!([&["ada"][..], &["bob"], &["ada", "bob"]].contains(&&*seen), "{seen:?}");
    let asked = |path: &str| sandbox.wire().iter().filter(|one| one.path.starts_with(path)).count();
    assert!(asked("/contacts/ada") <= 1 && asked("/contacts/bob") <= 1);
    assert_eq!(hits(&sandbox, "GET"), asked("/contacts/ada") + asked("/contacts/bob") + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_43_two_writes_of_one_id_each_happen_once() {
    let sandbox = slow().await;
    let mut program = Program::before(&sandbox);
    for name in ["ada", "bob"] {
        let person = json!({ "email": format!("{name}@example.com"), "firstName": name });
        program.call(7, "ghl_upsert_contact", &person);
    }
    wait_for(|| hits(&sandbox, "POST") == 2);
    program.ping("alive");
    let (code, _, log) = program.close();
    assert_eq!((code, hits(&sandbox, "POST")), (Some(0), 2), "{log}");
    let mut held: Vec<_> = sandbox
        .contacts()
        .iter()
        .map(|contact| format!("{} {}", contact["firstName"], contact["email"]))
        .collect();
    held.sort_unstable();
    assert_eq!(held, [r#""ada" "ada@example.com""#, r#""bob" "bob@example.com""#]);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_45_a_cancelled_read_is_dropped_and_not_answered() {
    let sandbox = slow().await;
    sandbox.fail_next(Fault::Stall { apply: false });
    let mut program = Program::before(&sandbox);
    program.call(7, "ghl_get_contact", &json!({ "contactId": "ada" }));
    wait_for(|| hits(&sandbox, "GET") == 1);
    let params = json!({ "requestId": 7 });
    program.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }));
    assert!(program.ping("alive").is_empty());
    let (code, rest, _) = program.close();
    // It does not wait for the stalled read, which would take twenty seconds.
    assert_eq!((code, rest, hits(&sandbox, "GET")), (Some(0), String::new(), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_45_a_cancelled_write_is_finished_and_audited() {
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
async fn row_50_a_proxy_variable_and_a_redirect_are_ignored() {
    let sandbox = slow().await;
    sandbox.insert(json!({ "id": "ada", "email": "ada@example.com" }));
    let mut program = Program::before(&sandbox);
    program.call(1, "ghl_get_contact", &json!({ "contactId": "ada" }));
    assert_eq!(program.next()["result"]["structuredContent"]["contact"]["id"], "ada");
    sandbox.fail_next(Fault::Redirect { location: format!("{}/login", sandbox.url()) });
    program.call(2, "ghl_get_contact", &json!({ "email": "ada@example.com" }));
    assert_eq!(program.next()["result"]["structuredContent"]["code"], "redirected");
    assert_eq!((program.close().0, hits(&sandbox, "GET")), (Some(0), 2));
}
