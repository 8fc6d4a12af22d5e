//! `/mcp` in every revision of the protocol.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::http::client::{Ask, Connection, ask, post};
use crate::http::server::{Server, call, greet, initialize, request, save};
use crate::protocol::fixture::modern;

/// A request of 2026-07-28 with the headers that belong to it.
fn modern_post(method: &str, params: &Value) -> Ask {
    let ask = post(&modern(7, method, params.clone()))
        .with("mcp-protocol-version", "2026-07-28")
        .with("mcp-method", method);
    match params["name"].as_str() {
        Some(name) => ask.with("mcp-name", name),
        None => ask,
    }
}

#[tokio::test]
async fn every_revision_with_initialize_is_served_without_a_session() {
    let server = Server::open().await;
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let hello = server.ask(post(&initialize(version))).await;
        assert_eq!(hello.status, 200);
        assert_eq!(hello.header("content-type"), Some("application/json"));
        assert_eq!(hello.header("mcp-session-id"), None);
        assert_eq!(hello.json()["result"]["protocolVersion"], version);
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(server.ask(post(&ready).with("mcp-protocol-version", version)).await.status, 202);
        let list = server.ask(post(&request("tools/list", json!({}))).with("mcp-protocol-version", version));
        let list = list.await.json();
        assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 3);
        assert_eq!(list["result"].get("resultType"), None);
    }
    assert!(server.is_well().await);
}

#[tokio::test]
async fn the_stateless_revision_has_result_types_and_cache_hints() {
    let server = Server::open().await;
    let hello = server.ask(modern_post("server/discover", &json!({}))).await.json();
    let versions = hello["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")), "{hello}");
    let list = server.ask(modern_post("tools/list", &json!({}))).await.json();
    assert_eq!(list["result"]["cacheScope"], "private");
    assert!(list["result"]["ttlMs"].as_u64().unwrap() > 0);
    let greeting = modern_post("tools/call", &json!({ "name": "greet", "arguments": { "name": "Jane" } }));
    let greeting = server.ask(greeting).await.json();
    assert_eq!(greeting["result"]["resultType"], "complete");
    assert_eq!(greeting["result"]["structuredContent"]["greeting"], "Hello Jane");
}

#[tokio::test]
async fn headers_that_contradict_the_body_are_refused() {
    let server = Server::open().await;
    let params = json!({ "name": "greet", "arguments": { "name": "Jane" } });
    let good = || modern_post("tools/call", &params);
    for (ask, code) in [
        (good().with("mcp-name", "save"), -32020),
        (good().without("mcp-name"), -32020),
        (good().with("mcp-method", "tools/list"), -32020),
        (good().with("mcp-protocol-version", "2025-06-18"), -32020),
    ] {
        let answer = server.ask(ask).await;
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (400, &json!(code)));
    }
    let unknown = server.ask(modern_post("nonsense", &json!({}))).await;
    assert_eq!((unknown.status, &unknown.json()["error"]["code"]), (404, &json!(-32601)));
    assert_eq!(server.ask(post(&greet("J")).with("mcp-protocol-version", "1999-01-01")).await.status, 400);
}

#[tokio::test]
async fn the_answer_has_a_media_type_that_the_client_accepts() {
    let server = Server::open().await;
    for (accept, form) in [
        ("application/json, text/event-stream", "application/json"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("", "application/json"),
        ("text/event-stream", "text/event-stream"),
    ] {
        let answer = server.ask(post(&greet("Jane")).with("accept", accept)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(form)), "{accept}");
        let message = if form == "text/event-stream" { answer.events().remove(0) } else { answer.json() };
        assert_eq!(message["result"]["structuredContent"]["greeting"], "Hello Jane");
    }
    assert_eq!(server.ask(post(&greet("J")).without("accept")).await.status, 200);
    assert_eq!(server.ask(post(&greet("J")).with("accept", "text/html")).await.status, 406);
}

#[tokio::test]
async fn progress_is_streamed_only_to_clients_that_accept_a_stream() {
    let server = Server::open().await;
    let answer = server.ask(post(&save())).await;
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.header("x-accel-buffering"), Some("no"));
    let [step, result] = answer.events().try_into().unwrap();
    assert_eq!((&step["method"], &step["params"]["total"]), (&json!("notifications/progress"), &json!(2.0)));
    assert_eq!(result["result"]["structuredContent"]["saved"], true);
    let answer = server.ask(post(&save()).with("accept", "application/json")).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json()["result"]["structuredContent"]["saved"], true);
}

#[tokio::test]
async fn garbage_gets_the_right_error_code() {
    let server = Server::open().await;
    let deep = "[".repeat(100_000);
    for (body, code) in [
        ("", -32700),
        ("not json", -32700),
        ("{\"jsonrpc\":", -32700),
        ("\u{fffd}\0", -32700),
        (deep.as_str(), -32700),
        ("[]", -32600),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        ("null", -32600),
        ("7", -32600),
        ("{}", -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, -32600),
    ] {
        let answer = server.ask(post(&json!({})).body(body)).await;
        let shown: String = body.chars().take(60).collect();
        assert_eq!(answer.status, 400, "{shown}: {answer:?}");
        assert_eq!(answer.json()["error"]["code"], code, "{shown}: {answer:?}");
    }
    let plain = server.ask(post(&greet("J")).with("content-type", "text/plain")).await;
    assert_eq!(plain.status, 415);
    assert_eq!(server.ask(post(&greet("J")).without("content-type")).await.status, 415);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn a_wrong_method_is_answered_with_the_allowed_one() {
    let server = Server::open().await;
    for (path, allowed) in [
        ("/mcp", "POST"),
        ("/sse", "GET"),
        ("/messages", "POST"),
        ("/healthz", "GET"),
        ("/readyz", "GET"),
        ("/metrics", "GET"),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE"] {
            if method == allowed {
                continue;
            }
            let answer = server.ask(ask(method, path)).await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{method} {path}");
        }
    }
    let session = post(&greet("J")).with("mcp-session-id", "made-up").with("last-event-id", "1");
    assert_eq!(server.ask(session).await.status, 200, "a session id is ignored");
}

#[tokio::test]
async fn a_disconnected_client_cancels_only_its_own_call() {
    let server = Server::open().await;
    let wait = post(&call("save", json!({ "wait": true })));
    let mut connection = Connection::open(server.at).await;
    connection.write(wait.head().as_bytes()).await;
    connection.write(call("save", json!({ "wait": true })).to_string().as_bytes()).await;
    server.fixture.started.notified().await;
    assert!(server.is_well().await && !server.fixture.cancelled.load(Ordering::SeqCst));
    drop(connection);
    while !server.fixture.cancelled.load(Ordering::SeqCst) {
        assert!(server.is_well().await);
    }
}

#[tokio::test]
async fn requests_on_one_connection_are_answered_in_order() {
    let server = Server::open().await;
    let mut connection = Connection::open(server.at).await;
    for name in ["Ann", "Bob"] {
        let ask = post(&greet(name)).without("connection");
        connection.write(ask.head().as_bytes()).await;
        connection.write(greet(name).to_string().as_bytes()).await;
        let answer = connection.answer().await;
        assert_eq!(answer.json()["result"]["structuredContent"]["greeting"], format!("Hello {name}"));
    }
}
