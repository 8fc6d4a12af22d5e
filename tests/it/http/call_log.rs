//! One line of the log for each call, as an operator reads it.

use std::io::Read;

use serde_json::{Value, json};

use crate::http::client::post;
use crate::http::program::Running;

/// What the program logs for these calls.
async fn log_of(arguments: &[&str], calls: &[(&str, Value)]) -> Vec<String> {
    let mut running = Running::start(&[&["--sandbox"], arguments].concat(), &[]);
    for (tool, arguments) in calls {
        let params = json!({ "name": tool, "arguments": arguments });
        let call = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params });
        assert_eq!(post(&call).send(running.at).await.status, 200);
    }
    running.signal("TERM");
    let mut log = String::new();
    running.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    log.lines().filter(|line| line.contains("call")).map(str::to_owned).collect()
}

fn without_times(line: &str) -> String {
    let line = line.split_once(' ').map_or(line, |(_, rest)| rest).trim_start();
    let words = line.split(' ').map(|word| if word.starts_with("ms=") { "ms=_" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

fn calls() -> [(&'static str, Value); 4] {
    [
        ("ghl_get_contact", json!({ "email": "jane.smith@example.com" })),
        ("ghl_upsert_contact", json!({ "email": "ada@example.com", "firstName": "Ada" })),
        ("ghl_get_contact", json!({ "contactId": "AAAAAAAAAAAAAAAAAAAA" })),
        ("ghl_nothing", json!({})),
    ]
}

#[tokio::test]
async fn each_call_is_one_line_with_its_outcome_its_requests_and_the_quota_that_is_left() {
    let lines = log_of(&[], &calls()).await;
    let lines: Vec<_> = lines
        .iter()
        .filter(|line| line.contains("call{") && !line.contains(": wrote "))
        .map(|line| without_times(line))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    INFO call{tool="ghl_get_contact" request="7"}: answered outcome="ok" ms=_ requests=2 left=98 left_today=199998
    INFO call{tool="ghl_upsert_contact" request="7"}: answered outcome="created" ms=_ requests=3 left=95 left_today=199995
    WARN call{tool="ghl_get_contact" request="7"}: a call failed outcome="not_found" ms=_ requests=1 left=94 left_today=199994
    WARN call{tool="unknown" request="7"}: a call failed outcome="unknown_tool" ms=_ requests=0
    "#);
}

#[tokio::test]
async fn as_json_each_call_is_one_object_without_personal_data() {
    let lines = log_of(&["--log-format", "json"], &calls()).await;
    let ended: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &Value| line["fields"]["outcome"].is_string() && line["target"] != "audit")
        .collect();
    let outcomes: Vec<_> = ended.iter().map(|line| line["fields"]["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["ok", "created", "not_found", "unknown_tool"]);
    assert_eq!(ended[1]["fields"]["requests"], 3);
    assert_eq!(ended[1]["span"]["tool"], "ghl_upsert_contact");
    assert!(ended.iter().all(|line| line["fields"]["ms"].is_u64()), "{ended:#?}");
    assert!(!lines.iter().any(|line| line.contains("ada@") || line.contains("Ada")), "{lines:#?}");
}
