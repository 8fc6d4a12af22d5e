//! `ghl_add_task` adds one task, due when a person says.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, Person, contact, setup};

fn ada() -> Person {
    contact("ada").email("ada@example.com").phone("+14155550101")
}

fn call(due: &str) -> Value {
    json!({ "contactId": "ada", "title": "Send the offer", "dueDate": due })
}

/// A day that lies ahead of the virtual clock of the specs.
const AHEAD: &str = "2099-12-01 17:00";

#[tokio::test]
async fn a_task_is_added_with_a_due_date_in_the_locations_time_zone() {
    let crm = Crm::with(ada()).await;
    let reply = crm
        .call(
            "ghl_add_task",
            json!({ "email": "ada@example.com", "title": " Send\nthe offer ", "body": "Two pages.",
            "dueDate": AHEAD, "assignedTo": "ines moreau" }),
        )
        .await;
    let receipt = reply.ok();
    assert_eq!(receipt["outcome"], "created");
    assert_eq!(receipt["dueRead"], "Tuesday 2099-12-01 17:00 (America/New_York)");
    assert_eq!(receipt["task"]["dueDate"], "2099-12-01T22:00:00.000Z");
    let held = &crm.crm().tasks("ada")[0];
    assert_eq!((&held["title"], &held["body"]), (&json!("Send the offer"), &json!("Two pages.")));
    assert_eq!((&held["completed"], held["assignedTo"].as_str().unwrap().len()), (&json!(false), 20));
}

#[tokio::test]
async fn a_moment_with_its_offset_costs_no_read_of_the_settings() {
    let crm = Crm::with(ada()).await;
    let reply = crm.call("ghl_add_task", call("2099-12-01T22:00:00Z")).await;
    assert_eq!(reply.ok()["requests"], 2);
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/ada -> 200
    POST /contacts/ada/tasks {"title":"Send the offer","dueDate":"2099-12-01T22:00:00.000Z","completed":false} -> 201
    "#);
}

#[tokio::test]
async fn words_for_a_day_are_read_and_the_answer_says_how() {
    let crm = Crm::with(ada()).await;
    for due in ["tomorrow", "tomorrow 5pm", "in 3 days at 9am", "in 2 hours", "2099-12-01"] {
        let reply = crm.call("ghl_add_task", call(due)).await;
        assert!(reply.ok()["dueRead"].as_str().unwrap().ends_with("(America/New_York)"), "{due}");
    }
    assert_eq!(crm.crm().tasks("ada").len(), 5);
}

