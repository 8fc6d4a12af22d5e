//! One log line for every write, without values. No log line holds personal data.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::log;
use crate::support::{Crm, contact};

fn lines(crm: &Crm) -> Vec<Value> {
    log::audit_of(crm.location_id())
}

#[tokio::test]
async fn a_write_logs_one_line_with_contact_and_outcome() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    crm.upsert(json!({ "email": "Ada@Example.com", "city": "Paris", "tags": ["vip"] })).await.ok();
    let lines = lines(&crm);
    assert_eq!(lines.len(), 1);
    let mut fields = lines[0]["fields"].clone();
    assert_eq!(fields["location"].take(), crm.location_id());
    insta::assert_json_snapshot!(fields, @r#"
    {
      "message": "wrote",
      "location": null,
      "contact": "ada",
      "email": "87f2fe146a81",
      "outcome": "updated",
      "requests": 4,
      "writes": 2
    }
    "#);
    let span = &lines[0]["span"];
    assert_eq!((&span["name"], &span["tool"]), (&json!("call"), &json!("ghl_upsert_contact")));
    assert!(span["request"].as_str().is_some_and(|id| !id.is_empty()), "{span}");
    assert!(lines[0]["timestamp"].is_string());
}

#[tokio::test]
async fn a_write_by_id_or_phone_logs_the_hash_of_the_stored_email() {
    let crm = Crm::with(contact("ada").email("Ada@Example.com").phone("+14155550101")).await;
    crm.upsert(json!({ "phone": "+14155550101", "city": "Paris" })).await.ok();
    crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await.ok();
    let hashes: Vec<Value> = lines(&crm).iter().map(|line| line["fields"]["email"].clone()).collect();
    assert_eq!(hashes, ["87f2fe146a81", "87f2fe146a81"]);
}

#[tokio::test]
async fn a_call_that_writes_nothing_logs_no_line() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    crm.upsert(json!({ "email": "ada@example.com" })).await.ok();
    crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "dryRun": true })).await.ok();
    crm.upsert(json!({ "email": "unknown" })).await.error();
    crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await.ok();
    crm.call("ghl_search_contacts", json!({ "email": "ada@example.com" })).await.ok();
    assert_eq!(lines(&crm), Vec::<Value>::new());
}

#[tokio::test]
async fn the_log_line_says_what_is_known_of_the_outcome() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    crm.upsert(json!({ "email": "new@example.com" })).await.ok();
    for _ in 0..2 {
        crm.fault_on("PUT", "/contacts/ada", Fault::HangUp { apply: true });
    }
    crm.fault_on("GET", "/contacts/ada", Fault::answer(403, ""));
    crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await.error();
    let refused = Fault::answer(400, "{}");
    crm.fault_on("PUT", "/contacts/ada", refused);
    crm.upsert(json!({ "email": "ada@example.com", "city": "Rome" })).await.error();
    crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await.ok();
    crm.call("ghl_add_tags", json!({ "contactIds": ["ada", "unknown"], "tags": ["gold"] })).await.ok();
    let logged: Vec<_> = lines(&crm)
        .iter()
        .map(|line| {
            let field = |name: &str| line["fields"][name].as_str().unwrap_or_default().to_owned();
            (field("contact").replace(&crm.id_of("new@example.com"), "new"), field("outcome"))
        })
        .collect();
    let logged: Vec<_> =
        logged.iter().map(|(contact, outcome)| (contact.as_str(), outcome.as_str())).collect();
    assert_eq!(
        logged,
        [
            ("new", "created"),
            ("ada", "unknown"),
            ("ada", "failed"),
            ("ada", "tagged"),
            ("ada", "tagged"),
            ("unknown", "not_tagged")
        ]
    );
}

/// Every spec with a CRM checks the log at level `trace` for the token, e-mails and phones. This one tests that the check
/// works.
#[tokio::test]
async fn the_log_at_trace_level_holds_nothing_personal() {
    let crm =
        Crm::with(contact("ada").email("ada@example.com").phone("+14155550101").first_name("Ada")).await;
    let before = log::lines();
    for fault in [
        Fault::HangUp { apply: true },
        Fault::Truncate { apply: true },
        Fault::Html { status: 502 },
        Fault::Redirect { location: "https://example.com/ada@example.com".into() },
        Fault::TooManyRequests { retry_after: None, window_headers: false },
    ] {
        crm.next(fault);
        crm.upsert(json!({ "email": "ada@example.com", "phone": "+14155550101", "lastName": "Lovelace" }))
            .await;
        crm.call("ghl_get_contact", json!({ "email": "nobody@example.com" })).await.error();
        crm.call("ghl_add_tags", json!({ "phone": "+14155550101", "tags": ["vip"] })).await;
        crm.call("ghl_search_contacts", json!({ "query": "ada@example.com" })).await;
    }
    let bad = crm.upsert(json!({ "email": "ada@example.com", "mail": "ada@example.com" })).await;
    assert_eq!(bad.code(), "invalid_arguments");
    assert!(log::lines() > before + 20, "the log is not checked");
    log::assert_clean();
}
