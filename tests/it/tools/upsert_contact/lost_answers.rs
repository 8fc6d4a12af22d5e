//! The answer to a write is lost, cut off or wrong: there are never two contacts, and the receipt says what is known.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};

fn status(status: u16, apply: bool) -> Fault {
    let body = json!({ "statusCode": status, "message": "Something went wrong" }).to_string();
    Fault::Status { status, body, apply, headers: Vec::new() }
}

/// Faults that leave open whether HighLevel carried out the request, and whether it did.
fn unclear() -> [(Fault, bool); 8] {
    [
        (Fault::HangUp { apply: true }, true),
        (Fault::HangUp { apply: false }, false),
        (Fault::Truncate { apply: true }, true),
        (status(500, true), true),
        (status(500, false), false),
        (status(502, true), true),
        (status(504, false), false),
        (Fault::Html { status: 503 }, false),
    ]
}

#[tokio::test]
async fn a_lost_answer_to_a_create_leaves_one_contact() {
    for (fault, applied) in unclear() {
        let crm = Crm::empty().await;
        crm.fault_on("POST", "/contacts/", fault.clone());
        let reply =
            crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada", "tags": ["vip"] })).await;
        assert_eq!((reply.outcome(), crm.count()), ("created", 1), "{fault:?}");
        let held = crm.held(&crm.id_of("ada@example.com"));
        assert_eq!((&held["firstName"], &held["tags"]), (&json!("Ada"), &json!(["vip"])), "{fault:?}");
        let warning = if applied { "found by looking it up" } else { "sent twice" };
        assert_eq!(reply.ok()["warnings"].as_array().unwrap().len(), 1, "{fault:?}");
        assert!(reply.ok()["warnings"].to_string().contains(warning), "{fault:?}");
        let creates = crm.sent("POST /contacts/ ");
        assert_eq!(creates, if applied { 1 } else { 2 }, "{fault:?}");
    }
}

#[tokio::test]
async fn a_create_that_happened_without_an_answer_is_not_sent_again() {
    let crm = setup().open().await.warmed_up().await;
    crm.fault_on("POST", "/contacts/", Fault::HangUp { apply: true });
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "the answer to the create was lost; the contact was found by looking it up"
    ]
    "#);
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    POST /contacts/ {"email":"ada@example.com"} -> cut
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    "#);
}

#[tokio::test]
async fn a_create_lost_twice_is_reported_as_unknown() {
    let crm = Crm::empty().await;
    for _ in 0..2 {
        crm.fault_on("POST", "/contacts/", Fault::HangUp { apply: false });
    }
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("connection_lost", "unknown"));
    insta::assert_snapshot!(reply.error(), @r"The connection to HighLevel broke before an answer came. It may or may not have been written: look the contact up before sending it again. Look the contact up, then decide.");
    let creates = crm.sent("POST /contacts/ ");
    assert_eq!((creates, crm.count()), (2, 0));
}

#[tokio::test]
async fn a_422_that_created_the_contact_is_reported_as_created() {
    let crm = Crm::empty().await;
    crm.fault_on("POST", "/contacts/", status(422, true));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada" })).await;
    assert_eq!((reply.outcome(), crm.count()), ("created", 1));
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "HighLevel refused the create and created the contact anyway; it was found by looking it up"
    ]
    "#);
}

#[tokio::test]
async fn a_422_that_created_nothing_is_reported_as_not_written() {
    let crm = Crm::empty().await;
    crm.fault_on("POST", "/contacts/", status(422, false));
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("refused", "no"));
    assert_eq!(crm.count(), 0);
}

