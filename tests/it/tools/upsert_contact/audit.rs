//! One line in the log for every write, and no value in it; nothing personal in any line at all.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::log;
use crate::support::{Crm, contact};

fn lines(crm: &Crm) -> Vec<Value> {
    log::audit_of(crm.location_id())
}

#[tokio::test]
async fn a_write_leaves_one_line_with_who_was_written_to_and_what_came_of_it() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    crm.upsert(json!({ "email": "Ada@Example.com", "city": "Paris", "tags": ["vip"] })).await.ok();
    let lines = lines(&crm);
    assert_eq!(lines.len(), 1);
    let mut fields = lines[0]["fields"].clone();
    assert_eq!(fields["location"].take(), crm.location_id());
    insta::assert_json_snapshot!(fields, @r#"
    {
      "contact": "ada",
      "email": "b5fc85e55755",
      "location": null,
      "message": "wrote",
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
async fn who_is_written_to_by_id_or_phone_is_told_by_the_hash_of_the_email_that_the_crm_holds() {
    let crm = Crm::with(contact("ada").email("Ada@Example.com").phone("+14155550101")).await;
    crm.upsert(json!({ "phone": "+14155550101", "city": "Paris" })).await.ok();
    crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await.ok();
    let hashes: Vec<Value> = lines(&crm).iter().map(|line| line["fields"]["email"].clone()).collect();
    assert_eq!(hashes, ["b5fc85e55755", "b5fc85e55755"]);
}

#[tokio::test]
async fn what_writes_nothing_leaves_no_line() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    crm.upsert(json!({ "email": "ada@example.com" })).await.ok();
    crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "dryRun": true })).await.ok();
    crm.upsert(json!({ "email": "nobody" })).await.error();
    crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await.ok();
    crm.call("ghl_search_contacts", json!({ "email": "ada@example.com" })).await.ok();
    assert_eq!(lines(&crm), Vec::<Value>::new());
}

#[tokio::test]
async fn what_came_of_a_write_is_told_as_it_is_known() {
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
    crm.call("ghl_add_tags", json!({ "contactIds": ["ada", "nobody"], "tags": ["gold"] })).await.ok();
    let told: Vec<_> = lines(&crm)
        .iter()
        .map(|line| {
            let field = |name: &str| line["fields"][name].as_str().unwrap_or_default().to_owned();
            (field("contact").replace(&crm.id_of("new@example.com"), "new"), field("outcome"))
        })
        .collect();
    let told: Vec<_> = told.iter().map(|(contact, outcome)| (contact.as_str(), outcome.as_str())).collect();
    assert_eq!(
        told,
        [
            ("new", "created"),
            ("ada", "unknown"),
            ("ada", "failed"),
            ("ada", "tagged"),
            ("ada", "tagged"),
            ("nobody", "not_tagged")
        ]
    );
}

/// Every spec that speaks to a CRM is a canary: its log is watched at `trace` for the token, e-mails and phones. This
/// one sees to it that the watch is awake.
#[tokio::test]
async fn nothing_personal_is_in_the_log_even_at_its_most_talkative() {
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
    assert!(log::lines() > before + 20, "the log is not being watched");
    log::assert_clean();
}
