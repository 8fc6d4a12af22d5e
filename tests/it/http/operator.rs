//! Health probes and metrics.

use serde_json::json;

use crate::http::client::{ask, post};
use crate::http::server::{Server, call, greet};

#[tokio::test]
async fn a_probe_is_answered_for_any_host() {
    let server = Server::locked(&[]).await;
    for path in ["/healthz", "/readyz"] {
        let answer = server.ask(ask("GET", path).with("host", "10.0.0.7:8787")).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"), "{path}");
    }
}

#[tokio::test]
async fn a_server_that_can_serve_no_call_is_alive_and_not_ready() {
    let server = Server::with(|options| options.not_ready = Some("no token is configured".to_owned())).await;
    assert_eq!(server.ask(ask("GET", "/healthz")).await.status, 200);
    let answer = server.ask(ask("GET", "/readyz")).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, "no token is configured\n"));
}

#[tokio::test]
async fn metrics_count_calls_by_tool_and_outcome_without_content() {
    let server = Server::open().await;
    for message in [
        greet("Jane"),
        greet("Jane"),
        call("greet", json!({ "nane": "Jane" })),
        call("Jane", json!({})),
        call("break", json!({})),
    ] {
        server.ask(post(&message)).await;
    }
    server.ask(ask("GET", "/Jane?sessionId=Jane")).await;
    let page = server.ask(ask("GET", "/metrics")).await;
    assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        r#"ghl_mcp_calls_total{tool="greet",outcome="ok"} 2"#,
        r#"ghl_mcp_calls_total{tool="greet",outcome="invalid_arguments"} 1"#,
        r#"ghl_mcp_calls_total{tool="break",outcome="internal"} 1"#,
        r#"ghl_mcp_calls_total{tool="unknown",outcome="unknown_tool"} 1"#,
        r#"ghl_mcp_call_duration_seconds_count{tool="greet"} 3"#,
        "ghl_mcp_calls_running 0",
        r#"ghl_mcp_http_requests_total{route="/mcp",status="200"} 5"#,
        r#"ghl_mcp_http_requests_total{route="other",status="404"} 1"#,
    ] {
        assert!(page.body.lines().any(|shown| shown == line), "{line} is not in\n{}", page.body);
    }
    assert!(!page.body.contains("Jane"));
}
