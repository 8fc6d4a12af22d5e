//! The body of an HTTP response: all of it, or half of it before the connection closes.

use futures_util::{StreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame};

use crate::sandbox::response::Response;

/// The body of a response, which may end early.
pub(crate) type Body = UnsyncBoxBody<Bytes, Disconnected>;

/// The connection closes here, before a response or in the middle of it.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox closed the connection")]
pub(crate) struct Disconnected;

/// A whole response.
pub(crate) fn whole(response: &Response) -> Result<hyper::Response<Body>, Disconnected> {
    let body = Full::new(Bytes::from(response.body.to_text()));
    build(response, body.map_err(|never| match never {}).boxed_unsync())
}

/// A response with the `content-length` of the whole body, but only the first half of it; then the connection closes.
pub(crate) fn truncated(
    response: &Response,
    limits: Vec<(String, String)>,
) -> Result<hyper::Response<Body>, Disconnected> {
    let mut bytes = Bytes::from(response.body.to_text());
    let mut response = response.clone().with_header("content-length", bytes.len().to_string());
    response.headers.extend(limits);
    bytes.truncate(bytes.len() / 2);
    let disconnect = async {
        // Lets hyper send the first half before the error closes the connection.
        tokio::task::yield_now().await;
        Err(Disconnected)
    };
    let chunks = stream::iter([Ok(Frame::data(bytes))]).chain(stream::once(disconnect));
    build(&response, StreamBody::new(chunks).boxed_unsync())
}

fn build(response: &Response, body: Body) -> Result<hyper::Response<Body>, Disconnected> {
    let mut built = hyper::Response::builder().status(response.status);
    // What is not there has no type.
    if response.body.to_value().is_some() {
        built = built.header("content-type", response.body.content_type());
    }
    for (name, value) in &response.headers {
        built = built.header(name, value);
    }
    built.body(body).map_err(|_| Disconnected)
}
