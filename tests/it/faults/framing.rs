//! Rows 94 and 95: bytes that are no JSON-RPC message, and keys that are there twice.

use ghl_contacts_mcp::sandbox::{Options, Sandbox, Seed};
use serde_json::{Value, json};

use crate::http::client::{ask, post};
use crate::http::server::Server;
use crate::protocol::fixture::RawSession;
use crate::support::process::Program;

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

/// Lines that are no message, with the code of the answer. Its id is null.
fn not_messages() -> Vec<(Vec<u8>, i64)> {
    let deep = "[".repeat(100_000);
    let lines: [(&str, i64); 13] = [
        (&format!("{PING}{PING}"), -32700),
        (&format!("{PING} {PING}"), -32700),
        (&format!("[{PING},{PING}]"), -32600),
        ("[]", -32600),
        ("{}", -32600),
        ("null", -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":NaN,"method":"ping"}"#, -32700),
        ("Hello", -32700),
        (&deep, -32700),
    ];
    let mut lines: Vec<_> = lines.into_iter().map(|(line, code)| (line.as_bytes().to_vec(), code)).collect();
    lines.push((b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}".to_vec(), -32700));
    lines
}

fn assert_refused(answer: &Value, code: i64, line: &[u8]) {
    let start = String::from_utf8_lossy(&line[..line.len().min(80)]);
    assert_eq!(answer["error"]["code"], code, "{start}: {answer}");
    assert_eq!(answer.get("id"), Some(&Value::Null), "{start}: {answer}");
}

#[tokio::test]
async fn row_94_a_line_that_is_no_message_gets_one_error_with_the_id_null() {
    let mut session = RawSession::open();
    for begun in [false, true] {
        if begun {
            session.initialize().await;
        }
        for (line, code) in not_messages() {
            session.send(&line).await;
            session.send(b"\r\n").await;
            assert_refused(&session.next().await, code, &line);
        }
        session.send(&vec![b' '; 4 * 1024 * 1024 + 1]).await;
        session.send(b"\n").await;
        assert_refused(&session.next().await, -32600, b"a long line");
        // Not answered: empty lines, notifications, responses, and the echo of an error.
        session.send(b"\n \r\n\xEF\xBB\xBF\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":7}\n").await;
        session
            .send(b"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"x\"}}\n")
            .await;
        session.send(format!("\u{feff}{PING}\n").as_bytes()).await;
        assert_eq!(session.next().await, json!({ "jsonrpc": "2.0", "id": 1, "result": {} }), "{begun}");
    }
}

#[tokio::test]
async fn row_94_an_error_has_the_id_where_it_is_certain() {
    let mut session = RawSession::open();
    session.initialize().await;
    let server = Server::open().await;
    let deep = format!("{}1{}", r#"{"a":"#.repeat(5000), "}".repeat(5000));
    for line in [
        r#"{"jsonrpc":"2.0","id":"seven"}"#.to_owned(),
        r#"{"jsonrpc":"2.0","id":"seven","method":"ping","method":"tools/list"}"#.to_owned(),
        r#"{"jsonrpc":"2.0","id":"seven","method":"tools/call","params":{"name":"greet","name":"save"}}"#.to_owned(),
        r#"{"jsonrpc":"2.0","id":"seven","method":"tools/call","params":{"name":"greet","arguments":{"name":1e400}}}"#.to_owned(),
        format!(r#"{{"jsonrpc":"2.0","id":"seven","method":"tools/call","params":{{"name":"greet","arguments":{deep}}}}}"#),
    ] {
        session.send(format!("{line}\n").as_bytes()).await;
        let posted = server.ask(post(&json!({})).body(line.clone())).await;
        assert_eq!(posted.status, 400);
        for answer in [session.next().await, posted.json()] {
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!("seven"), &json!(-32600)), "{answer}");
        }
    }
}

#[tokio::test]
async fn row_94_a_body_that_is_no_message_gets_one_error_on_both_http_transports() {
    let server = Server::open().await;
    let (mut stream, _) = ask("GET", "/sse").stream(server.at).await;
    let endpoint = stream.event().await.unwrap();
    let path = endpoint.lines().find_map(|line| line.strip_prefix("data: ")).unwrap().to_owned();
    for (line, code) in not_messages() {
        for path in ["/mcp", &path] {
            let answer = server.ask(post(&json!({})).to(path).body(line.clone())).await;
            assert_eq!(answer.status, 400);
            assert_refused(&answer.json(), code, &line);
        }
    }
}

/// A call of the upsert with these arguments as they are.
fn upsert(arguments: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"ghl_upsert_contact","arguments":{arguments}}}}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn row_95_a_field_that_is_there_twice_is_refused_by_name_and_nothing_is_asked_or_written() {
    let crm = Sandbox::start(Options { seed: Seed::Empty, ..Options::default() }).await.unwrap();
    let mut program = Program::before(&crm);
    for (arguments, field) in [
        (r#"{"email":"ada@example.com","email":"eve@example.com"}"#, "email"),
        (r#"{"email":"ada@example.com","em\u0061il":"ada@example.com"}"#, "email"),
        (r#"{"email":"ada@example.com","tags":["vip"],"tags":[]}"#, "tags"),
        (
            r#"{"email":"ada@example.com","customFields":[{"id":"Plan","value":"Pro","value":"Free"}]}"#,
            "customFields[0].value",
        ),
        (
            r#"{"email":"ada@example.com","customFields":[{"id":"a","value":{"x":1,"x":2}}]}"#,
            "customFields[0].value.x",
        ),
    ] {
        program.raw(format!("{}\n", upsert(arguments)).as_bytes());
        let answer = program.next();
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        let says = format!("The field \"{field}\" is there twice. Nothing was written. Send it once.");
        assert_eq!((text, &answer["result"]["isError"]), (&*says, &json!(true)));
        assert_eq!(answer["result"]["structuredContent"]["code"], "invalid_arguments");
    }
    assert!(crm.wire().is_empty() && crm.contacts().is_empty());
    program.raw(format!("{}\n", upsert(r#"{"email":"ada@example.com"}"#)).as_bytes());
    assert_eq!(program.next()["result"]["structuredContent"]["outcome"], "created");
}

#[tokio::test]
async fn row_95_the_same_holds_over_both_http_transports() {
    let server = Server::open().await;
    let call = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada","name":"Eve"}}}"#;
    let (mut stream, _) = ask("GET", "/sse").stream(server.at).await;
    let endpoint = stream.event().await.unwrap();
    let path = endpoint.lines().find_map(|line| line.strip_prefix("data: ")).unwrap().to_owned();
    let hello = crate::http::server::initialize("2025-06-18");
    assert_eq!(server.ask(post(&hello).to(&path)).await.status, 202);
    assert!(stream.message().await.unwrap()["result"]["serverInfo"].is_object());
    assert_eq!(server.ask(post(&json!({})).to(&path).body(call)).await.status, 202);
    let direct = server.ask(post(&json!({})).body(call)).await.json();
    for answer in [direct, stream.message().await.unwrap()] {
        assert_eq!(answer["result"]["structuredContent"]["code"], "invalid_arguments", "{answer}");
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.starts_with("The field \"name\" is there twice."), "{text}");
    }
    assert!(
        server
            .metrics
            .render()
            .contains("ghl_mcp_calls_total{tool=\"greet\",outcome=\"invalid_arguments\"} 2")
    );
}
