//! The tool that a message calls, read before the SDK reads the message.

use std::borrow::Cow;

use serde::Deserialize;

/// The name of the tool, if `bytes` are a call of one. A message that has a key twice is none; it is refused elsewhere.
pub(crate) fn called_tool(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        method: Cow<'a, str>,
        #[serde(borrow)]
        params: Params<'a>,
    }
    #[derive(Deserialize)]
    struct Params<'a> {
        #[serde(borrow)]
        name: Cow<'a, str>,
    }
    let message: Message<'_> = serde_json::from_slice(bytes).ok()?;
    (message.method == "tools/call").then(|| message.params.name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_call_has_a_tool() {
        let tool = |json: &str| called_tool(json.as_bytes());
        for json in [
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"save","arguments":{"name":"x"}}}"#,
            r#"{"params":{"_meta":{},"name":"save"},"id":"a","method":"tools/call"}"#,
            r#"{"method":"tools\/call","params":{"name":"s\u0061ve"}}"#,
        ] {
            assert_eq!(tool(json).as_deref(), Some("save"), "{json}");
        }
        for json in [
            "",
            "[]",
            r#"[{"method":"tools/call","params":{"name":"save"}}]"#,
            r#"{"method":"tools/list","params":{"name":"save"}}"#,
            r#"{"method":"tools/call"}"#,
            r#"{"method":"tools/call","params":{"name":1}}"#,
            r#"{"method":"tools/call","params":{"arguments":{"name":"save"}}}"#,
            r#"{"method":"tools/call","method":"ping","params":{"name":"save"}}"#,
        ] {
            assert_eq!(tool(json), None, "{json}");
        }
    }
}
