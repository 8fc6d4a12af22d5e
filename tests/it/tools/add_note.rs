//! `ghl_add_note` adds one note, never two.

use std::time::Duration;

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use crate::support::{Crm, Person, contact, setup};

fn ada() -> Person {
    contact("ada").email("ada@example.com").phone("+14155550101")
}

#[tokio::test]
async fn a_note_is_added_to_a_contact_named_by_id_email_or_phone() {
    for (key, value) in [("contactId", "ada"), ("email", "ADA@example.com"), ("phone", "+1 415 555 0101")] {
        let crm = Crm::with(ada()).await;
        let reply =
            crm.call("ghl_add_note", json!({ key: value, "body": " Called.\r\nWants an offer. " })).await;
        assert_eq!(reply.outcome(), "created", "{key}");
        assert_eq!(reply.ok()["note"]["body"], "Called.\nWants an offer.");
        let held = crm.crm().notes("ada");
        assert_eq!((held.len(), &held[0]["body"]), (1, &json!("Called.\nWants an offer.")), "{key}");
    }
}

#[tokio::test]
async fn by_an_id_it_costs_two_requests() {
    let crm = Crm::with(ada()).await;
    let reply = crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await;
    assert_eq!(reply.ok()["requests"], 2);
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/ada -> 200
    POST /contacts/ada/notes {"body":"Called."} -> 201
    "#);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_in_the_list_and_nothing_is_sent_twice() {
    for fault in [Fault::HangUp { apply: true }, Fault::Truncate { apply: true }] {
        let crm = Crm::with(ada()).await;
        crm.fault_on("POST", "/contacts/ada/notes", fault.clone());
        let reply = crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await;
        assert_eq!(reply.outcome(), "created", "{fault:?}");
        assert!(reply.ok()["warnings"][0].as_str().unwrap().contains("found in the contact's list"));
        assert_eq!((crm.crm().notes("ada").len(), crm.sent("POST")), (1, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn a_note_that_is_not_in_the_list_may_still_arrive() {
    let crm = Crm::with(ada()).await;
    crm.fault_on("POST", "/contacts/ada/notes", Fault::HangUp { apply: false });
    let reply = crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("connection_lost", "unknown"));
    assert!(reply.error().contains("it is not among them, and it may still arrive"), "{}", reply.error());
    assert!(reply.failure()["hint"].as_str().unwrap().contains("Do not send it again now"));
    assert_eq!((crm.crm().notes("ada").len(), crm.sent("POST")), (0, 1));
}

#[tokio::test]
async fn where_the_list_cannot_be_read_nothing_is_known() {
    let crm = Crm::with(ada()).await;
    crm.fault_on("POST", "/contacts/ada/notes", Fault::HangUp { apply: true });
    let lose = |crm: &Crm| crm.fail_always(Some(Fault::answer(503, "")));
    let call = crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." }));
    let reply = crm.as_soon_as("POST /contacts/ada/notes", lose, call).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("connection_lost", "unknown"));
    assert!(reply.error().contains("could not be read after that"), "{}", reply.error());
}

#[tokio::test]
async fn an_older_note_of_the_same_text_is_not_taken_for_the_new_one() {
    let crm = Crm::with(ada()).await;
    crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await.ok();
    crm.clock().advance(Duration::from_secs(3_600));
    crm.fault_on("POST", "/contacts/ada/notes", Fault::HangUp { apply: false });
    let reply = crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await;
    assert_eq!(reply.may_have_written(), "unknown");
    assert_eq!(crm.crm().notes("ada").len(), 1);
}

#[tokio::test]
async fn a_refusal_that_added_the_note_all_the_same_is_found_out() {
    // highlevel-api-docs issue 64: a create was answered 422 and carried out.
    for (apply, outcome) in [(true, "created"), (false, "refused")] {
        let crm = Crm::with(ada()).await;
        let body = json!({ "message": ["no"] }).to_string();
        let fault = Fault::Status { status: 422, body, apply, headers: Vec::new() };
        crm.fault_on("POST", "/contacts/ada/notes", fault);
        let reply = crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await;
        if apply {
            assert_eq!(reply.outcome(), outcome);
        } else {
            assert_eq!((reply.code(), reply.may_have_written()), (outcome, "no"));
        }
        assert_eq!((crm.sent("POST"), crm.crm().notes("ada").len()), (1, usize::from(apply)));
    }
}

#[tokio::test]
async fn a_plain_refusal_writes_nothing_and_a_busy_highlevel_is_asked_again() {
    let crm = Crm::with(ada()).await;
    crm.fault_on("POST", "/contacts/ada/notes", Fault::answer(400, r#"{"message":"no"}"#));
    let reply = crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("refused", "no"));
    crm.fault_on("POST", "/contacts/ada/notes", Fault::answer(429, "{}"));
    crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await.ok();
    assert_eq!(crm.crm().notes("ada").len(), 1);
}

#[tokio::test]
async fn an_answer_that_shows_no_note_or_that_of_another_is_not_believed() {
    for body in ["{}", r#"{"note":null}"#, r#"{"note":{"id":"n","contactId":"bob","body":"Called."}}"#] {
        let crm = Crm::with(ada()).await;
        crm.fault_on("POST", "/contacts/ada/notes", Fault::answer(201, body));
        let reply = crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await;
        assert_eq!(reply.may_have_written(), "unknown", "{body}");
        assert_eq!(crm.sent("POST"), 1);
    }
    let crm = Crm::with(ada()).await;
    let other = r#"{"note":{"id":"n","contactId":"ada","body":"Call"}}"#;
    crm.fault_on("POST", "/contacts/ada/notes", Fault::answer(201, other));
    let reply = crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await;
    assert!(reply.ok()["warnings"][0].as_str().unwrap().contains("another text"));
}

#[tokio::test]
async fn what_is_sent_is_clean_and_html_stays_text() {
    let crm = Crm::with(ada()).await;
    for (sent, stored) in [
        ("<b>Hello</b> & <script>x</script>", "<b>Hello</b> & <script>x</script>"),
        ("a\u{200b}b\u{202e}c\u{7}", "abc"),
        ("line 1\u{2028}line 2\tend", "line 1\nline 2\tend"),
        ("{{contact.name}} was asked", "{{contact.name}} was asked"),
    ] {
        crm.call("ghl_add_note", json!({ "contactId": "ada", "body": sent })).await.ok();
        assert_eq!(crm.crm().notes("ada").last().unwrap()["body"], stored);
    }
    let long = "é".repeat(50_000);
    crm.call("ghl_add_note", json!({ "contactId": "ada", "body": long })).await.ok();
    assert_eq!(crm.crm().notes("ada").last().unwrap()["body"], long);
}

#[tokio::test]
async fn bad_input_is_refused_without_a_request() {
    let crm = Crm::with(ada()).await;
    for (arguments, words) in [
        (json!({ "contactId": "ada" }), "\"body\" is missing"),
        (json!({ "contactId": "ada", "body": "" }), "body is empty"),
        (json!({ "contactId": "ada", "body": " \u{200b}\n" }), "body is empty"),
        (json!({ "contactId": "ada", "body": "null" }), "stands for no value"),
        (json!({ "contactId": "ada", "body": "x".repeat(60_000) }), "has 60000 characters; at most 50000"),
        (json!({ "contactId": "ada", "body": { "text": "x" } }), "body"),
        (json!({ "contactId": "ada", "note": "Called." }), "Send it as \"body\""),
        (json!({ "contactId": "ada", "text": "Called." }), "Send it as \"body\""),
        (json!({ "contactId": "ada", "body": "x", "userId": "u" }), "Unknown field"),
        (json!({ "body": "x" }), "email or phone is needed"),
    ] {
        let reply = crm.call("ghl_add_note", arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
        assert!(reply.error().contains(words), "{words}: {}", reply.error());
    }
    assert_eq!(crm.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn several_contacts_with_one_email_are_refused() {
    let crm =
        setup().duplicates_allowed().with(ada()).with(contact("b").email("ada@example.com")).open().await;
    let reply = crm.call("ghl_add_note", json!({ "email": "ada@example.com", "body": "x" })).await;
    assert_eq!((reply.code(), crm.sent("POST /contacts/ada/notes")), ("ambiguous", 0));
}

#[tokio::test]
async fn the_notes_of_a_deleted_contact_are_gone_with_it() {
    let crm = Crm::with(ada()).await;
    crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await.ok();
    crm.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "ada@example.com" })).await.ok();
    assert_eq!(crm.crm().notes("ada"), Vec::<serde_json::Value>::new());
}
