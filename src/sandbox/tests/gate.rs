use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::tests::client::{Reply, call, empty, get, good_headers, send};
use crate::sandbox::{OauthApp, Sandbox};

async fn without(sandbox: &Sandbox, header: &str) -> Reply {
    let mut headers = good_headers(sandbox);
    headers.retain(|(name, _)| *name != header);
    send(sandbox, "GET", "/contacts/x", &headers, "").await
}

async fn replaced(sandbox: &Sandbox, header: &str, value: &str) -> Reply {
    let mut headers = good_headers(sandbox);
    headers.retain(|(name, _)| *name != header);
    headers.push((if header == "version" { "version" } else { "authorization" }, value.to_owned()));
    send(sandbox, "GET", "/contacts/x", &headers, "").await
}

#[tokio::test]
async fn a_missing_or_invalid_header_is_refused() {
    let (sandbox, _) = empty(|_| {}).await;
    let agent = without(&sandbox, "user-agent").await;
    assert_eq!((agent.status, agent.text.as_str()), (403, "error code: 1010"));
    assert_eq!(without(&sandbox, "version").await.body["message"], "version header was not found.");
    assert_eq!(
        replaced(&sandbox, "version", "2020-01-01").await.body["message"],
        "version header is invalid"
    );
    let token = replaced(&sandbox, "authorization", "Bearer pit-other").await;
    assert_eq!((token.status, &token.body["message"]), (401, &json!("Invalid Private Integration token")));
    assert_eq!(get(&sandbox, "/Contacts/x").await.status, 401);
}

#[tokio::test]
async fn a_missing_scope_is_a_401_with_its_own_message() {
    let (sandbox, _) = empty(|options| options.denied_scopes = vec!["contacts.write".into()]).await;
    let refused = call(&sandbox, "PUT", "/contacts/x", json!({})).await;
    assert_eq!(
        (refused.status, &refused.body["message"]),
        (401, &json!("The token is not authorized for this scope."))
    );
    assert_eq!(get(&sandbox, "/contacts/x").await.status, 400);
}

#[tokio::test]
async fn each_response_shows_the_limits_and_a_429_has_no_retry_after() {
    let (sandbox, clock) = empty(|options| options.burst = 2).await;
    let first = get(&sandbox, "/unknown").await;
    assert_eq!((first.status, first.header("x-ratelimit-remaining")), (404, Some("1")));
    assert_eq!(first.header("x-ratelimit-interval-milliseconds"), Some("10000"));
    assert_eq!(first.header("x-ratelimit-daily-reset"), Some("54000000"));
    get(&sandbox, "/contacts/x").await;
    let over = get(&sandbox, "/contacts/x").await;
    assert_eq!((over.status, over.header("retry-after")), (429, None));
    assert_eq!(over.body, json!({ "statusCode": 429, "message": "Too Many Requests" }));
    clock.advance(Duration::from_secs(10));
    assert_eq!(get(&sandbox, "/contacts/x").await.status, 400);
}

#[tokio::test]
async fn the_log_shows_everything_except_the_token() {
    let (sandbox, _) = empty(|_| {}).await;
    call(&sandbox, "POST", "/contacts/", json!({ "firstName": "Ana" })).await;
    let wire = sandbox.wire();
    assert_eq!(wire[0].to_string(), r#"POST /contacts/ {"firstName":"Ana"} -> 403"#);
    assert!(wire[0].headers.contains(&("authorization".into(), "Bearer ***".into())));
    assert_eq!(wire[0].response.as_ref().unwrap()["statusCode"], 403);
    sandbox.clear_wire();
    assert!(sandbox.wire().is_empty());
}

async fn refresh(sandbox: &Sandbox, token: &str) -> Reply {
    let headers = [
        ("user-agent", String::from("sandbox-tests")),
        ("content-type", String::from("application/x-www-form-urlencoded")),
    ];
    let form = format!("client_id=app&client_secret=s%20s&grant_type=refresh_token&refresh_token={token}");
    send(sandbox, "POST", "/oauth/token", &headers, &form).await
}

#[tokio::test]
async fn an_access_token_expires_and_a_refresh_token_works_once() {
    let access_ttl = Duration::from_secs(60);
    let app = OauthApp { client_id: "app".into(), client_secret: "s s".into(), access_ttl };
    let (sandbox, clock) = empty(|options| options.oauth = Some(app)).await;
    let (access, first) = sandbox.new_grant();
    assert_eq!(replaced(&sandbox, "authorization", &format!("Bearer {access}")).await.status, 400);
    clock.advance(access_ttl);
    let expired = replaced(&sandbox, "authorization", &format!("Bearer {access}")).await;
    assert_eq!(expired.body["message"], "Invalid token: access token is invalid");
    let done = refresh(&sandbox, &first).await;
    assert_eq!((done.status, &done.body["expires_in"]), (200, &json!(60)));
    let access = done.body["access_token"].as_str().unwrap();
    assert_eq!(replaced(&sandbox, "authorization", &format!("Bearer {access}")).await.status, 400);
    let again = refresh(&sandbox, &first).await;
    assert_eq!((again.status, &again.body["error"]), (400, &json!("invalid_grant")));
    assert_eq!(sandbox.oauth_refreshes(), 1);
    assert_eq!(sandbox.wire()[2].body.as_ref().unwrap()["client_secret"], "***");
    assert_ne!(done.body["refresh_token"], Value::from(first));
}
