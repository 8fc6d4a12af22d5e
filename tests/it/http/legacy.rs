//! HTTP+SSE, the transport of 2024-11-05.

use serde_json::{Value, json};

use crate::http::client::{Connection, ask, header, post};
use crate::http::server::{MOMENT, Server, TOKEN, call, greet, initialize, request, save};
use crate::protocol::fixture::modern;

/// An open session.
struct Session<'a> {
    server: &'a Server,
    connection: Connection,
    endpoint: String,
    token: Option<&'a str>,
}

impl<'a> Session<'a> {
    async fn open(server: &'a Server, token: Option<&'a str>) -> Self {
        let mut request = ask("GET", "/sse").with("accept", "text/event-stream");
        if let Some(token) = token {
            request = request.bearer(token);
        }
        let (mut connection, head) = request.stream(server.at).await;
        assert_eq!(header(&head, "content-type"), Some("text/event-stream"), "{head}");
        assert_eq!(header(&head, "x-accel-buffering"), Some("no"));
        let event = connection.event().await.unwrap();
        let endpoint = event.strip_prefix("event: endpoint\ndata: ").unwrap().trim().to_owned();
        assert!(endpoint.starts_with("/messages?sessionId="), "{endpoint}");
        Self { server, connection, endpoint, token }
    }

    async fn send(&self, message: &Value) -> u16 {
        self.send_as(self.token, message).await
    }

    async fn send_as(&self, token: Option<&str>, message: &Value) -> u16 {
        let mut request = post(message).to(&self.endpoint);
        if let Some(token) = token {
            request = request.bearer(token);
        }
        self.server.ask(request).await.status
    }

    async fn ask(&mut self, message: &Value) -> Value {
        assert_eq!(self.send(message).await, 202);
        self.connection.message().await.expect("the stream continues")
    }

    async fn initialize(&mut self, version: &str) -> Value {
        let hello = self.ask(&initialize(version)).await;
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(self.send(&ready).await, 202);
        hello
    }
}

#[tokio::test]
async fn an_old_client_lists_and_calls_over_sse() {
    let server = Server::open().await;
    for version in ["2024-11-05", "2025-03-26", "2025-11-25"] {
        let mut session = Session::open(&server, None).await;
        assert_eq!(session.initialize(version).await["result"]["protocolVersion"], version);
        let list = session.ask(&request("tools/list", json!({}))).await;
        assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 3);
        let greeting = session.ask(&greet("Jane")).await;
        assert_eq!(greeting["result"]["structuredContent"]["greeting"], "Hello Jane");
        assert_eq!(session.ask(&save()).await["method"], "notifications/progress");
        assert_eq!(session.connection.message().await.unwrap()["result"]["isError"], false);
    }
}

#[tokio::test]
async fn a_stateless_client_is_served_over_sse() {
    let server = Server::open().await;
    let mut session = Session::open(&server, None).await;
    let early =
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
    assert_eq!(session.send(&early).await, 202, "a notification before `initialize` is dropped");
    let hello = session.ask(&modern(1, "server/discover", json!({}))).await;
    assert!(hello["result"]["supportedVersions"].is_array(), "{hello}");
    let params = json!({ "name": "greet", "arguments": { "name": "Jane" } });
    let greeting = session.ask(&modern(2, "tools/call", params)).await;
    assert_eq!(greeting["result"]["resultType"], "complete");
}

#[tokio::test]
async fn a_session_takes_messages_only_from_its_own_client() {
    let server = Server::locked(&["another-token-here"]).await;
    let mut session = Session::open(&server, Some(TOKEN)).await;
    assert_eq!(session.send_as(Some("another-token-here"), &initialize("2024-11-05")).await, 404);
    assert_eq!(session.send_as(None, &initialize("2024-11-05")).await, 401);
    assert_eq!(session.initialize("2024-11-05").await["result"]["protocolVersion"], "2024-11-05");
    for path in ["/messages", "/messages?sessionId=", "/messages?sessionId=00000000000000000000000000000000"]
    {
        let unknown = post(&greet("J")).bearer(TOKEN).to(path);
        assert_eq!(server.ask(unknown).await.status, 404, "{path}");
    }
    assert_eq!(session.ask(&greet("J")).await["result"]["isError"], false);
}

