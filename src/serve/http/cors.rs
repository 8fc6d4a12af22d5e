//! Answers that a page of a named origin may read. Without `--allowed-origin` there are none.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, VARY,
};
use hyper::{HeaderMap, Method, StatusCode};

use crate::serve::http::response::{Body, Reply, reply};

/// The headers that MCP clients send. `Mcp-Param-*` are made by schemas that this server does not have.
const HEADERS: &str = "authorization, content-type, accept, mcp-protocol-version, mcp-session-id, mcp-method, \
mcp-name, last-event-id, traceparent, tracestate";

/// The headers of an answer that a page may read beside the usual ones.
const EXPOSED: &str = "www-authenticate, mcp-protocol-version, retry-after";

/// Whether a browser asks before it sends the real request.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight of a named origin.
pub(crate) fn preflight(methods: &'static str) -> Reply {
    let mut reply = reply(StatusCode::NO_CONTENT, "");
    *reply.body_mut() = Body::default();
    let headers = reply.headers_mut();
    headers.clear();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(HEADERS));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    reply
}

/// `reply` as a page of `origin` may read it.
pub(crate) fn readable(mut reply: Reply, origin: &str) -> Reply {
    if let Ok(origin) = HeaderValue::from_str(origin) {
        let headers = reply.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
    reply
}
