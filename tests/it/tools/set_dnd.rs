//! `ghl_set_dnd` turns do-not-disturb on, and never off.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, Person, contact, setup};

fn ada() -> Person {
    contact("ada").email("ada@example.com").phone("+14155550101")
}

fn blocked(settings: Value) -> Person {
    ada().with("dndSettings", settings)
}

#[tokio::test]
async fn a_channel_is_blocked_for_a_contact_named_by_id_email_or_phone() {
    for (key, value) in [("contactId", "ada"), ("email", "ADA@example.com"), ("phone", "+1 415 555 0101")] {
        let crm = Crm::with(ada()).await;
        let reply = crm.call("ghl_set_dnd", json!({ key: value, "channels": ["text"] })).await;
        let receipt = reply.ok();
        assert_eq!((&receipt["outcome"], &receipt["set"]), (&json!("updated"), &json!(["SMS"])), "{key}");
        assert_eq!(receipt["dnd"], json!({ "channels": ["SMS"] }), "{key}");
        assert_eq!(crm.held("ada")["dndSettings"], json!({ "SMS": { "status": "active" } }), "{key}");
        assert_eq!(crm.held("ada")["dnd"], json!(false), "one channel is not all");
    }
}

#[tokio::test]
async fn only_what_differs_is_written_and_the_contact_is_read_back() {
    let settings =
        json!({ "Email": { "status": "active", "message": "asked" }, "Call": { "status": "inactive" } });
    let crm = Crm::with(blocked(settings)).await;
    let reply = crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": "email, Call" })).await;
    assert_eq!(
        *reply.ok(),
        json!({ "outcome": "updated", "contactId": "ada", "set": ["Call"], "alreadySet": ["Email"],
            "dnd": { "channels": ["Call", "Email"] }, "requests": 3 })
    );
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/ada -> 200
    PUT /contacts/ada {"dndSettings":{"Call":{"status":"active"}}} -> 200
    GET /contacts/ada -> 200
    "#);
    assert_eq!(crm.held("ada")["dndSettings"]["Email"]["message"], "asked");
}

#[tokio::test]
async fn a_channel_that_is_blocked_costs_a_read_only() {
    let crm = Crm::with(blocked(json!({ "SMS": { "status": "active" } }))).await;
    let reply = crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["SMS", "sms"] })).await;
    let receipt = reply.ok();
    assert_eq!((&receipt["outcome"], &receipt["alreadySet"]), (&json!("unchanged"), &json!(["SMS"])));
    assert_eq!(crm.requests(), ["GET /contacts/ada -> 200"]);
}

#[tokio::test]
async fn a_permanent_channel_is_named_and_never_written() {
    let crm =
        Crm::with(blocked(json!({ "SMS": { "status": "permanent" }, "RCS": { "status": "permanent" } })))
            .await;
    let reply = crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["all"] })).await;
    let receipt = reply.ok();
    assert_eq!(receipt["permanent"], json!(["RCS", "SMS"]));
    assert_eq!(receipt["alreadySet"], json!(["SMS"]));
    assert_eq!(receipt["set"], json!(["all", "Call", "Email", "WhatsApp", "GMB", "FB"]));
    let held = crm.held("ada");
    assert_eq!((&held["dnd"], &held["dndSettings"]["SMS"]["status"]), (&json!(true), &json!("permanent")));
    assert_eq!(held["dndSettings"]["FB"]["status"], "active");
}

#[tokio::test]
async fn all_that_is_on_already_is_unchanged() {
    let crm = Crm::with(ada()).await;
    crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["everything"] })).await.ok();
    crm.clear_wire();
    let reply = crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["ALL"] })).await;
    assert_eq!(reply.outcome(), "unchanged");
    assert_eq!(crm.requests(), ["GET /contacts/ada -> 200"]);
}

#[tokio::test]
async fn a_highlevel_that_replaces_the_settings_does_not_open_what_was_blocked() {
    let settings = json!({ "Email": { "status": "active" }, "WhatsApp": { "status": "active" } });
    let crm =
        setup().options(|options| options.dnd_settings_replace = true).with(blocked(settings)).open().await;
    let reply = crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["SMS"] })).await;
    let receipt = reply.ok();
    assert_eq!(receipt["dnd"], json!({ "channels": ["Email", "SMS", "WhatsApp"] }));
    assert!(receipt["warnings"][0].as_str().unwrap().contains("a second write blocked it again"));
    assert_eq!(crm.sent("PUT /contacts/ada"), 2);
    for channel in ["Email", "SMS", "WhatsApp"] {
        assert_eq!(crm.held("ada")["dndSettings"][channel]["status"], "active", "{channel}");
    }
}

