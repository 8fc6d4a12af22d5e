//! `ghl_delete_contact` deletes one contact for good: the right one, and only if the person wants it.

use ghl_contacts_mcp::sandbox::Fault;
use rmcp::model::{ElicitResult, ElicitationAction};
use serde_json::json;

use crate::support::host::{Era, closed, no, yes};
use crate::support::{Crm, Person, contact, setup};

fn ada() -> Person {
    contact("ada")
        .email("ada@example.com")
        .phone("+14155550101")
        .first_name("Ada")
        .with("lastName", json!("Lovelace"))
        .tags(["vip"])
}

#[tokio::test]
async fn a_contact_is_deleted_by_its_id_and_its_email_phone_or_full_name() {
    for confirm in [
        "ada@example.com",
        " ADA@Example.com ",
        "Ada Lovelace <ada@example.com>",
        "+1 (415) 555-0101",
        "415 555 0101",
        "Ada Lovelace",
        " ada   LOVELACE ",
    ] {
        let crm = Crm::with(ada()).await;
        let reply = crm.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": confirm })).await;
        assert_eq!(reply.outcome(), "deleted", "{confirm}");
        assert_eq!(crm.count(), 0, "{confirm}");
    }
}

#[tokio::test]
async fn the_answer_holds_the_last_copy_and_the_contact_is_seen_to_be_gone() {
    let plan = |crm: &Crm| json!([{ "id": crm.field("Plan"), "value": "Growth" }]);
    let crm = Crm::with(ada().with("city", json!("London")).with("ssn", json!("000-00-0000"))).await;
    let fields = plan(&crm);
    crm.edit("ada", |ada| {
        ada.insert("customFields".into(), fields);
        ada.insert("source".into(), json!("x".repeat(5_000)));
    });
    let reply =
        crm.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Ada Lovelace" })).await;
    let copy = &reply.ok()["contact"];
    assert_eq!(copy["email"], "ada@example.com");
    assert_eq!((&copy["city"], &copy["tags"]), (&json!("London"), &json!(["vip"])));
    assert_eq!(copy["customFields"], json!({ "Plan": "Growth" }));
    assert_eq!(copy["source"].as_str().unwrap().len(), 5_000, "the only copy is not shortened");
    assert_eq!(copy.get("ssn"), None);
    assert!(reply.ok()["warnings"].to_string().contains("notes, tasks"));
    assert_eq!(
        crm.requests(),
        [
            "GET /contacts/ada -> 200",
            "GET /locations/{location}/customFields?model=contact -> 200",
            "DELETE /contacts/ada -> 200",
            "GET /contacts/ada -> 400",
        ]
    );
}

#[tokio::test]
async fn what_does_not_fit_the_id_deletes_nothing() {
    let crm =
        setup().with(ada()).with(contact("bob").email("bob@example.com").first_name("Bob")).open().await;
    for confirm in [
        "bob@example.com",
        "Bob",
        "Ada",
        "Lovelace",
        "Lovelace Ada",
        "ada",
        "ada@example.co",
        "ada@",
        "+14155550102",
        "0101",
        "vip",
        "yes",
        "true",
        "delete",
        "*",
        "@",
        "example.com",
        "Ada Lovelace Jr",
    ] {
        let reply = crm.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": confirm })).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"), "{confirm}");
        assert!(reply.error().contains("neither the email"), "{}", reply.error());
    }
    assert_eq!((crm.count(), crm.sent("DELETE")), (2, 0));
}

#[tokio::test]
async fn a_contact_without_email_phone_and_name_cannot_be_confirmed() {
    let crm = Crm::with(contact("bare")).await;
    for confirm in ["bare", "No name", "(id bare)"] {
        let reply = crm.call("ghl_delete_contact", json!({ "contactId": "bare", "confirm": confirm })).await;
        assert_eq!(reply.code(), "invalid_arguments", "{confirm}");
    }
    let crm = Crm::with(contact("m").first_name("Madonna")).await;
    let reply = crm.call("ghl_delete_contact", json!({ "contactId": "m", "confirm": "madonna" })).await;
    assert_eq!(reply.outcome(), "deleted");
}