#[tokio::test]
async fn a_lost_create_that_cannot_be_looked_up_is_unknown() {
    let crm = setup().open().await.warmed_up().await;
    crm.fault_on("POST", "/contacts/", Fault::HangUp { apply: true });
    crm.on_next("POST", "/contacts/", |_| {});
    // The first lookup is answered, those after the create are not.
    let breaks = |crm: &Crm| crm.fail_always(Some(status(503, false)));
    let call = crm.upsert(json!({ "email": "ada@example.com" }));
    let reply = crm.as_soon_as("POST /contacts/ ", breaks, call).await;
    crm.fail_always(None);
    assert_eq!((reply.may_have_written(), crm.count()), ("unknown", 1));
}

#[tokio::test]
async fn a_foreign_contact_found_after_a_lost_create_is_completed() {
    let crm = Crm::empty().await;
    crm.fault_on("POST", "/contacts/", Fault::HangUp { apply: false });
    crm.on_next("POST", "/contacts/", |crm| {
        crm.insert(json!({ "id": "other", "email": "ada@example.com", "tags": ["theirs"] }));
    });
    let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada", "tags": ["ours"] })).await;
    assert_eq!((reply.outcome(), crm.count()), ("updated", 1));
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "the answer to the create was lost; a contact was found by looking it up, and the missing values were written to it"
    ]
    "#);
    assert_eq!(
        (&crm.held("other")["firstName"], &crm.held("other")["tags"]),
        (&json!("Ada"), &json!(["theirs", "ours"]))
    );
}

#[tokio::test]
async fn a_lost_update_that_was_stored_is_reported_as_updated() {
    for (fault, _) in unclear() {
        let crm = Crm::with(contact("ada").email("ada@example.com").tags(["old"])).await;
        crm.fault_on("PUT", "/contacts/ada", fault.clone());
        let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "tags": ["new"] })).await;
        assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])), "{fault:?}");
        let held = crm.held("ada");
        assert_eq!((&held["city"], &held["tags"]), (&json!("Paris"), &json!(["old", "new"])), "{fault:?}");
    }
}

#[tokio::test]
async fn an_update_with_unknown_outcome_names_the_contact() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    for _ in 0..2 {
        crm.fault_on("PUT", "/contacts/ada", Fault::HangUp { apply: false });
    }
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
    assert_eq!(reply.may_have_written(), "unknown");
    assert_eq!((&reply.failure()["contactId"], &crm.held("ada")["city"]), (&json!("ada"), &Value::Null));
}

#[tokio::test]
async fn tags_with_a_lost_answer_are_sent_again() {
    for (fault, _) in unclear() {
        let crm = Crm::with(contact("ada").email("ada@example.com").tags(["old"])).await;
        crm.fault_on("POST", "/contacts/ada/tags", fault.clone());
        let reply = crm.upsert(json!({ "email": "ada@example.com", "tags": ["new"] })).await;
        assert_eq!((reply.outcome(), &reply.ok()["tagsAdded"]), ("updated", &json!(["new"])), "{fault:?}");
        assert_eq!(crm.held("ada")["tags"], json!(["old", "new"]), "{fault:?}");
    }
}

#[tokio::test]
async fn a_write_waits_for_the_rate_limit_and_is_sent_once() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    crm.fault_on("PUT", "/contacts/ada", Fault::TooManyRequests { retry_after: None, window_headers: true });
    let before = crm.clock().passed();
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
    assert_eq!((reply.outcome(), &crm.held("ada")["city"]), ("updated", &json!("Paris")));
    assert!(crm.clock().passed() >= before + std::time::Duration::from_secs(10), "the window is waited for");
}

#[tokio::test]
async fn a_late_create_met_by_the_second_one_is_reported_as_created() {
    let crm = Crm::empty().await;
    crm.fault_on("POST", "/contacts/$", Fault::HangUp { apply: false });
    crm.on_next("POST", "/contacts/", |_| {});
    crm.on_next("POST", "/contacts/", |crm| {
        crm.insert(json!({ "id": "late", "email": "ada@example.com", "firstName": "Ada" }));
    });
    let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["contact"]["id"], crm.count()), ("created", &json!("late"), 1));
    assert!(reply.ok()["warnings"].to_string().contains("the answer to the create was lost"));
}
