//! Short responses that the server writes itself.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};

use crate::serve::message::Malformed;

/// The body of every response.
pub(crate) type ResponseBody = UnsyncBoxBody<Bytes, Infallible>;
/// Every response.
pub(crate) type HttpResponse = Response<ResponseBody>;

/// A response that ends the handling of a request early. Boxed, since a response is large and this case is rare.
#[derive(Debug)]
pub(crate) struct EarlyResponse(Box<HttpResponse>);

impl From<HttpResponse> for EarlyResponse {
    fn from(response: HttpResponse) -> Self {
        Self(Box::new(response))
    }
}

impl EarlyResponse {
    pub(crate) fn into_response(self) -> HttpResponse {
        *self.0
    }
}

/// A response of one line of text.
pub(crate) fn text_response(status: StatusCode, text: impl Into<String>) -> HttpResponse {
    response(status, "text/plain; charset=utf-8", text.into() + "\n")
}

/// `response` with one more header. A value that is not valid in a header is dropped.
pub(crate) fn with_header(
    mut response: HttpResponse,
    name: HeaderName,
    value: impl TryInto<HeaderValue>,
) -> HttpResponse {
    if let Ok(value) = value.try_into() {
        response.headers_mut().insert(name, value);
    }
    response
}

/// 401. `presented` says whether the request had a token, which is then named as the cause.
pub(crate) fn unauthorized(presented: bool) -> HttpResponse {
    let (challenge, text) = if presented {
        (r#"Bearer realm="ghl-contacts-mcp", error="invalid_token""#, "the bearer token is not known here")
    } else {
        (r#"Bearer realm="ghl-contacts-mcp""#, "a bearer token is needed: Authorization: Bearer <token>")
    };
    let response = text_response(StatusCode::UNAUTHORIZED, text);
    with_header(response, WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

/// 405 with the methods that the path has.
pub(crate) fn method_not_allowed(methods: &'static str) -> HttpResponse {
    let text = format!("only {methods} is possible here");
    let response = text_response(StatusCode::METHOD_NOT_ALLOWED, text);
    with_header(response, ALLOW, HeaderValue::from_static(methods))
}

/// 400 with the JSON-RPC error of a body that is no message.
pub(crate) fn malformed(error: &Malformed) -> HttpResponse {
    let text = serde_json::to_string(error).unwrap_or_default();
    response(StatusCode::BAD_REQUEST, "application/json", text)
}

/// 200 with `text`.
pub(crate) fn page(content_type: &'static str, text: String) -> HttpResponse {
    response(StatusCode::OK, content_type, text)
}

fn response(status: StatusCode, content_type: &'static str, text: String) -> HttpResponse {
    let mut response = Response::new(Full::new(Bytes::from(text)).boxed_unsync());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
