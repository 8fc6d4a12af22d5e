use serde_json::{Value, json};

use crate::sandbox::tests::client::{call, empty, get};
use crate::sandbox::{Options, Sandbox};

#[tokio::test]
async fn an_unknown_contact_and_the_search_of_the_article_are_400s() {
    let (sandbox, _) = empty(|_| {}).await;
    let gone = get(&sandbox, "/contacts/unknown").await;
    assert_eq!((gone.status, &gone.body["error"]), (400, &json!("Contact with id unknown not found")));
    let search = get(&sandbox, "/contacts/search?locationId=x&email=a@example.com").await;
    assert_eq!((search.status, &search.body["error"]), (400, &json!("Contact with id search not found")));
    assert_eq!(sandbox.unexpected(), ["GET /contacts/search"]);
}

#[tokio::test]
async fn the_duplicate_check_has_no_lag_and_needs_an_encoded_plus() {
    let (sandbox, _) = empty(|_| {}).await;
    let body = json!({ "firstName": "Ana", "phone": "+14155550101", "locationId": sandbox.location_id() });
    let id = call(&sandbox, "POST", "/contacts/", body).await.body["contact"]["id"].clone();
    let path = |rest: &str| format!("/contacts/search/duplicate?locationId={}{rest}", sandbox.location_id());
    let found = get(&sandbox, &path("&number=%2B14155550101")).await;
    assert_eq!((found.status, &found.body["contact"]["id"]), (200, &id));
    assert!(found.body["traceId"].is_string());
    assert_eq!(get(&sandbox, &path("&number=+14155550101")).await.body["contact"], Value::Null);
    let empty = get(&sandbox, &path("")).await;
    assert_eq!((empty.status, &empty.body["error"]), (400, &json!("Bad Request")));
    let foreign = get(&sandbox, "/contacts/search/duplicate?locationId=other&email=a@example.com").await;
    assert_eq!(foreign.status, 403);
}

#[tokio::test]
async fn the_duplicate_check_uses_the_order_of_the_location_and_returns_the_newest() {
    let (sandbox, _) =
        empty(|options| options.unique_identifiers = vec!["phone".into(), "email".into()]).await;
    let old = sandbox.insert(json!({ "email": "a@example.com", "dateAdded": "2025-01-01T00:00:00.000Z" }));
    let new = sandbox.insert(json!({ "email": "b@example.com", "additionalEmails": ["a@example.com"] }));
    let phone = sandbox.insert(json!({ "phone": "+14155550101" }));
    let base =
        format!("/contacts/search/duplicate?locationId={}&email=a%40example.com", sandbox.location_id());
    assert_eq!(get(&sandbox, &base).await.body["contact"]["id"], json!(new));
    assert_eq!(
        get(&sandbox, &format!("{base}&number=%2B14155550101")).await.body["contact"]["id"],
        json!(phone)
    );
    assert_ne!(old, new);
}

#[tokio::test]
async fn the_deprecated_list_pages_by_id_and_returns_names_in_lower_case() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let base = format!("/contacts/?locationId={}&limit=20", sandbox.location_id());
    let first = get(&sandbox, &base).await;
    assert_eq!(first.body["contacts"].as_array().unwrap().len(), 20);
    let last = first.body["meta"]["startAfterId"].as_str().unwrap();
    let second = get(&sandbox, &format!("{base}&startAfterId={last}")).await;
    assert_eq!(second.body["contacts"].as_array().unwrap().len(), 5);
    assert_eq!(second.body["meta"]["startAfterId"], Value::Null);
    assert_eq!(first.body["contacts"][0]["firstName"], "viktor");
    assert_eq!(first.body["contacts"][0]["firstNameRaw"], "Viktor");
}

#[tokio::test]
async fn the_location_shows_its_settings_its_fields_and_its_tags() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let id = sandbox.location_id();
    let location = get(&sandbox, &format!("/locations/{id}")).await.body["location"].clone();
    assert_eq!(location["settings"]["contactUniqueIdentifiers"], json!(["email", "phone"]));
    let fields = get(&sandbox, &format!("/locations/{id}/customFields?model=contact")).await;
    let regions =
        fields.body["customFields"].as_array().unwrap().iter().filter(|f| f["name"] == "Region").count();
    assert_eq!(regions, 2);
    assert!(get(&sandbox, &format!("/locations/{id}/tags")).await.body["tags"].as_array().unwrap().len() > 5);
    assert_eq!(get(&sandbox, "/locations/other").await.status, 403);
}
