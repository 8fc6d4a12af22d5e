use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::tests::client::{Reply, call, empty};
use crate::sandbox::{Options, Sandbox};

async fn search(sandbox: &Sandbox, mut body: Value) -> Reply {
    body["locationId"] = json!(sandbox.location_id());
    call(sandbox, "POST", "/contacts/search", body).await
}

#[tokio::test]
async fn search_sees_writes_and_deletions_only_after_the_lag() {
    let (sandbox, clock) = empty(|_| {}).await;
    let body = json!({ "firstName": "Ana", "locationId": sandbox.location_id() });
    let created = call(&sandbox, "POST", "/contacts/", body).await;
    let total = async || search(&sandbox, json!({ "pageLimit": 10 })).await.body["total"].clone();
    assert_eq!(total().await, 0);
    clock.advance(Duration::from_secs(2));
    assert_eq!(total().await, 1);
    let id = created.body["contact"]["id"].as_str().unwrap().to_owned();
    assert_eq!(call(&sandbox, "DELETE", &format!("/contacts/{id}"), Value::Null).await.status, 200);
    assert_eq!(total().await, 1);
    clock.advance(Duration::from_secs(2));
    assert_eq!(total().await, 0);
}

#[tokio::test]
async fn a_search_result_has_its_own_form_and_pages_by_the_last_contact() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let sort = json!([{ "field": "firstNameLowerCase", "direction": "asc" }]);
    let first = search(&sandbox, json!({ "pageLimit": 15, "sort": sort })).await;
    assert_eq!((&first.body["total"], first.body["contacts"].as_array().unwrap().len()), (&json!(25), 15));
    let after = first.body["contacts"][14]["searchAfter"].clone();
    let second = search(&sandbox, json!({ "pageLimit": 15, "sort": sort, "searchAfter": after })).await;
    let names = |reply: &Reply| -> Vec<String> {
        let list = reply.body["contacts"].as_array().unwrap();
        list.iter().map(|c| c["firstNameLowerCase"].as_str().unwrap().to_owned()).collect()
    };
    let all: Vec<String> = names(&first).into_iter().chain(names(&second)).collect();
    assert!(all.len() == 25 && all.is_sorted(), "{all:?}");
    let jane =
        search(&sandbox, json!({ "pageLimit": 1, "query": "jane.smith" })).await.body["contacts"][0].clone();
    assert_eq!((&jane["address"], jane.get("address1")), (&json!("1 Market Street"), None));
    assert_eq!(
        (&jane["contactName"], &jane["dateOfBirth"]),
        (&json!("Jane Smith"), &json!(576_806_400_000_i64))
    );
}

#[tokio::test]
async fn a_search_over_a_limit_is_refused() {
    let (sandbox, _) = empty(|_| {}).await;
    let refused = [
        (json!({}), 422),
        (json!({ "pageLimit": 501 }), 422),
        (json!({ "pageLimit": 500, "page": 21 }), 400),
        (json!({ "pageLimit": 10, "page": 1, "searchAfter": [1, "a"] }), 400),
        (json!({ "pageLimit": 10, "query": "x".repeat(76) }), 422),
        (json!({ "pageLimit": 10, "filters": { "field": "email" } }), 422),
        (json!({ "pageLimit": 10, "sort": [{ "field": "city", "direction": "asc" }] }), 422),
    ];
    for (body, status) in refused {
        assert_eq!(search(&sandbox, body.clone()).await.status, status, "{body}");
    }
    let filters = json!([{ "field": "additional_phones", "operator": "eq", "value": "1" }]);
    let unknown = search(&sandbox, json!({ "pageLimit": 10, "filters": filters })).await;
    assert_eq!((unknown.status, &unknown.body["message"]), (400, &json!("Invalid field additional_phones")));
    assert!(unknown.body["traceId"].is_string());
    let no_location = call(&sandbox, "POST", "/contacts/search", json!({ "pageLimit": 10 })).await;
    assert_eq!(no_location.status, 422);
}

#[tokio::test]
async fn filters_narrow_a_search() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let filters = json!([
        { "field": "tags", "operator": "eq", "value": "lead" },
        { "group": "OR", "filters": [
            { "field": "email", "operator": "eq", "value": "jane.smith@example.com" },
            { "field": "country", "operator": "eq", "value": "GB" },
        ] },
    ]);
    assert_eq!(search(&sandbox, json!({ "pageLimit": 10, "filters": filters })).await.body["total"], 2);
}
