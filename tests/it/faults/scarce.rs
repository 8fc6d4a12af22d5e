//! Rows 31, 48 and 49: the real binary with little memory, an unread stdout, or few file descriptors.

use std::collections::BTreeSet;
use std::io::Write;

use ghl_contacts_mcp::sandbox::{Options, Sandbox, Seed};
use serde_json::{Value, json};

use crate::faults::slow;
use crate::support::process::{Program, starved, wait_for};
use crate::support::upstream::tcp::{Act, Upstream, contact};

const MIB: u64 = 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn row_31_a_giant_answer_costs_at_most_16_mib() {
    let head = |more: &str| {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{more}\r\n\r\n");
        Act::Bytes(head.into_bytes())
    };
    let chunk = [b"10000\r\n".to_vec(), vec![b'['; 0x10000], b"\r\n".to_vec()].concat();
    let zeros = include_bytes!("zeros.gz");
    let bomb = format!("content-encoding: gzip\r\ncontent-length: {}", zeros.len());
    for giant in [
        vec![head("content-length: 200000000"), Act::Endless(vec![b'['; 1 << 16])],
        vec![head("transfer-encoding: chunked"), Act::Endless(chunk)],
        vec![head(&bomb), Act::Bytes(zeros.to_vec())],
    ] {
        let upstream = Upstream::playing([contact(), giant]).await;
        let mut program = Program::at(&upstream.url());
        program.call(1, "ghl_get_contact", &json!({ "contactId": "ada" }));
        assert_eq!(program.next()["result"]["structuredContent"]["contact"]["id"], "ada");
        let before = program.resident();
        let hits = upstream.hits();
        program.call(2, "ghl_get_contact", &json!({ "contactId": "bob" }));
        let answer = program.next();
        assert_eq!(answer["result"]["structuredContent"]["code"], "unreadable_answer", "{answer}");
        let (peak, after) = (program.peak(), program.resident());
        assert!(peak <= before + 16 * MIB && after <= before + 16 * MIB, "{before} {peak} {after}");
        assert_eq!(upstream.hits(), hits + 1);
        assert_eq!(program.close().0, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_48_a_client_that_does_not_read_costs_bounded_memory() {
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
    // It reads at most 512 requests ahead of its answers, so most of them stay in the pipe.
    program.next();
    wait_for(|| program.rests());
    assert!(program.resident() <= idle + 24 * 1024 * 1024);
    assert!(!writer.is_finished(), "what it does not read it does not hold");
    program.stop_reading();
    let stdin = writer.join().unwrap();
    drop(stdin);
    let (code, _, log) = program.end();
    assert_eq!((code, sandbox.wire().len()), (Some(0), 0), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_48_a_closed_stdout_ends_the_program() {
    let sandbox = slow().await;
    let mut program = Program::before(&sandbox);
    program.stop_reading();
    program.send(&json!({ "jsonrpc": "2.0", "id": 7, "method": "ping" }));
    let (code, _, log) = program.end();
    assert_eq!((code, sandbox.wire().len()), (Some(0), 0), "{log}");
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
    // An open circuit breaker says so, and when to try again.
    assert!(content["contact"].is_object() || content["retryAfterSeconds"].is_u64(), "{last}");
    assert_eq!(program.close().0, Some(0));
}

const CALLS: u64 = 2_000;

/// The messages of 2,000 reads.
fn reads() -> Vec<u8> {
    let call = |id| {
        let arguments = json!({ "contactId": format!("c{}", id % 40) });
        let params = json!({ "name": "ghl_get_contact", "arguments": arguments });
        format!("{}\n", json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }))
    };
    (0..CALLS).map(call).collect::<String>().into_bytes()
}

/// A sandbox with forty contacts and no rate limit.
async fn without_rate_limit() -> Sandbox {
    let options = Options { seed: Seed::Empty, burst: 100_000, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    for n in 0..40 {
        sandbox.insert(json!({ "id": format!("c{n}"), "email": format!("c{n}@example.com") }));
    }
    sandbox
}

#[tokio::test(flavor = "multi_thread")]
async fn row_49_under_a_memory_cap_2_000_calls_are_all_answered() {
    let sandbox = without_rate_limit().await;
    // 512 MiB of address space. The resident memory is a small part of it.
    let mut program = Program::by_shell("ulimit -v 524288; exec \"$0\" stdio", &sandbox);
    let mut stdin = program.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&reads()).map(|()| stdin));
    let answers: Vec<Value> = (0..CALLS).map(|_| program.next()).collect();
    program.stdin = Some(writer.join().unwrap().unwrap());
    let ids: BTreeSet<_> = answers.iter().map(|answer| answer["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (0..CALLS).collect());
    let good = answers.iter().filter(|answer| answer["result"]["isError"] != true).count();
    let busy =
        answers.iter().filter(|answer| answer["result"]["structuredContent"]["code"] == "busy").count();
    assert_eq!((good + busy, good >= 64), (answers.len(), true), "{good} {busy}");
    assert!(program.ping("alive").is_empty());
    assert_eq!(program.close().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_49_under_a_too_low_memory_cap_the_program_ends() {
    // Rust aborts a program that gets no memory. With 32 MiB it does not start, with 64 MiB it may serve.
    for mebibytes in [32, 64] {
        let sandbox = without_rate_limit().await;
        let line = format!("ulimit -v {}; exec \"$0\" stdio", mebibytes * 1024);
        let (code, out) = starved(&line, &sandbox, reads());
        for line in out.lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok(), "half an answer: {line}");
        }
        assert!(mebibytes == 64 || (code != Some(0) && out.is_empty()), "{code:?} {out}");
    }
}
