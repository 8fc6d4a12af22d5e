//! Every request of every spec is compared with HighLevel's OpenAPI when its `Crm` is dropped, if the variable
//! `HIGHLEVEL_OPENAPI` names the folder. The tests here check that comparison, and which operations the tools send.

use std::collections::BTreeSet;

use ghl_contacts_mcp::sandbox::Exchange;
use serde_json::{Value, json};

use crate::support::{contact, openapi, setup};

fn request(method: &str, path: &str, body: Option<Value>) -> Exchange {
    let headers = vec![("version".to_owned(), "2021-07-28".to_owned())];
    Exchange { method: method.into(), path: path.into(), headers, body, status: 200, response: None }
}

#[test]
fn the_check_finds_requests_that_highlevel_does_not_have() {
    let Some(check) = openapi::checker() else { return };
    for (exchange, expected) in [
        (
            request("POST", "/contacts/", Some(json!({ "locationId": "x", "dateOfBirth": "1990-09-25" }))),
            None,
        ),
        (request("PUT", "/contacts/x", Some(json!({ "city": null, "companyName": "Acme" }))), None),
        (request("GET", "/contacts/search/duplicate?locationId=x&email=a", None), None),
        (request("POST", "/contacts/search", Some(json!({ "anything": 1 }))), None),
        (request("POST", "/contacts", Some(json!({ "locationId": "x" }))), Some("no such operation")),
        (request("PATCH", "/contacts/x", None), Some("no such operation")),
        (request("PUT", "/contacts/x", Some(json!({ "gender": "female" }))), Some("gender is no property")),
        (request("PUT", "/contacts/x", Some(json!({ "postalCode": 7 }))), Some("postalCode")),
        (request("PUT", "/contacts/x", Some(json!({ "country": null }))), Some("country")),
        (request("POST", "/contacts/", Some(json!({ "city": "x" }))), Some("locationId")),
        (request("POST", "/contacts/x/tags", None), Some("without its body")),
        (request("GET", "/contacts/x", Some(json!({}))), Some("a body where there is none")),
        (request("GET", "/contacts/search/duplicate?email=a", None), Some("locationId")),
        (
            request("GET", "/contacts/search/duplicate?locationId=x&mail=a", None),
            Some("no query parameter mail"),
        ),
    ] {
        match (check(&exchange), expected) {
            (Ok(()), None) => {}
            (Err(wrong), Some(words)) => assert!(wrong.contains(words), "{exchange}: {wrong}"),
            (found, _) => panic!("{exchange}: {found:?}"),
        }
    }
    let without_version = Exchange { headers: Vec::new(), ..request("GET", "/contacts/x", None) };
    assert!(check(&without_version).is_err());
}

/// Sends everything that the tools can send. The requests are compared when the CRM is dropped.
#[tokio::test]
async fn the_tools_send_these_operations_of_highlevel() {
    let mut reached = BTreeSet::new();
    for native in [false, true] {
        let setup = setup().with(contact("ada").email("ada@example.com"));
        let crm = if native { setup.native() } else { setup }.open().await;
        let every = json!({
            "email": "new@example.com", "phone": "+14155550101", "firstName": "New", "lastName": "One", "companyName": "Acme",
            "address1": "1 Main St", "city": "Oslo", "state": "CA", "postalCode": "94107", "country": "NO",
            "website": "https://example.com", "timezone": "Europe/Oslo", "dateOfBirth": "1990-09-25", "source": "spec",
            "assignedTo": "Ines Moreau", "gender": "female", "tags": ["vip"],
            "customFields": [
                { "id": "Lead Score", "value": 5 }, { "id": "Budget", "value": 1.5 }, { "id": "Plan", "value": "Growth" },
                { "id": "Services", "value": ["Support"] }, { "id": "Social Profiles", "value": { "LinkedIn": "x" } },
                { "id": "Renewal Date", "value": "2026-09-01" }, { "id": "Job Title", "value": "CTO" },
            ],
        });
        crm.upsert(every.clone()).await.ok();
        let mut changed = every;
        for (property, value) in [("city", "Rome"), ("dateOfBirth", "1991-09-25"), ("name", "x")] {
            changed[property] = json!(value);
        }
        crm.upsert(changed).await.ok();
        let clear = [
            "city",
            "website",
            "source",
            "assignedTo",
            "dateOfBirth",
            "companyName",
            "Lead Score",
            "Services",
        ];
        crm.upsert(json!({ "email": "new@example.com", "clear": clear, "tags": ["more"] })).await.ok();
        crm.call("ghl_add_tags", json!({ "contactIds": ["ada"], "tags": ["vip"] })).await.ok();
        crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["new"] })).await.ok();
        crm.call("ghl_search_contacts", json!({ "tags": ["vip"], "limit": 1 })).await.ok();
        crm.call("ghl_remove_tags", json!({ "contactIds": ["ada"], "tags": ["vip"] })).await.ok();
        crm.call("ghl_set_dnd", json!({ "contactId": "ada", "channels": ["all"] })).await.ok();
        crm.call("ghl_add_note", json!({ "contactId": "ada", "body": "Called." })).await.ok();
        crm.call("ghl_list_notes", json!({ "contactId": "ada" })).await.ok();
        let task = json!({ "contactId": "ada", "title": "x", "body": "y", "dueDate": "2099-12-01", "assignedTo": "Ines Moreau" });
        let task = crm.call("ghl_add_task", task).await.ok()["task"]["id"].clone();
        crm.call("ghl_list_tasks", json!({ "contactId": "ada" })).await.ok();
        crm.call("ghl_complete_task", json!({ "contactId": "ada", "taskId": task })).await.ok();
        crm.call("ghl_list_users", json!({})).await.ok();
        crm.call("ghl_delete_contact", json!({ "contactId": "ada", "confirm": "ada@example.com" }))
            .await
            .ok();
        for line in crm.requests() {
            let operation: String = line.split(['?', ' ']).take(2).collect::<Vec<_>>().join(" ");
            let operation = task.as_str().map_or(operation.clone(), |task| operation.replace(task, "{task}"));
            reached
                .insert(operation.replace("{new1}", "{id}").replace("{new2}", "{id}").replace("ada", "{id}"));
        }
    }
    insta::assert_snapshot!(reached.into_iter().collect::<Vec<_>>().join("\n"), @"
    DELETE /contacts/{id}
    GET /contacts/search/duplicate
    GET /contacts/{id}
    GET /contacts/{id}/notes
    GET /contacts/{id}/tasks
    GET /locations/{location}
    GET /locations/{location}/customFields
    GET /locations/{location}/tags
    GET /users/
    POST /contacts/
    POST /contacts/bulk/tags/update/add
    POST /contacts/bulk/tags/update/remove
    POST /contacts/search
    POST /contacts/upsert
    POST /contacts/{id}/notes
    POST /contacts/{id}/tags
    POST /contacts/{id}/tasks
    PUT /contacts/{id}
    PUT /contacts/{id}/tasks/{task}/completed
    ");
}
