//! Rows 8 to 10, 12, 18 and 32 to 35: what faults do to contacts. The location's settings are known, so only the
//! requests of the operation are counted. The first of them is the lookup.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use ghl_contacts_mcp::contacts::{self, Contacts, Upsert};
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::{ReqwestTransport, Timeouts};
use ghl_contacts_mcp::ghl::{Client, Settings};
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::support::{Crm, VirtualClock, contact, setup};

fn bad_gateway(apply: bool) -> Fault {
    Fault::Status { status: 502, body: String::new(), apply, headers: Vec::new() }
}

/// Methods and statuses: `GET 200, POST 502`.
fn trail(crm: &Crm) -> String {
    let short = |line: String| {
        let (method, status) = (
            line.split(' ').next().unwrap_or("").to_owned(),
            line.rsplit(' ').next().unwrap_or("").to_owned(),
        );
        format!("{method} {status}")
    };
    crm.requests().into_iter().map(short).collect::<Vec<_>>().join(", ")
}

async fn created_despite(fault: Fault) -> (Crm, String) {
    let crm = Crm::empty().await.warmed_up().await;
    crm.fault_on("POST", "/contacts/", fault);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada" })).await;
    assert_eq!((reply.outcome(), crm.count()), ("created", 1));
    let warnings = reply.ok()["warnings"].to_string();
    (crm, warnings)
}

#[tokio::test]
async fn row_08_a_create_that_did_not_happen_is_looked_up_and_sent_again() {
    let (crm, warnings) = created_despite(bad_gateway(false)).await;
    assert!(warnings.contains("sent twice") && warnings.contains("may still arrive"), "{warnings}");
    assert_eq!(trail(&crm), "GET 200, POST 502, GET 200, POST 201");
}

#[tokio::test]
async fn row_09_a_create_that_happened_is_found_and_not_sent_again() {
    let (crm, warnings) = created_despite(bad_gateway(true)).await;
    assert_eq!(trail(&crm), "GET 200, POST 502, GET 200");
    assert!(warnings.contains("lost"), "{warnings}");
}

#[tokio::test]
async fn row_10_a_create_with_unknown_outcome_is_reported_as_unknown() {
    let crm = Crm::empty().await.warmed_up().await;
    for _ in 0..2 {
        crm.fault_on("POST", "/contacts/", Fault::HangUp { apply: false });
    }
    let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("connection_lost", "unknown"));
    assert_eq!(trail(&crm), "GET 200, POST cut, GET 200, POST cut, GET 200");
}

#[tokio::test]
async fn row_12_a_success_with_a_broken_answer_is_read_back() {
    let (crm, _) = created_despite(Fault::Truncate { apply: true }).await;
    assert_eq!(trail(&crm).matches("POST").count(), 1);
    assert_eq!(crm.requests().len(), 3);
    let crm = Crm::with(contact("ada").email("ada@example.com")).await.warmed_up().await;
    crm.fault_on("PUT", "/contacts/", Fault::Truncate { apply: true });
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "London" })).await;
    assert_eq!((reply.outcome(), &crm.held("ada")["city"]), ("updated", &json!("London")));
    assert_eq!(trail(&crm).matches("PUT").count(), 1);
    assert_eq!(crm.requests().len(), 3);
}

#[tokio::test]
async fn row_18_a_create_without_an_answer_is_found() {
    let crm = Crm::empty().await.warmed_up().await;
    let timeouts = Timeouts { idle: Duration::from_millis(500), ..Timeouts::default() };
    let client = Client::new(Settings {
        base_url: crm.url().parse().unwrap(),
        credential: Credential::Token(crm.token().to_owned().into()),
        location: crm.location_id().parse().ok(),
        dialect: None,
        clock: Arc::new(VirtualClock::default()),
        transport: Arc::new(ReqwestTransport::new(timeouts)),
        deadline: Duration::from_secs(45),
    });
    crm.fault_on("POST", "/contacts/", Fault::Stall { apply: true });
    let contacts = Contacts::new(client, contacts::Options::default());
    let upsert = Upsert { email: Some("ada@example.com".to_owned()), ..Upsert::default() };
    let receipt = contacts.upsert(&contacts.scope(CancellationToken::new()), upsert).await.unwrap();
    assert!(receipt.contact.is_some());
    assert_eq!((crm.count(), trail(&crm).matches("POST").count()), (1, 1));
    // The second request reads the location's settings, which this process had not seen.
    assert_eq!(crm.requests().len(), 4);
}

#[tokio::test]
async fn row_32_a_refused_duplicate_leads_to_the_existing_contact() {
    let crm = Crm::empty().await.warmed_up().await;
    crm.on_next("POST", "/contacts/", |crm| {
        crm.insert(contact("ada").email("ada@example.com").into_value());
    });
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "London" })).await;
    assert_eq!((reply.outcome(), crm.count()), ("updated", 1));
    assert_eq!(trail(&crm), "GET 200, POST 400, GET 200, PUT 200");
    assert_eq!(crm.held("ada")["city"], "London");
}

#[tokio::test]
async fn row_33_a_422_that_created_the_contact_is_reported_as_created() {
    let body = json!({ "statusCode": 422, "message": ["something"], "error": "Unprocessable Entity" });
    let fault = |apply| Fault::Status { status: 422, body: body.to_string(), apply, headers: Vec::new() };
    let (crm, warnings) = created_despite(fault(true)).await;
    assert_eq!(trail(&crm), "GET 200, POST 422, GET 200");
    assert!(warnings.contains("refused"), "{warnings}");
    let crm = Crm::empty().await.warmed_up().await;
    crm.fault_on("POST", "/contacts/", fault(false));
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.code(), reply.may_have_written(), crm.count()), ("refused", "no", 0));
}

#[tokio::test]
async fn row_34_fifty_upserts_of_one_email_make_one_contact() {
    let crm = setup().options(|o| o.insert_window = Duration::from_millis(5)).open().await.warmed_up().await;
    let spellings = ["ada@example.com", " Ada@Example.com", "ADA@EXAMPLE.COM "];
    let calls = (0..50).map(|n| crm.upsert(json!({ "email": spellings[n % 3], "firstName": "Ada" })));
    for reply in join_all(calls).await {
        assert!(["created", "unchanged"].contains(&reply.outcome()));
    }
    assert_eq!((crm.count(), trail(&crm).matches("POST").count()), (1, 1));
}

#[tokio::test]
async fn row_35_crossed_keys_do_not_deadlock() {
    let crm = Crm::empty().await.warmed_up().await;
    let (emails, phones) = (["a@example.com", "b@example.com"], ["+14155550101", "+14155550102"]);
    let calls = (0..40).map(|n| crm.upsert(json!({ "email": emails[n % 2], "phone": phones[n / 2 % 2] })));
    let answered = join_all(calls).await;
    assert!(answered.iter().any(|reply| !reply.is_error()));
    assert!(crm.count() <= 2);
}
