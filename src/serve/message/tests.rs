use serde_json::json;

use crate::serve::message::{RepeatedKey, check, is_notification};

fn response(bytes: &[u8]) -> serde_json::Value {
    serde_json::to_value(check(bytes).unwrap_err()).unwrap()
}

#[test]
fn a_repeated_key_of_the_arguments_is_found_at_any_depth() {
    for (arguments, path) in [
        (r#"{"email":"a","email":"b"}"#, Some("email")),
        (r#"{"email":"a","\u0065mail":"b"}"#, Some("email")),
        (r#"{"email":"a","tags":["x"],"email":"a"}"#, Some("email")),
        (
            r#"{"customFields":[{"id":"a","value":1},{"id":"b","value":1,"value":2}]}"#,
            Some("customFields[1].value"),
        ),
        (
            r#"{"filters":[{"filters":[[{"value":{"gte":1,"gte":2}}]]}]}"#,
            Some("filters[0].filters[0][0].value.gte"),
        ),
        (r#"{"a":{"x":1,"x":1},"b":1,"b":2}"#, Some("b")),
        (r#"{"":1,"":2}"#, Some("")),
        (r#"{"email":"a","Email":"b","a":{"email":"c"},"b":[{"email":1},{"email":2}]}"#, None),
        (r#"{"__proto__":1,"constructor":2}"#, None),
        ("{}", None),
        ("null", None),
        (r#"[{"a":1}]"#, None),
    ] {
        let call = format!(
            r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"x","arguments":{arguments}}}}}"#
        );
        let expected = path.map(|path| RepeatedKey { path: path.to_owned() });
        assert_eq!(check(call.as_bytes()), Ok(expected), "{arguments}");
    }
}

#[test]
fn a_repeated_key_outside_of_the_arguments_is_an_invalid_request_with_the_id_if_it_is_certain() {
    for (bytes, key, id) in [
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","method":"tools/list"}"#, "method", json!(7)),
        (r#"{"jsonrpc":"2.0","id":7,"id":8,"method":"ping"}"#, "id", json!(null)),
        (
            r#"{"jsonrpc":"2.0","id":"a","method":"x","params":{"name":"a","name":"b"}}"#,
            "params.name",
            json!("a"),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"x","params":{"arguments":{},"arguments":{}}}"#,
            "params.arguments",
            json!(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"x","method":"y","params":{"arguments":{"a":1,"a":2}}}"#,
            "method",
            json!(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"a":1,"a":2}}}"#,
            "params._meta.a",
            json!(1),
        ),
    ] {
        let text = format!("the key \"{key}\" is there twice");
        let expected = json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32600, "message": text } });
        assert_eq!(response(bytes.as_bytes()), expected, "{bytes}");
    }
}

#[test]
fn bytes_that_are_no_message_get_one_error_whose_id_is_null_where_it_is_not_known() {
    let deep = format!(r#"{{"jsonrpc":"2.0","id":7,"params":{}{}}}"#, "[".repeat(5000), "]".repeat(5000));
    let open = "[".repeat(100_000);
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for (bytes, code, id) in [
        (format!("{ping}{ping}").as_bytes(), -32700, json!(null)),
        (format!("{ping} {ping}").as_bytes(), -32700, json!(null)),
        (format!("{ping},{ping}").as_bytes(), -32700, json!(null)),
        (format!("{ping}x").as_bytes(), -32700, json!(null)),
        (format!("[{ping},{ping}]").as_bytes(), -32600, json!(null)),
        (b"[]", -32600, json!(null)),
        (b"null", -32600, json!(null)),
        (b"\"text\"", -32600, json!(null)),
        (b"", -32700, json!(null)),
        (b"{", -32700, json!(null)),
        (b"{\"id\":7,}", -32700, json!(null)),
        (b"{\"id\":NaN}", -32700, json!(null)),
        (b"{\"id\":7,\"a\":Infinity}", -32700, json!(null)),
        (b"{'id':7}", -32700, json!(null)),
        (b"{\"id\":7,\"a\":\"\xff\"}", -32700, json!(null)),
        (b"{\"id\":7,\"a\":\"\x01\"}", -32700, json!(null)),
        (b"{\"id\":7,\"a\":01}", -32700, json!(null)),
        (b"{\"id\":7,\"a\":1e400}", -32600, json!(7)),
        (br#"{"id":"a","a":"\ud800"}"#, -32600, json!("a")),
        (deep.as_bytes(), -32600, json!(7)),
        (open.as_bytes(), -32700, json!(null)),
    ] {
        let answered = response(bytes);
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        assert_eq!((&answered["error"]["code"], &answered["id"]), (&json!(code), &id), "{start}: {answered}");
        assert!(answered.as_object().unwrap().contains_key("id"));
    }
}

#[test]
fn an_object_of_many_keys_is_read_in_one_pass() {
    let many: Vec<_> = (0..100_000).map(|at| format!("\"k{at}\":0")).collect();
    let call = |more: &str| format!(r#"{{"params":{{"arguments":{{{}{more}}}}}}}"#, many.join(","));
    assert_eq!(check(call("").as_bytes()), Ok(None));
    assert_eq!(check(call(",\"k7\":1").as_bytes()), Ok(Some(RepeatedKey { path: "k7".to_owned() })));
}

#[test]
fn only_an_object_with_a_method_and_no_id_is_a_notification() {
    assert!(is_notification(br#"{"method":7}"#));
    for other in [&br#"{"method":"x","id":7}"#[..], br#"{"method":"x","id":null}"#, b"{}", b"[]", b"x"] {
        assert!(!is_notification(other), "{}", String::from_utf8_lossy(other));
    }
}
