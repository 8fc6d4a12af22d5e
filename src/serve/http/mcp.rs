//! `/mcp`: Streamable HTTP, stateless, by the SDK.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, StatusCode};
use rmcp::model::ErrorCode;

use crate::serve::handler::Served;
use crate::serve::headers::is_json;
use crate::serve::http::accounts::Door;
use crate::serve::http::body;
use crate::serve::http::negotiation::{JsonOnly, Media};
use crate::serve::http::options::Limits;
use crate::serve::http::response::{Refusal, Reply, bad_message, not_allowed, reply};

/// The methods of this path.
pub(crate) const METHODS: &str = "POST";

/// Whether the head of a request is one that this path answers.
pub(crate) fn check(method: &Method, headers: &HeaderMap, with_sessions: bool) -> Result<Media, Refusal> {
    if with_sessions && matches!(*method, Method::GET | Method::DELETE) {
        return Ok(Media::Both);
    }
    if *method != Method::POST {
        return Err(not_allowed(METHODS).into());
    }
    let Some(media) = Media::of(headers) else {
        let text = "this path answers application/json or text/event-stream";
        return Err(reply(StatusCode::NOT_ACCEPTABLE, text).into());
    };
    if !is_json(headers) {
        return Err(
            reply(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the content type must be application/json").into()
        );
    }
    Ok(media)
}

/// What is wrong with a body before anything is known of its meaning. The SDK would answer 415 to all of it.
pub(crate) fn refuse_garbage(body: &[u8]) -> Result<(), Refusal> {
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Ok(()),
        Some(b'[') if is_valid(body) => {
            Err(bad_message(ErrorCode::INVALID_REQUEST, "batches are not served: send one message at a time")
                .into())
        }
        _ if is_valid(body) => {
            Err(bad_message(ErrorCode::INVALID_REQUEST, "the body is not a JSON-RPC message").into())
        }
        _ => Err(bad_message(ErrorCode::PARSE_ERROR, "the body is not JSON").into()),
    }
}

/// Whether it is JSON at all.
pub(crate) fn is_valid(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// Answers one message.
pub(crate) async fn answer<S: Served>(door: &Door<S>, media: Media, mut parts: Parts, body: Bytes) -> Reply {
    if parts.method == Method::POST
        && let Err(refusal) = refuse_garbage(&body)
    {
        return refusal.into_reply();
    }
    let service = match media {
        Media::EventStream => &door.stream,
        Media::Both | Media::Json => &door.json,
    };
    if media == Media::Json {
        parts.extensions.insert(JsonOnly);
    }
    Media::name_both(&mut parts.headers);
    let answer = service.handle(Request::from_parts(parts, Full::new(body.clone()))).await;
    if answer.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        // The content type is right, so this is the SDK's word for a body that it could not read.
        return if is_valid(&body) {
            bad_message(ErrorCode::INVALID_REQUEST, "the body is not a JSON-RPC message")
        } else {
            bad_message(ErrorCode::PARSE_ERROR, "the body is not JSON")
        };
    }
    answer.map(BodyExt::boxed_unsync)
}

/// Reads the body of a request within `limits`.
pub(crate) async fn read(incoming: hyper::body::Incoming, limits: &Limits) -> Result<Bytes, Refusal> {
    body::read(incoming, limits.body_bytes, limits.body_time).await
}
