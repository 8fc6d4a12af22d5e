//! `/mcp`: Streamable HTTP by the SDK, one message per request.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::http::Extensions;
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, StatusCode};

use crate::serve::handler::McpServer;
use crate::serve::headers::is_json;
use crate::serve::http::accounts::AccountService;
use crate::serve::http::negotiation::{JsonOnly, ResponseFormat};
use crate::serve::http::response::{
    EarlyResponse, HttpResponse, malformed, method_not_allowed, text_response,
};
use crate::serve::message::{self, Malformed};

/// Checks the head of a request, and says which form of response the client reads.
///
/// # Errors
/// The response to another method than `POST` (405), to a client that reads neither form (406), and to a content type
/// other than JSON (415).
pub(crate) fn check_head(
    method: &Method,
    headers: &HeaderMap,
    has_sessions: bool,
) -> Result<ResponseFormat, EarlyResponse> {
    if has_sessions && matches!(*method, Method::GET | Method::DELETE) {
        return Ok(ResponseFormat::Both);
    }
    if *method != Method::POST {
        return Err(method_not_allowed("POST").into());
    }
    let format = ResponseFormat::accepted(headers).ok_or_else(|| {
        let text = "this path answers application/json or text/event-stream";
        text_response(StatusCode::NOT_ACCEPTABLE, text)
    })?;
    if is_json(headers) { Ok(format) } else { Err(unsupported_media_type()) }
}

/// The response to a content type other than JSON.
pub(crate) fn unsupported_media_type() -> EarlyResponse {
    let text = "the content type must be application/json";
    text_response(StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into()
}

/// Checks that a body is one JSON object. A key that its arguments have twice is noted in `extensions`.
///
/// # Errors
/// The response to any other body.
pub(crate) fn check_body(body: &[u8], extensions: &mut Extensions) -> Result<(), EarlyResponse> {
    if let Some(repeated) = message::check(body).map_err(|error| malformed(&error))? {
        extensions.insert(repeated);
    }
    Ok(())
}

/// Sends one message to the MCP server of an account.
pub(crate) async fn respond<S: McpServer>(
    service: &AccountService<S>,
    format: ResponseFormat,
    mut parts: Parts,
    body: Bytes,
) -> HttpResponse {
    if parts.method == Method::POST
        && let Err(early) = check_body(&body, &mut parts.extensions)
    {
        return early.into_response();
    }
    let sdk = match format {
        ResponseFormat::EventStream => &service.event_stream,
        ResponseFormat::Both | ResponseFormat::Json => &service.json,
    };
    if format == ResponseFormat::Json {
        parts.extensions.insert(JsonOnly);
    }
    ResponseFormat::accept_both(&mut parts.headers);
    let response = sdk.handle(Request::from_parts(parts, Full::new(body.clone()))).await;
    if response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        // The content type was checked, so the SDK means that it cannot read the body.
        return malformed(&Malformed::not_a_message(&body));
    }
    response.map(BodyExt::boxed_unsync)
}
