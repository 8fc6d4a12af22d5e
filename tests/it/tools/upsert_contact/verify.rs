//! The receipt says what the CRM holds, not what HighLevel's answer repeats.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};

/// A fault: HighLevel answers with this contact and stores nothing.
fn echo(contact: &Value) -> Fault {
    let body = json!({ "succeded": true, "contact": contact }).to_string();
    Fault::answer(200, body)
}

fn with(mut contact: Value, property: &str, value: Value) -> Value {
    contact[property] = value;
    contact
}

#[tokio::test]
async fn a_value_echoed_but_not_stored_is_found_by_reading_back() {
    let ada =
        contact("ada").email("ada@example.com").phone("+14155550101").with("companyName", json!("Acme"));
    for (field, value) in
        [("phone", "+14155550102"), ("companyName", "Babbage & Co"), ("assignedTo", "UserWhoDoesNotExist0")]
    {
        // The users cannot be read, so that the id of the user is not checked before.
        let denied = vec!["users.readonly".into()];
        let crm = setup().with(ada.clone()).options(|options| options.denied_scopes = denied).open().await;
        crm.fault_on("PUT", "/contacts/ada", echo(&with(crm.held("ada"), field, json!(value))));
        let mut arguments = json!({ "email": "ada@example.com" });
        arguments[field] = json!(value);
        let reply = crm.upsert(arguments).await;
        let not_stored = &reply.ok()["notStored"];
        assert_eq!(
            (&not_stored[0]["field"], &not_stored[0]["sent"]),
            (&json!(field), &json!(value)),
            "{field}"
        );
        assert!(not_stored[0]["reason"].as_str().is_some_and(|reason| reason.len() > 20), "{field}");
        let stored = crm.held("ada").get(field).cloned().unwrap_or_default();
        assert_eq!(not_stored[0].get("stored").cloned().unwrap_or_default(), stored, "{field}");
    }
}

#[tokio::test]
async fn an_answer_with_another_value_needs_no_reading_back() {
    let crm = Crm::with(contact("ada").email("ada@example.com").with("city", json!("London"))).await;
    crm.fault_on("PUT", "/contacts/ada", echo(&crm.held("ada")));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
    insta::assert_json_snapshot!(reply.ok()["notStored"], @r#"
    [
      {
        "field": "city",
        "sent": "Paris",
        "stored": "London",
        "reason": "HighLevel answered success and stores another value"
      }
    ]
    "#);
    assert_eq!(crm.held("ada")["city"], "London");
}

#[tokio::test]
async fn values_are_compared_in_highlevels_form() {
    let crm = Crm::empty().await;
    let reply = crm
        .upsert(json!({
            "email": "Ada@Example.com", "phone": "+1 (415) 555-0101", "dateOfBirth": "1990/09/25", "country": "gb",
            "tags": ["VIP"], "gender": "female", "name": "Ada Lovelace", "companyName": "Acme", "postalCode": "94107",
            "address1": "1 Main St", "state": "CA", "website": "https://ada.example.com", "timezone": "Europe/London",
            "source": "conference", "customFields": [{ "id": "Renewal Date", "value": "12/25/2026" }],
        }))
        .await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("created", &json!([])));
    assert_eq!(reply.ok()["warnings"], json!([]));
}

#[tokio::test]
async fn a_write_that_cannot_be_read_back_is_a_warning() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let broken = || Fault::answer(502, "");
    for _ in 0..3 {
        crm.fault_on("GET", "/contacts/ada", broken());
    }
    let reply = crm.upsert(json!({ "email": "ada@example.com", "companyName": "Acme" })).await;
    assert_eq!(reply.outcome(), "updated");
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "the write was accepted but could not be verified: HighLevel is unavailable (HTTP 502)"
    ]
    "#);
    assert_eq!(crm.held("ada")["companyName"], "Acme");
}

#[tokio::test]
async fn tags_that_highlevel_dropped_are_reported() {
    let crm = Crm::with(contact("ada").email("ada@example.com").tags(["old"])).await;
    let body = json!({ "tags": ["old"] }).to_string();
    crm.fault_on("POST", "/contacts/ada/tags", Fault::answer(201, body));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "tags": ["new"] })).await;
    assert_eq!(reply.ok()["notStored"][0]["field"], "tags");
    assert_eq!(reply.ok()["notStored"][0]["sent"], json!(["new"]));
    assert_eq!(reply.ok()["tagsAdded"], json!([]));
}

#[tokio::test]
async fn written_fields_are_reported_even_if_tags_fail() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let refused = Fault::answer(403, "{\"message\":\"Forbidden\"}");
    crm.fault_on("POST", "/contacts/ada/tags", refused);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "tags": ["new"] })).await;
    assert_eq!((reply.outcome(), &reply.ok()["tagsAdded"]), ("updated", &json!([])));
    insta::assert_json_snapshot!(reply.ok()["notStored"], @r#"
    [
      {
        "field": "tags",
        "sent": [
          "new"
        ],
        "reason": "the token lacks the scope for this request (HTTP 403): \"Forbidden\"; the fields were written, send the tags again"
      }
    ]
    "#);
    assert_eq!(crm.held("ada")["city"], "Paris");
}
