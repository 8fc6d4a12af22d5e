//! A request's body, read to its end within bounds of size and time.
#![expect(clippy::disallowed_methods, reason = "the time that a body may take is measured here")]

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::Body;
use hyper::header::CONNECTION;

use crate::serve::http::response::{Refusal, Reply, reply, with_header};

/// Reads `body`, or says what to answer instead.
pub(crate) async fn read<B>(body: B, most: usize, time: Duration) -> Result<Bytes, Refusal>
where
    B: Body,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + fmt::Display,
{
    // A length that was announced is refused before a byte of it is read.
    if body.size_hint().lower() > u64::try_from(most).unwrap_or(u64::MAX) {
        return Err(too_large(most).into());
    }
    match tokio::time::timeout(time, Limited::new(body, most).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(most).into()),
        Ok(Err(_)) => Err(closing(reply(StatusCode::BAD_REQUEST, "the body broke off")).into()),
        Err(_) => Err(closing(reply(StatusCode::REQUEST_TIMEOUT, "the body took too long")).into()),
    }
}

fn too_large(most: usize) -> Reply {
    closing(reply(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {most} bytes")))
}

/// What is left of the body is not read, so the connection is of no more use.
fn closing(reply: Reply) -> Reply {
    with_header(reply, CONNECTION, "close")
}