#[tokio::test]
async fn what_highlevel_drops_is_listed_and_is_no_success() {
    let crm = Crm::with(ada()).await;
    crm.fault_on(
        "PUT",
        "/contacts/ada",
        Fault::answer(200, json!({ "contact": { "id": "ada" } }).to_string()),
    );
    let reply = crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["SMS"] })).await;
    let receipt = reply.ok();
    assert_eq!((&receipt["outcome"], &receipt["notStored"]), (&json!("unchanged"), &json!(["SMS"])));
    assert_eq!(receipt["set"], json!([]));
}

#[tokio::test]
async fn a_lost_answer_is_resolved_by_a_read() {
    for fault in
        [Fault::HangUp { apply: true }, Fault::HangUp { apply: false }, Fault::Truncate { apply: true }]
    {
        let crm = Crm::with(ada()).await;
        crm.fault_on("PUT", "/contacts/ada", fault);
        let reply = crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["SMS"] })).await;
        assert_eq!(reply.ok()["dnd"], json!({ "channels": ["SMS"] }));
    }
    let crm = Crm::with(ada()).await;
    crm.as_soon_as(
        "GET /contacts/ada -> 200",
        |crm| crm.fail_always(Some(Fault::HangUp { apply: false })),
        async {
            let reply = crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["SMS"] })).await;
            assert_eq!((reply.code(), reply.may_have_written()), ("connection_lost", "unknown"));
            assert_eq!(reply.failure()["contactId"], "ada");
        },
    )
    .await;
}

#[tokio::test]
async fn a_refusal_is_told_in_highlevels_words_and_nothing_is_written() {
    let crm = Crm::with(ada()).await;
    let words = json!({ "message": "Not authorized to update permanent dnd setting for SMS" }).to_string();
    crm.fault_on("PUT", "/contacts/ada", Fault::answer(400, words));
    let reply = crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["SMS"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("refused", "no"));
    assert!(reply.error().contains("permanent dnd setting for SMS"));
    crm.fault_on("PUT", "/contacts/ada", Fault::answer(429, "{}"));
    assert_eq!(
        crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["SMS"] })).await.outcome(),
        "updated"
    );
}

#[tokio::test]
async fn bad_input_is_refused_without_a_request() {
    let crm = Crm::with(ada()).await;
    for (arguments, words) in [
        (json!({ "contactId": "ada" }), "\"channels\" is missing"),
        (json!({ "contactId": "ada", "channels": [] }), "channels is empty"),
        (json!({ "contactId": "ada", "channels": ["fax"] }), "no channel"),
        (json!({ "contactId": "ada", "channels": ["RCS"] }), "no channel"),
        (json!({ "contactId": "ada", "channels": ["off"] }), "only turned on"),
        (json!({ "contactId": "ada", "channels": ["-SMS"] }), "only turned on"),
        (json!({ "contactId": "ada", "channels": { "SMS": false } }), "\"channels\""),
        (json!({ "contactId": "ada", "channels": ["null"] }), "stands for no value"),
        (json!({ "contactId": "ada", "channels": ["SMS"], "status": "inactive" }), "Unknown field"),
        (json!({ "contactId": "ada", "channels": ["SMS"], "dnd": false }), "only a person turns it off"),
        (json!({ "channels": ["SMS"] }), "email or phone is needed"),
    ] {
        let reply = crm.call("ghl_set_dnd", arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
        assert!(reply.error().contains(words), "{words}: {}", reply.error());
    }
    assert_eq!(crm.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn an_answer_about_another_contact_is_not_used_and_a_shared_email_is_refused() {
    let crm = Crm::with(ada()).await;
    let other = json!({ "contact": { "id": "bob", "dndSettings": { "SMS": { "status": "active" } } } });
    crm.fault_on("PUT", "/contacts/ada", Fault::answer(200, other.to_string()));
    let reply = crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["SMS"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "unknown"));
    let crm =
        setup().duplicates_allowed().with(ada()).with(contact("b").email("ada@example.com")).open().await;
    let reply = crm.call("ghl_set_dnd", json!({ "email": "ada@example.com", "channels": ["SMS"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("ambiguous", "no"));
}
