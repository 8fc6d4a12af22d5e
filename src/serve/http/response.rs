//! Short answers of the server's own.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use rmcp::model::ErrorCode;
use serde_json::json;

/// The body of every answer.
pub(crate) type Body = UnsyncBoxBody<Bytes, Infallible>;
/// Every answer.
pub(crate) type Reply = Response<Body>;

/// An answer that ends the way of a request before it is through. Boxed, for it is large and rare.
#[derive(Debug)]
pub(crate) struct Refusal(Box<Reply>);

impl From<Reply> for Refusal {
    fn from(reply: Reply) -> Self {
        Self(Box::new(reply))
    }
}

impl Refusal {
    pub(crate) fn into_reply(self) -> Reply {
        *self.0
    }
}

/// A line of text.
pub(crate) fn reply(status: StatusCode, text: impl Into<String>) -> Reply {
    of(status, "text/plain; charset=utf-8", text.into() + "\n")
}

/// A line of text with one more header.
pub(crate) fn with_header(mut reply: Reply, name: HeaderName, value: impl TryInto<HeaderValue>) -> Reply {
    if let Ok(value) = value.try_into() {
        reply.headers_mut().insert(name, value);
    }
    reply
}

/// 401: which scheme, and whether it was the token's fault.
pub(crate) fn unauthorized(presented: bool) -> Reply {
    let (challenge, text) = if presented {
        (r#"Bearer realm="ghl-contacts-mcp", error="invalid_token""#, "the bearer token is not known here")
    } else {
        (r#"Bearer realm="ghl-contacts-mcp""#, "a bearer token is needed: Authorization: Bearer <token>")
    };
    with_header(reply(StatusCode::UNAUTHORIZED, text), WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

/// 405: the methods that there are.
pub(crate) fn not_allowed(methods: &'static str) -> Reply {
    let text = format!("only {methods} is possible here");
    with_header(reply(StatusCode::METHOD_NOT_ALLOWED, text), ALLOW, HeaderValue::from_static(methods))
}

/// 400 with a JSON-RPC error that belongs to no request.
pub(crate) fn bad_message(code: ErrorCode, message: &str) -> Reply {
    let error = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code.0, "message": message } });
    of(StatusCode::BAD_REQUEST, "application/json", error.to_string())
}

/// 200 with a page for an operator.
pub(crate) fn page(content_type: &'static str, text: String) -> Reply {
    of(StatusCode::OK, content_type, text)
}

fn of(status: StatusCode, content_type: &'static str, text: String) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(text)).boxed_unsync());
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}
