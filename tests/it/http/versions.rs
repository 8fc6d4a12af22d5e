//! `/mcp`: which revision of the protocol a request uses, and where it says so.

use serde_json::{Value, json};

use crate::http::client::{Ask, post};
use crate::http::server::{Server, initialize, request};
use crate::protocol::fixture::modern;

/// `tools/list` in a revision without `initialize`, with the right headers.
fn list(version: &str) -> Ask {
    let mut message = modern(7, "tools/list", json!({}));
    message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = version.into();
    post(&message).with("mcp-protocol-version", version).with("mcp-method", "tools/list")
}

#[tokio::test]
async fn initialize_for_an_unsupported_revision_gets_the_last_one_that_has_it() {
    let server = Server::open().await;
    for asked in ["2026-07-28", "2099-01-01", "1999-01-01"] {
        let hello = server.ask(post(&initialize(asked))).await;
        assert_eq!(hello.status, 200);
        assert_eq!(hello.json()["result"]["protocolVersion"], "2025-11-25", "{asked}");
    }
    assert!(server.is_well().await);
}

#[tokio::test]
async fn methods_of_older_revisions_are_unknown_in_the_stateless_one() {
    let server = Server::open().await;
    let modern_post = |method: &str, params: Value| {
        let ask = post(&modern(7, method, params)).with("mcp-method", method);
        ask.with("mcp-protocol-version", "2026-07-28")
    };
    for method in ["ping", "logging/setLevel", "notifications/nonsense"] {
        let answer = server.ask(modern_post(method, json!({ "level": "info" }))).await.json();
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(7), &json!(-32601)), "{method}");
    }
    assert_eq!(server.ask(modern_post("ping", json!({}))).await.status, 404);
    // "An `initialize` request selects legacy semantics" (2026-07-28, basic/versioning), whatever its headers say.
    let hello = server.ask(modern_post("initialize", initialize("2026-07-28")["params"].clone())).await;
    assert_eq!((hello.status, &hello.json()["result"]["protocolVersion"]), (200, &json!("2025-11-25")));
}

#[tokio::test]
async fn discover_answers_without_a_session_and_lists_the_versions() {
    let server = Server::open().await;
    let ask = post(&modern(7, "server/discover", json!({})));
    let ask = ask.with("mcp-protocol-version", "2026-07-28").with("mcp-method", "server/discover");
    let answer = server.ask(ask).await;
    assert_eq!((answer.status, answer.header("mcp-session-id")), (200, None));
    let result = &answer.json()["result"];
    assert_eq!(result["resultType"], "complete");
    for version in ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"] {
        assert!(result["supportedVersions"].as_array().unwrap().contains(&json!(version)), "{version}");
    }
    assert_eq!(result["capabilities"], json!({ "tools": {} }));
    assert_eq!(result["instructions"], "Be kind.");
    assert!(result["ttlMs"].is_u64() && result["cacheScope"].is_string(), "{result}");
    assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "ghl-contacts-mcp");
}

#[tokio::test]
async fn an_unsupported_revision_is_answered_with_the_supported_ones() {
    let server = Server::open().await;
    for version in ["2099-01-01", "2026-07-29", "tomorrow"] {
        let answer = server.ask(list(version)).await;
        assert_eq!(answer.status, 400, "{version}: {answer:?}");
        let error = &answer.json()["error"];
        assert_eq!(error["code"], -32022, "{version}: {error}");
        let supported = error["data"]["supported"].as_array().unwrap();
        assert!(supported.contains(&json!("2026-07-28")), "{error}");
        assert_eq!(error["data"]["requested"], version);
    }
    assert_eq!(server.ask(list("2026-07-28")).await.status, 200);
}

#[tokio::test]
async fn a_stateless_request_needs_version_and_method_in_header_and_body() {
    let server = Server::open().await;
    let without = |key: &str| {
        let mut message = modern(7, "tools/list", json!({}));
        let meta = message["params"]["_meta"].as_object_mut().unwrap();
        meta.remove(&format!("io.modelcontextprotocol/{key}"));
        post(&message).with("mcp-protocol-version", "2026-07-28").with("mcp-method", "tools/list")
    };
    let bare = post(&request("tools/list", json!({}))).with("mcp-protocol-version", "2026-07-28");
    for (name, ask, code) in [
        ("another method in the header", list("2026-07-28").with("mcp-method", "tools/call"), -32020),
        ("a method in other letters", list("2026-07-28").with("mcp-method", "Tools/List"), -32020),
        ("no method in the header", list("2026-07-28").without("mcp-method"), -32020),
        ("no version in the header", list("2026-07-28").without("mcp-protocol-version"), -32020),
        (
            "another version in the header",
            list("2026-07-28").with("mcp-protocol-version", "2025-11-25"),
            -32020,
        ),
        ("no version in the body", without("protocolVersion"), -32602),
        ("no capabilities in the body", without("clientCapabilities"), -32602),
        ("nothing in the body", bare.with("mcp-method", "tools/list"), -32602),
    ] {
        let answer = server.ask(ask).await;
        let error: Value = answer.json()["error"].clone();
        assert_eq!((answer.status, &error["code"]), (400, &json!(code)), "{name}: {error}");
    }
    assert_eq!(server.ask(without("clientInfo")).await.status, 200, "`clientInfo` is optional");
}
