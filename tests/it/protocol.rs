//! The modules `tool` and `serve`, through a real MCP session over an in-memory stream, with tools made for the tests.

pub mod fixture;

use rmcp::model::{CallToolRequestParams, CallToolResult, JsonObject};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceError, ServiceExt};
use serde_json::{Value, json};

use crate::protocol::fixture::{RawSession, catalogue, handler, tools};
use ghl_contacts_mcp::serve::{Drain, serve_stream, serve_stream_until};
use ghl_contacts_mcp::tool::{Catalogue, Toolset};

async fn session(catalogue: Catalogue<fixture::Fixture>) -> RunningService<RoleClient, ()> {
    let (here, there) = tokio::io::duplex(1 << 20);
    tokio::spawn(serve_stream(handler(catalogue), there));
    ().serve(here).await.unwrap()
}

fn object(arguments: Value) -> JsonObject {
    match arguments {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

async fn call(
    client: &RunningService<RoleClient, ()>,
    tool: &'static str,
    arguments: Value,
) -> Result<CallToolResult, ServiceError> {
    client.call_tool(CallToolRequestParams::new(tool).with_arguments(object(arguments))).await
}

fn text(result: &CallToolResult) -> &str {
    &result.content[0].as_text().unwrap().text
}

#[tokio::test]
async fn a_client_lists_the_enabled_tools_sorted_by_name() {
    let client = session(catalogue()).await;
    let tools = client.list_all_tools().await.unwrap();
    assert_eq!(tools.iter().map(|tool| &*tool.name).collect::<Vec<_>>(), ["break", "greet", "save"]);
    let greet = serde_json::to_value(&tools[1]).unwrap();
    assert_eq!(
        greet,
        json!({
            "name": "greet", "title": "Greet", "description": "Greets.",
            "inputSchema": {
                "type": "object", "required": ["name"],
                "properties": {"name": {"type": "string"}, "times": {"type": "integer"}}
            },
            "outputSchema": {"type": "object", "properties": {"greeting": {"type": "string"}}},
            "annotations": {
                "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true, "openWorldHint": true
            }
        })
    );
}

#[tokio::test]
async fn an_answer_holds_the_same_json_as_text_and_as_structure() {
    let client = session(catalogue()).await;
    let result = call(&client, "greet", json!({"name": "Jane", "times": "2"})).await.unwrap();
    assert_eq!(result.is_error, Some(false));
    assert_eq!(text(&result), r#"{"greeting":"Hello Jane, Hello Jane"}"#);
    assert_eq!(result.structured_content, Some(json!({"greeting": "Hello Jane, Hello Jane"})));
}

#[tokio::test]
async fn a_bad_argument_is_an_error_that_the_model_can_act_on() {
    let client = session(catalogue()).await;
    let result = call(&client, "greet", json!({"nane": "Jane"})).await.unwrap();
    assert_eq!(result.is_error, Some(true));
    assert_eq!(text(&result), "Unknown field \"nane\". Did you mean \"name\"? Known fields: name, times.");
    let structured = result.structured_content.unwrap();
    assert_eq!((&structured["code"], structured.get("mayHaveWritten")), (&json!("invalid_arguments"), None));
}

#[tokio::test]
async fn an_unknown_tool_is_a_protocol_error_that_lists_the_known_ones() {
    let client = session(catalogue()).await;
    let ServiceError::McpError(error) = call(&client, "greed", json!({})).await.unwrap_err() else {
        panic!("a protocol error")
    };
    assert_eq!(error.code.0, -32602);
    assert_eq!(error.message, "tool not found: greed; known: break, greet, save");
}

#[tokio::test]
async fn a_panic_is_answered_without_its_message_and_the_session_continues() {
    let client = session(catalogue()).await;
    let result = call(&client, "break", json!({})).await.unwrap();
    assert_eq!(result.is_error, Some(true));
    let structured = result.structured_content.clone().unwrap();
    assert_eq!((&structured["code"], &structured["mayHaveWritten"]), (&json!("internal"), &json!("unknown")));
    assert!(!serde_json::to_string(&result).unwrap().contains("secret"));
    assert!(call(&client, "greet", json!({"name": "J"})).await.is_ok());
}

#[tokio::test]
async fn read_only_mode_hides_and_refuses_writing_tools() {
    let client = session(catalogue().read_only(true)).await;
    let tools = client.list_all_tools().await.unwrap();
    assert_eq!(tools.iter().map(|tool| &*tool.name).collect::<Vec<_>>(), ["greet"]);
    let result = call(&client, "save", json!({})).await.unwrap();
    assert_eq!(result.structured_content.as_ref().unwrap()["code"], "read_only");
    assert!(text(&result).contains("Nothing was written."), "{}", text(&result));
}

#[tokio::test]
async fn a_tool_of_a_disabled_toolset_says_how_to_enable_it() {
    let client = session(catalogue()).await;
    let result = call(&client, "bulk_save", json!({})).await.unwrap();
    assert_eq!(result.structured_content.as_ref().unwrap()["code"], "toolset_disabled");
    assert!(text(&result).contains("--toolsets contacts,bulk"), "{}", text(&result));
}

#[tokio::test]
async fn a_tool_of_an_enabled_toolset_is_served() {
    let client = session(catalogue().toolsets(&[Toolset::Bulk])).await;
    let tools = client.list_all_tools().await.unwrap();
    assert_eq!(tools.iter().map(|tool| &*tool.name).collect::<Vec<_>>(), ["bulk_save"]);
}

#[test]
fn a_duplicate_tool_name_is_found() {
    assert_eq!(tools().duplicates(), Vec::<&str>::new());
    assert_eq!(tools().with::<fixture::Greet>().duplicates(), ["greet"]);
}

#[test]
fn every_example_is_valid_under_its_own_schema() {
    for entry in tools().entries() {
        let schema = Value::Object((*entry.definition().input_schema).clone());
        let example: Value = serde_json::from_str(entry.example()).unwrap();
        assert!(jsonschema::is_valid(&schema, &example), "{}", entry.name());
        assert_eq!(entry.check(object(example)), Ok(()), "{}", entry.name());
    }
}

#[tokio::test]
async fn a_client_that_initializes_is_served() {
    let mut session = RawSession::open();
    let hello = session.initialize().await;
    assert_eq!(hello["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(hello["result"]["serverInfo"]["name"], "ghl-contacts-mcp");
    assert_eq!(hello["result"]["instructions"], "Be kind.");
    let list = session.ask(json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})).await;
    assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 3);
    assert_eq!(list["result"].as_object().unwrap().len(), 1, "no cache hints for an older client: {list}");
    let answer = session.ask(json!({
        "jsonrpc": "2.0", "id": "three", "method": "tools/call",
        "params": {"name": "greet", "arguments": {"name": "J", "times": null}}
    }));
    assert_eq!(answer.await["result"]["structuredContent"], json!({"greeting": "Hello J"}));
}

#[tokio::test]
async fn a_client_that_discovers_is_served() {
    let mut session = RawSession::open();
    let found = session.ask(fixture::modern(1, "server/discover", json!({}))).await;
    let versions = found["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")), "{found}");
    let list = session.ask(fixture::modern(2, "tools/list", json!({}))).await;
    assert_eq!(list["result"]["ttlMs"], 3_600_000);
    assert_eq!(list["result"]["cacheScope"], "private");
    let params = json!({"name": "greet", "arguments": {"name": "J"}});
    let answer = session.ask(fixture::modern(3, "tools/call", params)).await;
    assert_eq!(answer["result"]["resultType"], "complete");
    assert_eq!(answer["result"]["structuredContent"], json!({"greeting": "Hello J"}));
}