#[tokio::test]
async fn what_has_no_reading_or_two_is_refused_and_nothing_is_sent_to_the_contact() {
    let crm = Crm::with(ada()).await;
    for (arguments, words) in [
        (call("soon"), "dueDate"),
        (call("tomorrow at 5"), "before or after noon"),
        (call("2001-01-01"), "lies in the past"),
        (call("05.06.2099"), "2099-05-06 or 2099-06-05"),
        (call("2027-03-14 02:30"), "skip on that day"),
        (json!({ "contactId": "ada", "title": "x", "dueDate": AHEAD, "assignedTo": "Sam" }), "is no user"),
        (
            json!({ "contactId": "ada", "title": "x", "dueDate": AHEAD, "assignedTo": "none@example.com" }),
            "is no user",
        ),
    ] {
        let reply = crm.call("ghl_add_task", arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
        assert!(reply.error().contains(words), "{words}: {}", reply.error());
    }
    assert_eq!((crm.sent("POST"), crm.sent("GET /contacts/")), (0, 0));
}

#[tokio::test]
async fn bad_input_is_refused_without_a_request() {
    let crm = Crm::with(ada()).await;
    for (arguments, words) in [
        (json!({ "contactId": "ada", "dueDate": AHEAD }), "\"title\" is missing"),
        (json!({ "contactId": "ada", "title": "x" }), "\"dueDate\" is missing"),
        (json!({ "contactId": "ada", "title": "", "dueDate": AHEAD }), "title is empty"),
        (json!({ "contactId": "ada", "title": "undefined", "dueDate": AHEAD }), "stands for no value"),
        (json!({ "contactId": "ada", "title": "x".repeat(501), "dueDate": AHEAD }), "at most 500"),
        (
            json!({ "contactId": "ada", "title": "x", "body": "y".repeat(10_001), "dueDate": AHEAD }),
            "at most 10000",
        ),
        (json!({ "contactId": "ada", "title": "x", "due": AHEAD }), "Send it as \"dueDate\""),
        (
            json!({ "contactId": "ada", "title": "x", "dueDate": AHEAD, "owner": "Ines" }),
            "Send it as \"assignedTo\"",
        ),
        (json!({ "title": "x", "dueDate": AHEAD }), "email or phone is needed"),
    ] {
        let reply = crm.call("ghl_add_task", arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
        assert!(reply.error().contains(words), "{words}: {}", reply.error());
    }
    assert_eq!(crm.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_in_the_list_and_nothing_is_sent_twice() {
    for (fault, made) in [
        (Fault::HangUp { apply: true }, true),
        (Fault::Truncate { apply: true }, true),
        (Fault::HangUp { apply: false }, false),
    ] {
        let crm = Crm::with(ada()).await;
        crm.fault_on("POST", "/contacts/ada/tasks", fault.clone());
        let reply = crm.call("ghl_add_task", call(AHEAD)).await;
        if made {
            assert_eq!(reply.outcome(), "created", "{fault:?}");
            assert!(reply.ok()["warnings"][0].as_str().unwrap().contains("found in the contact's list"));
        } else {
            assert_eq!((reply.code(), reply.may_have_written()), ("connection_lost", "unknown"));
            assert!(reply.error().contains("it may still arrive"), "{}", reply.error());
        }
        assert_eq!((crm.crm().tasks("ada").len(), crm.sent("POST")), (usize::from(made), 1), "{fault:?}");
    }
}

#[tokio::test]
async fn a_task_of_another_title_or_day_is_not_taken_for_the_new_one() {
    let crm = Crm::with(ada()).await;
    for (title, due, completed) in [
        ("Send the invoice", "2099-12-01T22:00:00.000Z", false),
        ("Send the offer", "2099-12-02T22:00:00.000Z", false),
        ("Send the offer", "2099-12-01T22:00:00.000Z", true),
    ] {
        crm.crm().add_task(
            "ada",
            json!({ "id": "t", "contactId": "ada", "title": title, "dueDate": due, "completed": completed }),
        );
    }
    crm.fault_on("POST", "/contacts/ada/tasks", Fault::HangUp { apply: false });
    assert_eq!(crm.call("ghl_add_task", call(AHEAD)).await.may_have_written(), "unknown");
}

#[tokio::test]
async fn what_highlevel_stores_otherwise_is_a_warning() {
    let crm = Crm::with(ada()).await;
    let other = json!({ "task": { "id": "t", "contactId": "ada", "title": "Send the offer",
        "dueDate": "2099-12-01T00:00:00.000Z", "completed": false, "assignedTo": "x" } });
    crm.fault_on("POST", "/contacts/ada/tasks", Fault::answer(201, other.to_string()));
    let reply = crm.call("ghl_add_task", call(AHEAD)).await;
    let warnings = reply.ok()["warnings"].to_string();
    assert!(warnings.contains("another due date") && warnings.contains("another assignee"), "{warnings}");
    let bob = json!({ "task": { "id": "t", "contactId": "bob", "title": "Send the offer" } });
    crm.fault_on("POST", "/contacts/ada/tasks", Fault::answer(201, bob.to_string()));
    assert_eq!(crm.call("ghl_add_task", call(AHEAD)).await.may_have_written(), "unknown");
}

#[tokio::test]
async fn without_the_locations_time_zone_only_a_moment_with_its_offset_is_read() {
    let setup = setup().with(ada());
    let crm = setup.options(|options| options.denied_scopes = vec!["locations.readonly".into()]).open().await;
    let reply = crm.call("ghl_add_task", call("tomorrow 5pm")).await;
    assert!(reply.error().contains("time zone is not known"), "{}", reply.error());
    let reply = crm.call("ghl_add_task", call("2099-12-01T17:00:00-05:00")).await;
    assert_eq!(reply.ok()["dueRead"], "Tuesday 2099-12-01 22:00 (UTC)");
}

#[tokio::test]
async fn an_unknown_contact_is_not_found_and_a_shared_email_is_refused() {
    let crm = Crm::with(ada()).await;
    let mut arguments = call(AHEAD);
    arguments["contactId"] = json!("unknown");
    assert_eq!(crm.call("ghl_add_task", arguments).await.code(), "not_found");
    let crm =
        setup().duplicates_allowed().with(ada()).with(contact("b").email("ada@example.com")).open().await;
    let arguments = json!({ "email": "ada@example.com", "title": "x", "dueDate": AHEAD });
    assert_eq!(crm.call("ghl_add_task", arguments).await.code(), "ambiguous");
}
