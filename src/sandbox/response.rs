//! The response to a request, and the error bodies that HighLevel is known to send.

use serde_json::{Value, json};

/// One response before it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    /// The HTTP status.
    pub(crate) status: u16,
    pub(crate) body: Payload,
    /// Headers besides `content-type` and `content-length`.
    pub(crate) headers: Vec<(String, String)>,
}

/// The body of a response.
#[derive(Debug, Clone)]
pub(crate) enum Payload {
    /// JSON.
    Json(Value),
    /// A content type and a text.
    Text(&'static str, String),
}

impl Payload {
    /// The value of the `content-type` header.
    pub(crate) fn content_type(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json; charset=utf-8",
            Self::Text(content_type, _) => content_type,
        }
    }

    /// The body as it is sent.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Json(value) => value.to_string(),
            Self::Text(_, text) => text.clone(),
        }
    }

    /// The body as the log keeps it: JSON, or a text as a string, or nothing for an empty text.
    pub(crate) fn to_value(&self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value.clone()),
            Self::Text(_, text) if text.is_empty() => None,
            Self::Text(_, text) => Some(Value::String(text.clone())),
        }
    }
}

impl Response {
    /// A JSON response.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, body: Payload::Json(body), headers: Vec::new() }
    }

    /// An HTML page.
    pub(crate) fn html(status: u16, body: &str) -> Self {
        let body = Payload::Text("text/html; charset=UTF-8", body.to_owned());
        Self { status, body, headers: Vec::new() }
    }

    /// `{"statusCode", "message"}`: the short form of the gateway.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        Self::json(status, json!({ "statusCode": status, "message": message }))
    }

    /// 400 `{"message", "error": "Bad Request", "statusCode"}`.
    pub(crate) fn bad_request(message: &str) -> Self {
        Self::json(400, json!({ "message": message, "error": "Bad Request", "statusCode": 400 }))
    }

    /// 400: the request names neither an e-mail nor a phone.
    pub(crate) fn missing_key() -> Self {
        Self::bad_request("Pass at least one of number, email query parameter")
    }

    /// 422 with a list of problems.
    pub(crate) fn unprocessable(messages: &[String]) -> Self {
        Self::json(422, json!({ "message": messages, "error": "Unprocessable Entity", "statusCode": 422 }))
    }

    /// 422 whose message is one string.
    pub(crate) fn unprocessable_text(message: &str) -> Self {
        Self::json(422, json!({ "message": message, "error": "Unprocessable Entity", "statusCode": 422 }))
    }

    /// 403: the location is missing, or the token does not reach it (highlevel-api-docs issue 213).
    pub(crate) fn wrong_location() -> Self {
        Self::error(403, "The token does not have access to this location.")
    }

    /// HighLevel answers an unknown contact with 400, not 404, and puts the message under the key `error`.
    pub(crate) fn unknown_contact(id: &str) -> Self {
        Self::json(400, json!({ "error": format!("Contact with id {id} not found"), "status": 400 }))
    }

    /// 404: no route serves the path.
    pub(crate) fn no_route(method: &str, path: &str) -> Self {
        let message = format!("Cannot {method} {path}");
        Self::json(404, json!({ "message": message, "error": "Not Found", "statusCode": 404 }))
    }

    /// Adds a `traceId` to a body that is a JSON object without one.
    pub(crate) fn with_trace_id(mut self, trace_id: &str) -> Self {
        if let Payload::Json(Value::Object(body)) = &mut self.body {
            body.entry("traceId").or_insert_with(|| Value::from(trace_id));
        }
        self
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}
