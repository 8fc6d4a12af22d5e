//! Reads a request's body within limits of size and time.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::Body;
use hyper::header::CONNECTION;

use crate::serve::http::response::{EarlyResponse, HttpResponse, text_response, with_header};

/// Reads `body` to its end.
///
/// # Errors
/// The response to a body of more than `max_bytes` (413), a body that takes more than `max_time` (408), and a body that
/// ends early (400).
#[expect(clippy::disallowed_methods, reason = "the time that a body may take is measured here")]
pub(crate) async fn read<B>(body: B, max_bytes: usize, max_time: Duration) -> Result<Bytes, EarlyResponse>
where
    B: Body,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + fmt::Display,
{
    // A `Content-Length` above the limit is refused before a byte of the body is read.
    if body.size_hint().lower() > u64::try_from(max_bytes).unwrap_or(u64::MAX) {
        return Err(too_large(max_bytes).into());
    }
    match tokio::time::timeout(max_time, Limited::new(body, max_bytes).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(max_bytes).into()),
        Ok(Err(_)) => Err(closing(text_response(StatusCode::BAD_REQUEST, "the body ended early")).into()),
        Err(_) => Err(closing(text_response(StatusCode::REQUEST_TIMEOUT, "the body took too long")).into()),
    }
}

fn too_large(max_bytes: usize) -> HttpResponse {
    let text = format!("the body is larger than {max_bytes} bytes");
    closing(text_response(StatusCode::PAYLOAD_TOO_LARGE, text))
}

/// The rest of the body is not read, so the connection cannot be used for another request.
fn closing(response: HttpResponse) -> HttpResponse {
    with_header(response, CONNECTION, "close")
}
