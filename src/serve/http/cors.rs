//! CORS: responses that a page of an allowed origin may read. Without `--allowed-origin` no page may.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, VARY,
};
use hyper::{HeaderMap, Method, StatusCode};

use crate::serve::http::response::{HttpResponse, ResponseBody};

/// The headers that MCP clients send. `Mcp-Param-*` come from schemas with `x-mcp-header`, which this server has none of.
const ALLOWED_HEADERS: &str = "authorization, content-type, accept, mcp-protocol-version, mcp-session-id, mcp-method, \
mcp-name, last-event-id, traceparent, tracestate";

/// The headers of a response that a page may read, beside those that it may always read.
const EXPOSED_HEADERS: &str = "www-authenticate, mcp-protocol-version, retry-after";
/// The same where people may sign in: browser clients look for the id of a session, too.
const EXPOSED_TO_PEOPLE: &str = "www-authenticate, mcp-session-id, mcp-protocol-version, retry-after";

/// Whether a browser asks if it may send the actual request.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The response to a preflight of an allowed origin.
pub(crate) fn preflight(methods: &'static str) -> HttpResponse {
    let mut response = HttpResponse::new(ResponseBody::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

/// `response`, readable for a page of `origin`. `people` says whether people may sign in.
pub(crate) fn readable_by(mut response: HttpResponse, origin: &str, people: bool) -> HttpResponse {
    if let Ok(origin) = HeaderValue::from_str(origin) {
        let exposed = if people { EXPOSED_TO_PEOPLE } else { EXPOSED_HEADERS };
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// `response`, readable for every page: it holds nothing that a page could not get in another way.
pub(crate) fn readable_by_all(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
