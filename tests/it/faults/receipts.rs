//! Rows 70 to 79: what a receipt, or the failure of a read, may say.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, contact};

fn answer(status: u16, body: &Value) -> Fault {
    Fault::answer(status, body.to_string())
}

/// What HighLevel and the network do to a read.
fn faults() -> Vec<Fault> {
    let words = json!({ "message": "Something went wrong" });
    let mut faults: Vec<Fault> =
        [400, 401, 403, 404, 408, 422, 500, 502, 503].map(|status| answer(status, &words)).into();
    faults.extend([
        answer(200, &json!([])),
        answer(200, &json!({ "contact": { "id": "eve" }, "contacts": [{ "locationId": "Elsewhere" }] })),
        answer(200, &json!({ "contact": 7, "contacts": 7 })),
        Fault::HangUp { apply: true },
        Fault::Truncate { apply: true },
        Fault::Html { status: 200 },
        Fault::Html { status: 403 },
        Fault::TooManyRequests { retry_after: Some("3600".into()), window_headers: true },
        Fault::Redirect { location: "https://elsewhere.example.com/".into() },
    ]);
    faults
}

#[tokio::test]
async fn row_70_a_failed_read_never_speaks_of_writing() {
    for fault in faults() {
        for (tool, arguments) in [
            ("ghl_get_contact", json!({ "contactId": "ada" })),
            ("ghl_get_contact", json!({ "email": "ada@example.com" })),
            ("ghl_search_contacts", json!({ "phone": "+14155550101" })),
            ("ghl_search_contacts", json!({ "query": "ada" })),
        ] {
            let crm = Crm::with(contact("ada").email("ada@example.com")).await;
            crm.fail_always(Some(fault.clone()));
            let reply = crm.call(tool, arguments.clone()).await;
            crm.fail_always(None);
            if reply.is_error() {
                reply.failed_read();
            }
            assert!(crm.requests().iter().all(|line| !line.starts_with("PUT ")), "{fault:?} {arguments}");
        }
    }
}

#[tokio::test]
async fn row_70_a_read_of_arguments_that_cannot_be_used_never_speaks_of_writing() {
    let crm = Crm::empty().await;
    for (tool, arguments) in [
        ("ghl_get_contact", json!({ "emial": "ada@example.com" })),
        ("ghl_get_contact", json!({ "email": 7 })),
        ("ghl_get_contact", json!({})),
        ("ghl_search_contacts", json!({ "limit": 101 })),
        ("ghl_search_contacts", json!({ "cursor": "mine" })),
        ("ghl_search_contacts", json!({ "customFields": [{ "id": "Nope", "value": "x" }] })),
    ] {
        assert_eq!(crm.call(tool, arguments).await.failed_read(), "invalid_arguments");
    }
}
