//! What goes back to a client, and the error bodies HighLevel is known to send.

use serde_json::{Value, json};

/// One answer before it is put on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Payload,
    pub(crate) headers: Vec<(String, String)>,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Payload {
    Json(Value),
    /// Content type and text.
    Text(&'static str, String),
}

impl Payload {
    pub(crate) fn content_type(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json; charset=utf-8",
            Self::Text(kind, _) => kind,
        }
    }

    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Json(value) => value.to_string(),
            Self::Text(_, text) => text.clone(),
        }
    }

    pub(crate) fn to_value(&self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value.clone()),
            Self::Text(_, text) if text.is_empty() => None,
            Self::Text(_, text) => Some(Value::String(text.clone())),
        }
    }
}

impl Response {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, body: Payload::Json(body), headers: Vec::new() }
    }

    pub(crate) fn html(status: u16, body: &str) -> Self {
        let body = Payload::Text("text/html; charset=UTF-8", body.to_owned());
        Self { status, body, headers: Vec::new() }
    }

    /// `{"statusCode", "message"}`: the short form of the gateway.
    pub(crate) fn refuse(status: u16, message: &str) -> Self {
        Self::json(status, json!({ "statusCode": status, "message": message }))
    }

    /// 400 `{"message", "error": "Bad Request", "statusCode"}`.
    pub(crate) fn bad_request(message: &str) -> Self {
        Self::json(400, json!({ "message": message, "error": "Bad Request", "statusCode": 400 }))
    }

    /// 400: neither e-mail nor phone was given.
    pub(crate) fn no_key() -> Self {
        Self::bad_request("Pass at least one of number, email query parameter")
    }

    /// 422 with the list of what is wrong.
    pub(crate) fn unprocessable(messages: &[String]) -> Self {
        Self::json(422, json!({ "message": messages, "error": "Unprocessable Entity", "statusCode": 422 }))
    }

    /// 422 whose message is one string.
    pub(crate) fn unprocessable_text(message: &str) -> Self {
        Self::json(422, json!({ "message": message, "error": "Unprocessable Entity", "statusCode": 422 }))
    }

    /// 403: the location is missing or another one (highlevel-api-docs issue 213).
    pub(crate) fn foreign_location() -> Self {
        Self::refuse(403, "The token does not have access to this location.")
    }

    /// HighLevel says 400, not 404, of a contact it does not know, under the key `error`.
    pub(crate) fn contact_unknown(id: &str) -> Self {
        Self::json(400, json!({ "error": format!("Contact with id {id} not found"), "status": 400 }))
    }

    /// 404 of a path no route serves.
    pub(crate) fn no_route(method: &str, path: &str) -> Self {
        let message = format!("Cannot {method} {path}");
        Self::json(404, json!({ "message": message, "error": "Not Found", "statusCode": 404 }))
    }

    /// Adds a `traceId` to a JSON object body that has none.
    pub(crate) fn traced(mut self, trace: &str) -> Self {
        if let Payload::Json(Value::Object(body)) = &mut self.body {
            body.entry("traceId").or_insert_with(|| Value::from(trace));
        }
        self
    }

    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}
