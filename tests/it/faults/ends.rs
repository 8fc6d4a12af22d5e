//! Row 47: the real binary gets one signal, two signals, and is killed.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use crate::faults::{creating, hits, slow};
use crate::support::process::{Program, wait_for};

const ASKED: &str = "stopping: waiting for running calls";

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
    for (first, second) in [("-TERM", "-TERM"), ("-INT", "-TERM"), ("-TERM", "-INT")] {
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
