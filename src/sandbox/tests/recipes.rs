use serde_json::{Value, json};

use crate::sandbox::tests::client::{call, empty, get, good_headers, send};
use crate::sandbox::{Dialect, Sandbox};

async fn article() -> Sandbox {
    empty(|options| options.dialect = Dialect::Recipe).await.0
}

#[tokio::test]
async fn the_calls_of_the_article_work() {
    let sandbox = article().await;
    let field = sandbox.custom_fields().into_iter().find(|f| f["name"] == "Job Title").unwrap()["id"].clone();
    let body = json!({ "locationId": sandbox.location_id(), "firstName": "Jane", "email": "jane@example.com",
        "tags": ["lead"], "customFields": [{ "id": field, "value": "CTO" }] });
    let created = call(&sandbox, "POST", "/contacts", body.clone()).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.body["contact"]["customFields"], json!([{ "id": field, "value": "CTO" }]));
    assert_eq!(call(&sandbox, "POST", "/contacts", body).await.status, 201);
    let path = format!("/contacts/search?locationId={}&email=jane%40example", sandbox.location_id());
    let found = get(&sandbox, &path).await;
    assert_eq!((found.status, &found.body["total"]), (200, &json!(2)));
    let id = found.body["contacts"][0]["id"].as_str().unwrap().to_owned();
    let put = call(&sandbox, "PUT", &format!("/contacts/{id}"), json!({ "tags": ["qualified"] })).await;
    assert_eq!((put.status, &put.body["contact"]["tags"]), (200, &json!(["qualified"])));
    assert_eq!(call(&sandbox, "DELETE", &format!("/contacts/{id}"), Value::Null).await.status, 200);
    let gone = get(&sandbox, &format!("/contacts/{id}")).await;
    assert_eq!((gone.status, gone.body), (404, json!({ "statusCode": 404, "message": "Contact not found" })));
}

#[tokio::test]
async fn the_errors_of_the_article_are_returned() {
    let sandbox = article().await;
    let mut headers = good_headers(&sandbox);
    headers.retain(|(name, _)| *name != "location-id");
    let refused = send(&sandbox, "GET", "/contacts/x", &headers, "").await;
    assert_eq!((refused.status, &refused.body["message"]), (400, &json!("Location-Id header is required")));
    let location = sandbox.location_id();
    let nameless =
        call(&sandbox, "POST", "/contacts", json!({ "locationId": location, "firstName": "J" })).await;
    assert_eq!(nameless.status, 422);
    let body = json!({ "locationId": location, "email": "j@example.com", "customFields": [{ "id": "X", "value": 1 }] });
    let unknown = call(&sandbox, "POST", "/contacts", body).await;
    assert_eq!((unknown.status, &unknown.body["message"]), (422, &json!(["custom field X does not exist"])));
}

#[tokio::test]
async fn the_api_of_the_article_has_no_other_routes() {
    let sandbox = article().await;
    let routes = [
        ("POST", "/contacts/search"),
        ("POST", "/contacts/"),
        ("POST", "/contacts/upsert"),
        ("GET", "/contacts/search/duplicate"),
        ("POST", "/contacts/x/tags"),
        ("GET", "/locations/x"),
    ];
    for (method, path) in routes {
        let reply = call(&sandbox, method, path, Value::Null).await;
        assert_eq!(reply.status, 404, "{method} {path}");
        assert_eq!(reply.body["message"], format!("Cannot {method} {path}"));
    }
    assert_eq!(sandbox.unexpected().len(), routes.len());
}

#[tokio::test]
async fn the_429_of_the_article_has_a_retry_after() {
    let (sandbox, _) = empty(|options| {
        options.dialect = Dialect::Recipe;
        options.burst = 1;
    })
    .await;
    get(&sandbox, "/contacts/x").await;
    let over = get(&sandbox, "/contacts/x").await;
    assert_eq!((over.status, over.header("retry-after")), (429, Some("10")));
}