#[tokio::test]
async fn arguments_that_are_not_an_object_are_refused_in_both_protocols() {
    let params = json!({"name": "greet", "arguments": ["Jane"]});
    let mut old = RawSession::open();
    old.initialize().await;
    let request = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params});
    let before = old.ask(request).await;
    let mut new = RawSession::open();
    let after = new.ask(fixture::modern(1, "tools/call", params)).await;
    for answer in [&before, &after] {
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        assert_eq!(answer["result"]["structuredContent"]["code"], "invalid_arguments");
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.starts_with("The arguments are a list; expected a JSON object."), "{text}");
    }
    assert_eq!(before["result"].get("resultType"), None);
    assert_eq!(after["result"]["resultType"], "complete");
}

#[tokio::test]
async fn garbage_keeps_the_session_before_and_after_initialize() {
    let mut session = RawSession::open();
    let deep = "[".repeat(100_000);
    let deep_call = format!(
        r#"{{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{{"name":"greet","arguments":{}1{}}}}}"#,
        r#"{"a":"#.repeat(5000),
        "}".repeat(5000)
    );
    for begun in [false, true] {
        if begun {
            session.initialize().await;
        }
        session.send(b"\xff\xfe\x00garbage\n").await;
        session.send(b"not json\n").await;
        session.send(b"\n\r\n{}\n[]\nnull\n7\n\"text\"\n").await;
        session.send(br#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#).await;
        session.send(b"\n").await;
        session.send(format!("{deep}\n{deep_call}\n").as_bytes()).await;
        session.send(format!("{{\"x\":\"{}\"}}\n", "x".repeat(5 * 1024 * 1024)).as_bytes()).await;
        session.send(b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/unheard_of\"}\n").await;
        session.send(
            b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":5}}\n",
        )
        .await;
        session.send(b"{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}\n").await;
        let pong = session.ask(json!({"jsonrpc": "2.0", "id": 77, "method": "ping"})).await;
        assert_eq!(pong["result"], json!({}), "begun: {begun}");
    }
}

#[tokio::test]
async fn a_malformed_request_is_answered_with_its_own_id() {
    let mut session = RawSession::open();
    session.initialize().await;
    for (method, params, code) in [
        ("tools/call", json!({}), -32602),
        ("tools/call", json!({"name": 5}), -32602),
        ("tools/list", json!({"cursor": "more"}), -32602),
        ("nonsense", json!({}), -32601),
        ("resources/list", json!({}), -32601),
    ] {
        let request = json!({"jsonrpc": "2.0", "id": 4, "method": method, "params": params});
        assert_eq!(session.ask(request).await["error"]["code"], code, "{method} {params}");
    }
}

#[tokio::test]
async fn a_client_that_only_discovers_is_no_failure() {
    let mut session = RawSession::open();
    session.ask(fixture::modern(1, "server/discover", json!({}))).await;
    assert!(session.close().await.is_ok());
    assert!(RawSession::open().close().await.is_ok());
    let mut session = RawSession::open();
    session.initialize().await;
    assert!(session.close().await.is_ok());
}

#[tokio::test]
async fn a_client_that_leaves_before_its_answer_is_no_failure() {
    let mut session = RawSession::open();
    session.send_json(fixture::modern(1, "server/discover", json!({}))).await;
    assert!(session.close().await.is_ok());
}

#[tokio::test]
async fn a_stopped_server_ends_without_an_error() {
    let drain = Drain::default();
    let (here, there) = tokio::io::duplex(1 << 20);
    let session = tokio::spawn(serve_stream_until(handler(catalogue()), there, drain.clone()));
    let client = ().serve(here).await.unwrap();
    drain.stop().cancel();
    assert!(session.await.unwrap().is_ok());
    assert!(client.waiting().await.is_ok());
}

#[tokio::test]
async fn progress_comes_before_the_answer_if_it_was_asked_for() {
    let mut session = RawSession::open();
    session.initialize().await;
    session
        .send_json(json!({
            "jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": {"name": "save", "arguments": {}, "_meta": {"progressToken": "p"}}
        }))
        .await;
    let step = session.next().await;
    assert_eq!(step["method"], "notifications/progress");
    assert_eq!(
        step["params"],
        json!({"progressToken": "p", "progress": 1.0, "total": 2.0, "message": "one of two"})
    );
    assert_eq!(session.next().await["result"]["structuredContent"], json!({"saved": true}));
}

#[tokio::test]
async fn a_cancelled_call_is_told_and_finished() {
    let mut session = RawSession::open();
    session.initialize().await;
    let call = json!({"name": "save", "arguments": {"wait": true}});
    session.send_json(json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call})).await;
    session.fixture.started.notified().await;
    session
        .send_json(json!({
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2}
        }))
        .await;
    session.handler.idle().await;
    assert!(session.fixture.cancelled.load(std::sync::atomic::Ordering::SeqCst));
}
