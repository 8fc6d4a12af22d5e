//! `ghl_complete_task` marks one task of one contact as done.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};

fn task(id: &str, contact: &str, completed: bool) -> Value {
    json!({ "id": id, "contactId": contact, "title": format!("Task {id}"), "dueDate": "2099-01-01T10:00:00.000Z",
        "completed": completed })
}

async fn ada() -> Crm {
    let ada = contact("ada").email("ada@example.com");
    let crm = setup().with(ada).with(contact("bob").email("bob@example.com")).open().await;
    crm.crm().add_task("ada", task("t1", "ada", false));
    crm.crm().add_task("ada", task("t2", "ada", true));
    crm.crm().add_task("bob", task("t3", "bob", false));
    crm
}

fn call(id: &str) -> Value {
    json!({ "contactId": "ada", "taskId": id })
}

#[tokio::test]
async fn a_task_is_done_and_seen_to_be_done() {
    let crm = ada().await;
    let reply = crm.call("ghl_complete_task", call("t1")).await;
    assert_eq!((reply.outcome(), &reply.ok()["task"]["completed"]), ("updated", &json!(true)));
    assert_eq!(crm.crm().tasks("ada")[0]["completed"], true);
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/ada -> 200
    GET /contacts/ada/tasks -> 200
    PUT /contacts/ada/tasks/t1/completed {"completed":true} -> 200
    "#);
    let reply = crm.call("ghl_complete_task", json!({ "email": "ada@example.com", "task_id": " t1 " })).await;
    assert_eq!(reply.outcome(), "unchanged");
    assert_eq!(crm.sent("PUT"), 1);
}

#[tokio::test]
async fn a_task_of_another_contact_is_refused_with_the_open_tasks_of_this_one() {
    let crm = ada().await;
    for id in ["t3", "nothing"] {
        let reply = crm.call("ghl_complete_task", call(id)).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
        assert!(reply.error().contains("\"Task t1\" (t1)"), "{}", reply.error());
    }
    assert_eq!((crm.sent("PUT"), &crm.crm().tasks("bob")[0]["completed"]), (0, &json!(false)));
}

#[tokio::test]
async fn a_lost_answer_is_resolved_by_a_read() {
    for fault in
        [Fault::HangUp { apply: true }, Fault::HangUp { apply: false }, Fault::Truncate { apply: true }]
    {
        let crm = ada().await;
        crm.fault_on("PUT", "/contacts/ada/tasks/t1", fault.clone());
        assert_eq!(crm.call("ghl_complete_task", call("t1")).await.outcome(), "updated", "{fault:?}");
        assert_eq!(crm.crm().tasks("ada")[0]["completed"], true);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_show_it_is_not_believed() {
    for body in [
        json!({}),
        json!({ "task": task("t1", "ada", false) }),
        json!({ "task": task("t2", "ada", true) }),
        json!({ "task": task("t1", "bob", true) }),
        json!({ "succeded": false }),
    ] {
        let crm = ada().await;
        crm.fault_on("PUT", "/contacts/ada/tasks/t1", Fault::answer(200, body.to_string()));
        let reply = crm.call("ghl_complete_task", call("t1")).await;
        assert_eq!(reply.may_have_written(), "unknown", "{body}");
        assert_eq!(reply.failure()["contactId"], "ada");
    }
}

#[tokio::test]
async fn refusals_and_a_busy_highlevel() {
    let crm = ada().await;
    crm.fault_on("PUT", "/contacts/ada/tasks/t1", Fault::answer(422, r#"{"message":["no"]}"#));
    let reply = crm.call("ghl_complete_task", call("t1")).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("refused", "no"));
    crm.fault_on("PUT", "/contacts/ada/tasks/t1", Fault::answer(429, "{}"));
    assert_eq!(crm.call("ghl_complete_task", call("t1")).await.outcome(), "updated");
}

#[tokio::test]
async fn bad_input_is_refused_without_a_request() {
    let crm = ada().await;
    for arguments in [
        json!({ "contactId": "ada" }),
        json!({ "taskId": "t1" }),
        call("../../x"),
        call("undefined"),
        call("search"),
        json!({ "contactId": "ada", "taskId": "t1", "completed": false }),
    ] {
        let reply = crm.call("ghl_complete_task", arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
    }
    assert_eq!(crm.requests(), Vec::<String>::new());
    let unknown = json!({ "contactId": "unknown", "taskId": "t1" });
    assert_eq!(crm.call("ghl_complete_task", unknown).await.code(), "not_found");
}
