//! `ghl_list_users`: to whom contacts and tasks can be assigned.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use crate::support::{Crm, setup};

#[tokio::test]
async fn users_are_listed_by_name_with_id_and_email() {
    let crm = Crm::empty().await;
    let reply = crm.call("ghl_list_users", json!({})).await;
    let users = reply.ok()["users"].as_array().unwrap();
    let names: Vec<&str> = users.iter().map(|user| user["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Ines Moreau", "Sam Okafor", "Sam Whitfield"]);
    assert_eq!(users[0]["email"], "ines.moreau@harbour-light.example.com");
    assert_eq!(users[0]["id"].as_str().unwrap().len(), 20);
    assert_eq!(users[0].as_object().unwrap().len(), 3, "nothing else of a user leaves the CRM");
    assert_eq!(crm.requests(), ["GET /users/ -> 200"]);
}

#[tokio::test]
async fn a_token_that_may_not_read_users_is_told_so() {
    let setup = setup().options(|options| options.denied_scopes = vec!["users.readonly".into()]);
    let crm = setup.open().await;
    assert_eq!(crm.call("ghl_list_users", json!({})).await.failed_read(), "scope_missing");
}

#[tokio::test]
async fn a_user_without_an_id_is_left_out_and_an_answer_without_the_list_is_a_failure() {
    let crm = Crm::empty().await;
    let users = json!({ "users": [{ "name": "No id" }, { "id": "u1", "firstName": "Ada\u{202e}", "lastName": "L" }] });
    crm.next(Fault::answer(200, users.to_string()));
    assert_eq!(
        crm.call("ghl_list_users", json!({})).await.ok()["users"],
        json!([{ "id": "u1", "name": "Ada L" }])
    );
    crm.next(Fault::answer(200, r#"{"users":null}"#));
    assert_eq!(crm.call("ghl_list_users", json!({})).await.failed_read(), "unreadable_answer");
}
