//! Checks of host, origin and token.

use crate::http::client::{Connection, ask, post};
use crate::http::server::{Server, TOKEN, greet, options};
use ghl_contacts_mcp::serve::{Accounts, Bearer};
use serde_json::json;

#[tokio::test]
async fn another_host_is_refused_on_every_mcp_path() {
    let server = Server::open().await;
    for path in ["/mcp", "/sse", "/messages?sessionId=1", "/metrics"] {
        for host in ["evil.example", "localhost.evil.example", "192.168.1.1:80"] {
            let answer = server.ask(post(&greet("J")).to(path).with("host", host)).await;
            assert_eq!(answer.status, 403, "{path} {host}");
        }
        let answer = server.ask(post(&greet("J")).to(path).and("host", "localhost")).await;
        assert_eq!(answer.status, 400, "{path} with two hosts");
    }
    assert_eq!(server.ask(post(&greet("J")).with("host", "mcp.example.com:443")).await.status, 200);
}

#[tokio::test]
async fn another_origin_is_refused_on_both_transports() {
    let server = Server::open().await;
    for (method, path) in [("POST", "/mcp"), ("GET", "/sse"), ("POST", "/messages?sessionId=1")] {
        for origin in ["http://evil.example", "http://localhost:3000", "null"] {
            let answer = server.ask(ask(method, path).with("origin", origin)).await;
            assert_eq!(answer.status, 403, "{path} {origin}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
    assert_eq!(server.ask(post(&greet("J")).with("origin", "http://localhost")).await.status, 200);
}

#[tokio::test]
async fn a_missing_token_is_refused_before_the_body_is_read() {
    let server = Server::locked(&[]).await;
    for (method, path) in [("POST", "/mcp"), ("GET", "/sse"), ("POST", "/messages?sessionId=1")] {
        for (value, says) in [("", false), ("Bearer wrong-token-wrong", true), ("Basic abc", true)] {
            let mut request = ask(method, path).with("content-length", "1000").without("connection");
            if !value.is_empty() {
                request = request.with("authorization", value);
            }
            let mut connection = Connection::open(server.at).await;
            connection.write(request.head().as_bytes()).await;
            let answer = connection.answer().await;
            assert_eq!(answer.status, 401, "{path} {value}");
            let challenge = answer.header("www-authenticate").unwrap();
            assert!(challenge.starts_with("Bearer realm="), "{challenge}");
            assert_eq!(challenge.contains("invalid_token"), says, "{challenge}");
        }
    }
    assert_eq!(server.ask(post(&greet("J")).bearer(TOKEN)).await.status, 200);
    assert_eq!(server.ask(post(&greet("J")).to(&format!("/mcp?token={TOKEN}"))).await.status, 401);
}

#[tokio::test]
async fn an_unknown_path_is_a_plain_404_with_or_without_a_token() {
    let server = Server::locked(&[]).await;
    for path in [
        "/",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
        "/register",
        "/mcp/more",
        "/message",
        "//mcp",
        "/metrics",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let answer = server.ask(ask(method, path)).await;
            assert_eq!((answer.status, answer.body.as_str()), (404, "not found\n"), "{method} {path}");
            assert_eq!(answer.header("www-authenticate"), None);
        }
    }
}

#[tokio::test]
async fn cors_allows_only_configured_origins() {
    let server = Server::locked(&[]).await;
    let preflight = |origin: &str| {
        ask("OPTIONS", "/mcp")
            .with("origin", origin)
            .with("access-control-request-method", "POST")
            .with("access-control-request-headers", "authorization,content-type,mcp-protocol-version")
    };
    let allowed = server.ask(preflight("https://app.example.com")).await;
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://app.example.com"));
    assert_eq!(allowed.header("access-control-allow-methods"), Some("POST"));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    let headers = allowed.header("access-control-allow-headers").unwrap();
    for name in ["authorization", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name"] {
        assert!(headers.contains(name), "{headers}");
    }
    let origin = "https://app.example.com";
    for (answer, status) in [
        (server.ask(post(&greet("J")).bearer(TOKEN).with("origin", origin)).await, 200),
        (server.ask(post(&greet("J")).with("origin", origin)).await, 401),
    ] {
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("vary"), Some("origin"));
    }
    assert_eq!(server.ask(preflight("https://evil.example")).await.status, 403);
    let local = server.ask(post(&greet("J")).bearer(TOKEN).with("origin", "http://localhost")).await;
    assert_eq!((local.status, local.header("access-control-allow-origin")), (200, None));
    assert_eq!(server.ask(ask("OPTIONS", "/mcp").bearer(TOKEN)).await.status, 405);
}

#[tokio::test]
async fn metrics_need_their_own_token() {
    let server = Server::start(options(), |handler| {
        Accounts::authenticated()
            .with_token(Bearer::of(TOKEN), handler)
            .with_metrics_token(Bearer::of("a-token-for-metrics"))
    })
    .await;
    let with = |token: &str| server.ask(ask("GET", "/metrics").bearer(token));
    assert_eq!(with(TOKEN).await.status, 401);
    assert_eq!(server.ask(ask("GET", "/metrics")).await.status, 401);
    assert_eq!(with("a-token-for-metrics").await.status, 200);
    assert_eq!(server.ask(post(&json!({})).bearer("a-token-for-metrics")).await.status, 401);
}
