//! Tools and a prompt that need something of the client: asked for in an answer (2026-07-28), or in the middle of a
//! call (before it).

use rmcp::ErrorData;
use rmcp::model::InputResponses;
use serde_json::{Value, json};

use crate::fixtures::text;

/// What comes after the seal of a state. The suite looks whether a changed state is refused, not how hard it is to make.
const SEAL: &str = ".sealed";

/// A question for a person.
pub(crate) fn question(message: &str, field: &str, kind: &str) -> Value {
    let schema = json!({ "type": "object", "properties": { field: { "type": kind } }, "required": [field] });
    json!({ "method": "elicitation/create", "params": { "message": message, "requestedSchema": schema } })
}

fn sampling(words: &str, most: u32) -> Value {
    let message = json!({ "role": "user", "content": text(words) });
    json!({ "method": "sampling/createMessage", "params": { "messages": [message], "maxTokens": most } })
}

fn roots() -> Value {
    json!({ "method": "roots/list", "params": {} })
}

/// What a tool asks for, or its answer once it has been told; nothing where the tool does not ask.
pub(crate) fn answer(
    tool: &str,
    told: Option<&InputResponses>,
    state: Option<&str>,
    may: &dyn Fn(&str) -> bool,
) -> Option<Result<Value, ErrorData>> {
    let state = match state.map(|state| state.strip_suffix(SEAL)) {
        Some(None) => {
            return Some(Err(ErrorData::invalid_params("the state is not one of this server", None)));
        }
        state => state.flatten(),
    };
    let has = |key: &str| told.is_some_and(|told| told.get(key).is_some_and(Value::is_object));
    let ask = |requests: Value, state: Option<&str>| match state.map(|state| format!("{state}{SEAL}")) {
        None => json!({ "resultType": "input_required", "inputRequests": requests }),
        Some(state) => {
            json!({ "resultType": "input_required", "inputRequests": requests, "requestState": state })
        }
    };
    let done = |words: String| json!({ "content": [text(&words)] });
    let shown = |key: &str| told.and_then(|told| told.get(key)).map(Value::to_string).unwrap_or_default();
    let name = || question("What is your name?", "name", "string");
    Some(Ok(match tool {
        "test_input_required_result_elicitation" if has("user_name") => {
            done(format!("Hello, {}!", shown("user_name")))
        }
        "test_input_required_result_elicitation" | "test_streaming_elicitation" => {
            ask(json!({ "user_name": name() }), None)
        }
        "test_input_required_result_sampling" if has("capital_question") => done(shown("capital_question")),
        "test_input_required_result_sampling" => {
            ask(json!({ "capital_question": sampling("What is the capital of France?", 100) }), None)
        }
        "test_input_required_result_list_roots" if has("client_roots") => done(shown("client_roots")),
        "test_input_required_result_list_roots" => ask(json!({ "client_roots": roots() }), None),
        "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => {
            match state {
                Some("confirm") if has("confirm") => done("state-ok".to_owned()),
                _ => ask(json!({ "confirm": question("Please confirm", "ok", "boolean") }), Some("confirm")),
            }
        }
        "test_input_required_result_multiple_inputs" => {
            if state == Some("three") && ["user_name", "greeting", "client_roots"].into_iter().all(has) {
                done("Thank you.".to_owned())
            } else {
                let greeting = sampling("Generate a greeting", 50);
                let requests = json!({ "user_name": name(), "greeting": greeting, "client_roots": roots() });
                ask(requests, Some("three"))
            }
        }
        "test_input_required_result_multi_round" => match state {
            Some("round 2") if has("step2") => done(format!("Step 2: {}", shown("step2"))),
            Some("round 1") if has("step1") => {
                let color = question("Step 2: What is your favorite color?", "color", "string");
                ask(json!({ "step2": color }), Some("round 2"))
            }
            _ => ask(
                json!({ "step1": question("Step 1: What is your name?", "name", "string") }),
                Some("round 1"),
            ),
        },
        "test_input_required_result_capabilities" => {
            let all =
                [("elicitation", name()), ("sampling", sampling("Say something", 10)), ("roots", roots())];
            let may: serde_json::Map<_, _> = all
                .into_iter()
                .filter(|(kind, _)| may(kind))
                .map(|(kind, ask)| (kind.to_owned(), ask))
                .collect();
            ask(Value::Object(may), None)
        }
        "test_input_required_result_prompt" if has("user_context") => {
            let words = text(&format!("With {}", shown("user_context")));
            json!({ "messages": [{ "role": "user", "content": words }] })
        }
        "test_input_required_result_prompt" => {
            let context = question("What context should the prompt use?", "context", "string");
            ask(json!({ "user_context": context }), None)
        }
        _ => return None,
    }))
}

/// The form that a tool shows in the middle of a call.
pub(crate) fn form(tool: &str, message: &str) -> Option<Value> {
    let options = ["option1", "option2", "option3"];
    let titled = |word: &str| {
        let one = |at: &str, title: &str| json!({ "const": format!("value{at}"), "title": format!("{title} {word}") });
        json!([one("1", "First"), one("2", "Second"), one("3", "Third")])
    };
    let (message, schema) = match tool {
        "test_elicitation" => (
            message,
            json!({ "type": "object", "properties": {
            "username": { "type": "string", "description": "User's response" },
            "email": { "type": "string", "description": "User's email address" }
        }, "required": ["username", "email"] }),
        ),
        "test_elicitation_sep1034_defaults" => (
            "Everything has a default",
            json!({ "type": "object", "properties": {
            "name": { "type": "string", "default": "John Doe" },
            "age": { "type": "integer", "default": 30 },
            "score": { "type": "number", "default": 95.5 },
            "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
            "verified": { "type": "boolean", "default": true }
        }, "required": [] }),
        ),
        "test_elicitation_sep1330_enums" => (
            "Choose",
            json!({ "type": "object", "properties": {
            "untitledSingle": { "type": "string", "enum": options },
            "titledSingle": { "type": "string", "oneOf": titled("Option") },
            "legacyEnum": { "type": "string", "enum": ["opt1", "opt2", "opt3"],
                            "enumNames": ["Option One", "Option Two", "Option Three"] },
            "untitledMulti": { "type": "array", "items": { "type": "string", "enum": options } },
            "titledMulti": { "type": "array", "items": { "anyOf": titled("Choice") } }
        }, "required": [] }),
        ),
        _ => return None,
    };
    Some(json!({ "mode": "form", "message": message, "requestedSchema": schema }))
}