#[tokio::test]
async fn garbage_is_refused_and_the_session_continues() {
    let server = Server::open().await;
    let mut session = Session::open(&server, None).await;
    session.initialize("2024-11-05").await;
    for (body, code) in [
        ("not json", -32700),
        ("{}", -32600),
        ("[]", -32600),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        (r#"{"jsonrpc":"#, -32700),
    ] {
        let answer = server.ask(post(&json!({})).body(body).to(&session.endpoint)).await;
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (400, &json!(code)), "{body}");
    }
    let large = post(&json!({})).body(vec![b'x'; 5 * 1024 * 1024]).to(&session.endpoint);
    assert_eq!(server.ask(large).await.status, 413);
    let plain = post(&greet("J")).to(&session.endpoint).with("content-type", "text/plain");
    assert_eq!(server.ask(plain).await.status, 415);
    assert_eq!(session.ask(&greet("J")).await["result"]["isError"], false);
}

#[tokio::test]
async fn an_incomplete_body_times_out_and_the_session_continues() {
    let server = Server::with(|options| options.limits.body_time = MOMENT).await;
    let mut session = Session::open(&server, None).await;
    session.initialize("2024-11-05").await;
    let mut half = Connection::open(server.at).await;
    half.write(post(&greet("J")).to(&session.endpoint).without("connection").head().as_bytes()).await;
    half.write(b"{\"jsonrpc\"").await;
    assert_eq!(half.answer().await.status, 408);
    assert!(half.is_closed().await);
    assert_eq!(session.ask(&greet("J")).await["result"]["isError"], false);
}

#[tokio::test]
async fn an_idle_stream_is_kept_alive_beyond_the_idle_timeout() {
    let server = Server::with(|options| {
        options.limits.keep_alive = MOMENT / 4;
        options.limits.head_time = MOMENT;
        options.limits.idle_time = MOMENT;
    })
    .await;
    let mut session = Session::open(&server, None).await;
    for _ in 0..8 {
        assert_eq!(session.connection.event().await.as_deref(), Some(": keep-alive\n\n"));
    }
    session.initialize("2024-11-05").await;
}

#[tokio::test]
async fn a_session_above_the_limit_is_refused_until_one_ends() {
    let server = Server::with(|options| options.limits.sessions = 1).await;
    let session = Session::open(&server, None).await;
    let full = server.ask(ask("GET", "/sse")).await;
    assert_eq!((full.status, full.header("retry-after")), (503, Some("5")));
    let endpoint = session.endpoint.clone();
    drop(session);
    while server.ask(post(&greet("J")).to(&endpoint)).await.status != 404 {}
    Session::open(&server, None).await.initialize("2024-11-05").await;
}

#[tokio::test]
async fn a_disconnected_client_cancels_its_calls_over_sse() {
    let server = Server::open().await;
    let mut session = Session::open(&server, None).await;
    session.initialize("2024-11-05").await;
    assert_eq!(session.send(&call("save", json!({ "wait": true }))).await, 202);
    server.fixture.started.notified().await;
    drop(session);
    while !server.fixture.cancelled.load(std::sync::atomic::Ordering::SeqCst) {
        assert!(server.is_well().await);
    }
    while !server.metrics.render().contains("ghl_mcp_sse_sessions 0") {
        assert!(server.is_well().await);
    }
}

#[tokio::test]
async fn sse_can_be_turned_off() {
    let server = Server::with(|options| options.legacy_sse = false).await;
    assert_eq!(server.ask(ask("GET", "/sse")).await.status, 404);
    assert_eq!(server.ask(post(&greet("J")).to("/messages?sessionId=1")).await.status, 404);
    assert!(server.is_well().await);
}
