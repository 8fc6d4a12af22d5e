//! `ghl_upsert_contacts` carries out a list as if each row were a call, at the full speed of the quota.

mod cost;
mod end;
mod order;
mod rows;
mod tags;

use serde_json::{Value, json};

use crate::support::{Crm, Reply};

/// Calls the tool with these rows.
async fn list(crm: &Crm, contacts: Value) -> Reply {
    crm.call("ghl_upsert_contacts", json!({ "contacts": contacts })).await
}

/// Created, updated, unchanged, failed and not started.
#[track_caller]
fn counts(reply: &Reply) -> [u64; 5] {
    ["created", "updated", "unchanged", "failed", "notStarted"]
        .map(|name| reply.ok()[name].as_u64().expect("a count"))
}

/// What is said of a row, as text.
fn said_of(reply: &Reply, row: usize) -> String {
    let lines = reply.ok()["attention"].as_array().expect("a list");
    let is_of = |line: &&Value| line["rows"].as_array().is_some_and(|rows| rows.contains(&json!(row)));
    lines.iter().find(is_of).map(ToString::to_string).unwrap_or_default()
}

/// So many people with one key, and the same two tags.
fn people(numbers: std::ops::Range<usize>) -> Value {
    numbers
        .map(|n| json!({ "email": format!("p{n}@example.com"), "firstName": format!("P{n}"), "tags": ["fair", "2026"] }))
        .collect()
}
