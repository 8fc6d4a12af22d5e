//! Rows 47 and 80 to 83: the real binary gets one signal, two signals, the end of its input, and is killed; or its client reads
//! nothing.

use std::sync::mpsc::{Sender, channel};

use ghl_contacts_mcp::sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::faults::{creating, hits, slow};
use crate::support::process::{Ends, Program, settings, wait_for};

const ASKED: &str = "stopping: waiting for running calls";
const UNREAD: &str = "stopped before the client had read all answers";

#[tokio::test(flavor = "multi_thread")]
async fn row_47_sigterm_waits_for_a_write() {
    let sandbox = slow().await;
    let mut program = creating(&sandbox);
    program.signal("-TERM");
    let (code, _, log) = program.end();
    assert_eq!((code, sandbox.contacts().len(), hits(&sandbox, "POST")), (Some(0), 1, 1), "{log}");
    assert!(log.contains(ASKED) && log.contains("created"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_47_a_second_signal_ends_it_at_once() {
    for (first, second) in [("-TERM", "-TERM"), ("-INT", "-TERM"), ("-TERM", "-INT"), ("-HUP", "-TERM")] {
        let sandbox = slow().await;
        sandbox.fault_on("POST", "/contacts/", Fault::Stall { apply: false });
        let mut program = creating(&sandbox);
        program.signal(first);
        // Two signals at the same moment may arrive as one.
        wait_for(|| program.has_logged(ASKED));
        assert!(!program.has_ended(), "it waits for the write");
        program.signal(second);
        let (code, _, log) = program.end();
        assert_eq!((code, hits(&sandbox, "POST")), (Some(130), 1), "{log}");
        assert!(!log.contains("its outcome is not known"), "it did not end at once: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_47_a_write_of_a_killed_program_is_found_by_the_next() {
    let sandbox = slow().await;
    let mut program = creating(&sandbox);
    program.signal("-KILL");
    assert_eq!(program.end().0, None);
    // HighLevel carries out a request that reached it.
    wait_for(|| sandbox.contacts().len() == 1);
    let mut program = Program::before(&sandbox);
    program.call(8, "ghl_upsert_contact", &json!({ "email": "ada@example.com" }));
    assert_eq!(program.next()["result"]["structuredContent"]["outcome"], "unchanged");
    assert_eq!((program.close().0, hits(&sandbox, "POST"), sandbox.contacts().len()), (Some(0), 1, 1));
}

/// What asks the program to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Signal(&'static str),
    EndOfInput,
    /// The client closes both ends.
    Gone,
}

impl Asked {
    fn ask(self, program: &mut Program) {
        match self {
            Self::Signal(name) => {
                program.signal(name);
                wait_for(|| program.has_logged(ASKED));
            }
            Self::EndOfInput => drop(program.stdin.take()),
            Self::Gone => {
                drop(program.stdin.take());
                program.stop_reading();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_80_a_client_that_reads_nothing_does_not_keep_the_program() {
    let cases = [
        // The answers to 40 lists are more than a pipe and a socket hold.
        (Ends::Pipes, Asked::EndOfInput, 40),
        (Ends::Pipes, Asked::Signal("-TERM"), 40),
        (Ends::Pipes, Asked::Signal("-HUP"), 40),
        (Ends::Sockets, Asked::EndOfInput, 40),
        (Ends::Sockets, Asked::Signal("-TERM"), 40),
        // It reads 512 requests, and does not come to the end of its input.
        (Ends::Pipes, Asked::EndOfInput, 900),
        (Ends::Pipes, Asked::Signal("-TERM"), 900),
        (Ends::Sockets, Asked::Signal("-TERM"), 600),
    ];
    std::thread::scope(|scope| {
        for (ends, asked, lists) in cases {
            scope.spawn(move || {
                let mut program = Program::start("exec \"$0\" stdio", &settings("http://127.0.0.1:9"), ends);
                for id in 0..lists {
                    program.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" }));
                }
                wait_for(|| program.rests());
                asked.ask(&mut program);
                // The answers stay unread until it has ended.
                program.child.wait().unwrap();
                let (code, _, log) = program.end();
                assert_eq!(code, Some(0), "{ends:?} {asked:?} {lists}: {log}");
                assert!(log.contains(UNREAD), "{ends:?} {asked:?} {lists}: {log}");
            });
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn row_81_sighup_waits_for_a_write_as_sigterm_does() {
    for again in [false, true] {
        let sandbox = slow().await;
        let mut program = creating(&sandbox);
        program.signal("-HUP");
        if again {
            // The terminal and its shell each send one.
            wait_for(|| program.has_logged(ASKED));
            program.signal("-HUP");
        }
        let (code, _, log) = program.end();
        assert_eq!((code, sandbox.contacts().len(), hits(&sandbox, "POST")), (Some(0), 1, 1), "{log}");
        assert!(log.contains(ASKED) && log.contains("created"), "{log}");
    }
}

/// Holds the answer to the next PUT until something is sent.
fn held_put(sandbox: &Sandbox) -> Sender<()> {
    let (go, held) = channel();
    sandbox.on_next("PUT", "/contacts/", move |_| {
        let _ = held.recv();
    });
    go
}

fn changed(sandbox: &Sandbox) -> (Value, Value) {
    let ada = sandbox.contact("ada").unwrap();
    (ada["city"].clone(), ada["tags"].clone())
}

fn lines(sandbox: &Sandbox) -> Vec<String> {
    sandbox.wire().iter().map(|one| format!("{} {}", one.method, one.path)).collect()
}

const UPSERT: [&str; 4] =
    ["GET /contacts/search/duplicate", "GET /locations/", "PUT /contacts/ada", "POST /contacts/ada/tags"];

#[tokio::test(flavor = "multi_thread")]
async fn row_82_the_end_amid_an_upsert_finishes_all_its_writes_and_answers() {
    for asked in
        [Asked::Signal("-TERM"), Asked::Signal("-INT"), Asked::Signal("-HUP"), Asked::EndOfInput, Asked::Gone]
    {
        let sandbox = slow().await;
        sandbox.insert(json!({ "id": "ada", "email": "ada@example.com", "tags": ["lead"] }));
        let mut program = Program::before(&sandbox);
        let go = held_put(&sandbox);
        let change = json!({ "email": "ada@example.com", "city": "Paris", "tags": ["vip"] });
        program.call(7, "ghl_upsert_contact", &change);
        wait_for(|| hits(&sandbox, "PUT") == 1);
        asked.ask(&mut program);
        // A call that comes after a signal is not started.
        if let Asked::Signal(_) = asked {
            program.call(8, "ghl_upsert_contact", &json!({ "email": "bob@example.com" }));
        }
        go.send(()).unwrap();
        let (code, out, log) = program.end();
        assert_eq!(code, Some(0), "{asked:?}: {log}");
        assert_eq!(changed(&sandbox), (json!("Paris"), json!(["lead", "vip"])), "{asked:?}: {log}");
        let sent = lines(&sandbox);
        assert!(
            sent.len() == 4 && sent.iter().zip(UPSERT).all(|(line, begins)| line.starts_with(begins)),
            "{sent:?}"
        );
        assert_eq!(log.matches("wrote").count(), 1, "{asked:?}: {log}");
        if asked == Asked::Gone {
            continue;
        }
        let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers.len(), 1, "{asked:?}: {out}");
        let receipt = &answers[0]["result"]["structuredContent"];
        assert_eq!((&answers[0]["id"], &receipt["outcome"]), (&json!(7), &json!("updated")));
        assert_eq!(receipt["tagsAdded"], json!(["vip"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_83_a_signal_amid_the_call_command_finishes_all_its_writes() {
    let sandbox = slow().await;
    sandbox.insert(json!({ "id": "ada", "email": "ada@example.com", "tags": ["lead"] }));
    let go = held_put(&sandbox);
    let change = r#"{"email":"ada@example.com","city":"Paris","tags":["vip"]}"#;
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
    command.args(["call", "--log", "info", "ghl_upsert_contact", change]).env_clear();
    command.envs([("GHL_BASE_URL", &*sandbox.url()), ("GHL_PIT_TOKEN", sandbox.token())]);
    command.env("GHL_LOCATION_ID", sandbox.location_id());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    wait_for(|| hits(&sandbox, "PUT") == 1);
    let kill = format!("kill -TERM {}", child.id());
    assert!(std::process::Command::new("/bin/sh").args(["-c", &kill]).status().unwrap().success());
    go.send(()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let receipt: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&receipt["outcome"], &receipt["tagsAdded"]), (&json!("updated"), &json!(["vip"])));
    assert_eq!(changed(&sandbox), (json!("Paris"), json!(["lead", "vip"])));
}
