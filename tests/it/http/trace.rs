//! The caller's trace id in the log line of a call.

use std::io::Read;

use serde_json::{Value, json};

use crate::http::client::{Ask, ask, post};
use crate::http::program::Running;

const IN_HEADER: &str = "0af7651916cd43dd8448eb211c80319c";
const IN_META: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const NEITHER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01";

fn traceparent(trace: &str) -> String {
    format!("00-{trace}-b7ad6b7169203331-01")
}

/// A call that fails, with a `traceparent` in the header, in `_meta`, in both or in neither.
fn failing(header: Option<&str>, meta: Option<&str>) -> Ask {
    let mut params = json!({ "name": "ghl_get_contact", "arguments": { "nonsense": 1 } });
    if let Some(meta) = meta {
        params["_meta"] = json!({ "traceparent": meta });
    }
    let call = post(&json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }));
    match header {
        Some(header) => call.with("traceparent", header),
        None => call,
    }
}

/// The trace id of each failed call in the log.
fn traces(log: &str) -> Vec<Option<String>> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let failed = lines.filter(|line| line["fields"]["message"] == "a call failed");
    failed.map(|line| line["span"]["trace_id"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn the_log_line_of_a_call_names_a_valid_trace_only() {
    let mut running = Running::start(&["--sandbox", "--log-format", "json"], &[]);
    let (header, meta) = (traceparent(IN_HEADER), traceparent(IN_META));
    let (header, meta) = (header.as_str(), meta.as_str());
    let cases = [
        (Some(header), None, Some(IN_HEADER)),
        (None, Some(meta), Some(IN_META)),
        (Some(header), Some(meta), Some(IN_META)),
        (Some(header), Some(NEITHER), Some(IN_HEADER)),
        (Some("canary-00"), None, None),
        (Some(NEITHER), Some("canary-01"), None),
        (None, None, None),
    ];
    for (header, meta, _) in &cases {
        let answer = failing(*header, *meta).send(running.at).await;
        assert_eq!(answer.json()["result"]["isError"], true, "{answer:?}");
    }
    // The old transport reads the same header with each message.
    let (mut stream, _) = ask("GET", "/sse").stream(running.at).await;
    let endpoint = stream.event().await.unwrap();
    let endpoint = endpoint.split_once("data: ").unwrap().1.trim();
    let hello = json!({ "protocolVersion": "2024-11-05", "capabilities": {},
                        "clientInfo": { "name": "spec", "version": "1" } });
    let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello });
    assert_eq!(post(&hello).to(endpoint).send(running.at).await.status, 202);
    assert!(stream.message().await.unwrap()["result"].is_object());
    assert_eq!(failing(Some(header), None).to(endpoint).send(running.at).await.status, 202);
    assert_eq!(stream.message().await.unwrap()["result"]["isError"], true);
    drop(stream);

    running.signal("TERM");
    let mut log = String::new();
    running.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let expected = cases.iter().map(|(_, _, trace)| *trace).chain([Some(IN_HEADER)]);
    assert_eq!(traces(&log), expected.map(|trace| trace.map(str::to_owned)).collect::<Vec<_>>(), "{log}");
    assert!(!log.contains("canary") && !log.contains("0000000000000000"), "{log}");
}