#[tokio::test]
async fn an_additional_email_confirms_too() {
    let crm = Crm::with(ada().additional_email("countess@example.com")).await;
    let reply = crm
        .call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "countess@example.com" }))
        .await;
    assert_eq!(reply.outcome(), "deleted");
}

#[tokio::test]
async fn bad_arguments_are_refused_without_a_request() {
    let crm = Crm::with(ada()).await;
    for arguments in [
        json!({}),
        json!({ "contactId": "ada" }),
        json!({ "confirm": "ada@example.com" }),
        json!({ "email": "ada@example.com", "confirm": "ada@example.com" }),
        json!({ "contactId": "ada", "confirm": "" }),
        json!({ "contactId": "ada", "confirm": "null" }),
        json!({ "contactId": "ada", "confirm": true }),
        json!({ "contactId": "../locations/x", "confirm": "ada@example.com" }),
        json!({ "contactId": "search", "confirm": "ada@example.com" }),
        json!({ "contactId": ["ada", "bob"], "confirm": "ada@example.com" }),
        json!({ "contactId": "ada", "confirm": "ada@example.com", "force": true }),
    ] {
        let reply = crm.call("ghl_delete_contact", arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
    }
    assert_eq!(crm.requests(), Vec::<String>::new());
    let reply =
        crm.call("ghl_delete_contact", json!({ "contactId": "unknown", "confirm": "x@example.com" })).await;
    assert_eq!(reply.code(), "not_found");
}

#[tokio::test]
async fn the_person_is_asked_in_both_eras_and_a_yes_deletes() {
    for era in Era::BOTH {
        let crm = Crm::with(ada()).await;
        let host = crm.host(era, yes).await;
        let reply =
            host.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Ada Lovelace" })).await;
        assert_eq!(reply.outcome(), "deleted", "{era:?}");
        assert_eq!(crm.count(), 0, "{era:?}");
        assert_eq!(
            host.questions(),
            [
                "Delete this contact from HighLevel for good? It cannot be restored. Ada Lovelace, ada@example.com, +14155550101 (id ada)"
            ]
        );
        // The contact is read before the question and again after it, deleted, and looked for.
        assert_eq!(crm.sent("GET /contacts/ada"), 3, "{era:?}");
        assert_eq!(crm.sent("DELETE /contacts/ada"), 1, "{era:?}");
    }
}

#[tokio::test]
async fn a_no_or_a_closed_question_is_an_answer_and_deletes_nothing() {
    fn unticked() -> ElicitResult {
        ElicitResult::new(ElicitationAction::Accept).with_content(json!({ "confirm": false }))
    }
    type Answer = fn() -> ElicitResult;
    let answers: [(Answer, &str); 3] = [(no, "declined"), (closed, "cancelled"), (unticked, "declined")];
    for era in Era::BOTH {
        for (answer, outcome) in answers {
            let crm = Crm::with(ada()).await;
            let host = crm.host(era, answer).await;
            let reply = host
                .call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Ada Lovelace" }))
                .await;
            assert_eq!(reply.outcome(), outcome, "{era:?}");
            assert_eq!((crm.count(), crm.sent("DELETE")), (1, 0), "{era:?}");
            assert_eq!(host.questions().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_wrong_confirmation_asks_no_one() {
    for era in Era::BOTH {
        let crm = Crm::with(ada()).await;
        let host = crm.host(era, yes).await;
        let reply = host.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Bob" })).await;
        assert_eq!(reply.code(), "invalid_arguments");
        assert_eq!(host.questions(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_host_that_fails_to_ask_deletes_nothing() {
    let crm = Crm::with(ada()).await;
    let host = crm.broken_host().await;
    let reply =
        host.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Ada Lovelace" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("confirmation_needed", "no"));
    assert_eq!((crm.count(), crm.sent("DELETE")), (1, 0));
}

#[tokio::test]
async fn a_contact_that_changes_while_the_person_is_asked_is_not_deleted_unseen() {
    let crm = Crm::with(ada()).await;
    let handle = crm.crm();
    let rename = move || {
        handle.edit("ada", |ada| {
            ada.insert("phone".into(), json!("+14155550199"));
        });
        yes()
    };
    let host = crm.host(Era::Legacy, rename).await;
    let reply =
        host.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Ada Lovelace" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("confirmation_needed", "no"));
    assert_eq!(crm.count(), 1);
    // From 2026-07-28 the person is asked again, about the contact as it is now.
    let crm = Crm::with(ada()).await;
    let handle = crm.crm();
    let rename = move || {
        handle.edit("ada", |ada| {
            ada.insert("phone".into(), json!("+14155550199"));
        });
        yes()
    };
    let host = crm.host(Era::Modern, rename).await;
    let reply =
        host.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Ada Lovelace" })).await;
    assert_eq!((reply.outcome(), host.questions().len()), ("deleted", 2));
    assert!(host.questions()[1].contains("+14155550199"));
}

#[tokio::test]
async fn a_lost_answer_is_resolved_by_a_read() {
    for fault in
        [Fault::HangUp { apply: true }, Fault::HangUp { apply: false }, Fault::Truncate { apply: true }]
    {
        let crm = Crm::with(ada()).await;
        crm.fault_on("DELETE", "/contacts/ada", fault.clone());
        let reply =
            crm.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Ada Lovelace" })).await;
        assert_eq!((reply.outcome(), crm.count()), ("deleted", 0), "{fault:?}");
        assert_eq!(reply.ok()["contact"]["email"], "ada@example.com");
    }
}

#[tokio::test]
async fn where_nothing_is_known_of_the_deletion_the_answer_says_so() {
    let crm = Crm::with(ada()).await;
    let lose = |crm: &Crm| crm.fail_always(Some(Fault::HangUp { apply: false }));
    let call = crm.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Ada Lovelace" }));
    let reply = crm.as_soon_as("GET /contacts/ada -> 200", lose, call).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("connection_lost", "unknown"));
    assert_eq!(reply.failure()["contactId"], "ada");
}

#[tokio::test]
async fn a_success_that_deleted_nothing_is_a_failure() {
    let crm = Crm::with(ada()).await;
    crm.fault_on("DELETE", "/contacts/ada", Fault::answer(200, r#"{"succeded":true}"#));
    let reply =
        crm.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Ada Lovelace" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("refused", "unknown"));
    assert!(reply.error().contains("still there"), "{}", reply.error());
    assert_eq!(crm.count(), 1);
}

#[tokio::test]
async fn a_refused_deletion_deletes_nothing_and_a_busy_highlevel_is_asked_again() {
    let crm = Crm::with(ada()).await;
    let call = json!({ "contactId": "ada", "confirm": "Ada Lovelace" });
    crm.fault_on("DELETE", "/contacts/ada", Fault::answer(422, r#"{"message":["no"]}"#));
    let reply = crm.call("ghl_delete_contact", call.clone()).await;
    assert_eq!((reply.code(), reply.may_have_written(), crm.count()), ("refused", "no", 1));
    crm.fault_on("DELETE", "/contacts/ada", Fault::answer(200, r#"{"succeded":false}"#));
    let reply = crm.call("ghl_delete_contact", call.clone()).await;
    assert_eq!((reply.code(), crm.count()), ("refused", 1));
    crm.fault_on("DELETE", "/contacts/ada", Fault::answer(429, "{}"));
    assert_eq!(crm.call("ghl_delete_contact", call).await.outcome(), "deleted");
}

#[tokio::test]
async fn a_contact_that_a_person_deletes_at_the_same_time_is_gone() {
    let crm = Crm::with(ada()).await;
    crm.on_next("DELETE", "/contacts/ada", |crm| crm.remove("ada"));
    let reply =
        crm.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "Ada Lovelace" })).await;
    assert_eq!(reply.outcome(), "deleted");
    assert!(reply.ok()["warnings"].to_string().contains("does not exist"));
}

#[tokio::test]
async fn a_read_of_another_contact_deletes_none() {
    let crm = setup().with(ada()).with(contact("bob").email("bob@example.com")).open().await;
    let bob = json!({ "contact": crm.held("bob") }).to_string();
    crm.fault_on("GET", "/contacts/ada", Fault::answer(200, bob));
    let reply =
        crm.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "bob@example.com" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "no"));
    assert_eq!((crm.count(), crm.sent("DELETE")), (2, 0));
}
