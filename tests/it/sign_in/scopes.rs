//! What a token allows: tools that write are hidden from a token that reads, and refused with the scope that is needed.

use serde_json::{Value, json};

use crate::http::client::post;
use crate::http::server::{TOKEN, call, request, save};
use crate::protocol::fixture::modern;
use crate::sign_in::world::{World, challenge};

fn names(list: &Value) -> Vec<&str> {
    let tools = list["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_token_that_reads_sees_and_calls_the_tools_that_read() {
    let world = World::open().await;
    let reader = world.token(json!({ "scope": "contacts:read" }));
    let list = post(&request("tools/list", json!({})));
    assert_eq!(names(&world.ask(list.bearer(&reader)).await.json()), ["greet"]);
    assert_eq!(world.read(&reader).await.json()["result"]["isError"], false);
    let refused = world.write(&reader).await;
    assert_eq!(refused.status, 403);
    insta::assert_snapshot!(challenge(&refused), @r#"Bearer error="insufficient_scope", resource_metadata="https://crm.example.com/.well-known/oauth-protected-resource/mcp", scope="contacts:read contacts:write""#);
    // After signing in again, the same client writes.
    assert_eq!(world.write(&world.token(json!({}))).await.status, 200);
}

#[tokio::test]
async fn a_token_that_writes_and_a_static_token_see_all_tools() {
    let world = World::open().await;
    for token in [world.token(json!({})), world.token(json!({ "scope": "contacts:write" })), TOKEN.to_owned()]
    {
        let list = post(&request("tools/list", json!({}))).bearer(&token);
        assert_eq!(names(&world.ask(list).await.json()), ["break", "greet", "save"]);
        assert_eq!(world.write(&token).await.status, 200);
    }
}

#[tokio::test]
async fn no_form_of_a_call_gets_past_the_scope() {
    let world = World::open().await;
    let reader = world.token(json!({ "scp": ["contacts:read"], "scope": null }));
    let id = r#""jsonrpc":"2.0","id":1"#;
    for body in [
        format!(r#"{{{id},"method":"tools/call","params":{{"name":"save","arguments":{{}}}}}}"#),
        format!(
            r#"{{{id},"params":{{"arguments":{{"name":"greet"}},"name":"save"}},"method":"tools/call"}}"#
        ),
        format!(r#"{{{id},"method":"tools\/call","params":{{"name":"s\u0061ve"}}}}"#),
        format!(r#"{{{id},"method":"tools/call","params":{{"name":"save","arguments":"x"}}}}"#),
        format!(r#"{{{id},"method":"tools/call","params":{{"name":"save","arguments":{{"a":1,"a":2}}}}}}"#),
        format!("  \n{{{id},\"method\":\"tools/call\",\"params\":{{\"name\":\"save\"}}}}"),
        modern(1, "tools/call", json!({ "name": "save", "arguments": {} })).to_string(),
        // A toolset that is off: that it exists is told to those only who could call it.
        call("bulk_save", json!({})).to_string(),
    ] {
        let answer = world.ask(post(&Value::Null).body(body.clone()).bearer(&reader)).await;
        assert_eq!(answer.status, 403, "{body}: {answer:?}");
    }
    for body in [
        format!(r#"{{{id},"method":"tools/call","params":{{"name":"greet","name":"save"}}}}"#),
        format!(r#"{{{id},"method":"ping","method":"tools/call","params":{{"name":"save"}}}}"#),
        format!("[{}]", save()),
        format!("{}{}", request("ping", json!({})), save()),
    ] {
        let answer = world.ask(post(&Value::Null).body(body.clone()).bearer(&reader)).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
    }
    // A tool that does not exist: those that write are not listed beside it.
    let unknown = world.ask(post(&call("nothing", json!({}))).bearer(&reader)).await.json();
    assert!(unknown["error"]["message"].as_str().unwrap().ends_with("known: greet"), "{unknown}");
}

#[tokio::test]
async fn a_list_for_a_reader_is_kept_a_minute_only() {
    let world = World::open().await;
    let list = modern(1, "tools/list", json!({}));
    let kept = async |token: &str| {
        let ask = post(&list)
            .bearer(token)
            .with("mcp-protocol-version", "2026-07-28")
            .with("mcp-method", "tools/list");
        world.ask(ask).await.json()["result"]["ttlMs"].clone()
    };
    assert_eq!(kept(&world.token(json!({ "scope": "contacts:read" }))).await, 60_000);
    assert_eq!(kept(&world.token(json!({}))).await, 3_600_000);
}
