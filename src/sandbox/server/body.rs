//! The bytes of an answer: all of them, or half of them before the connection closes.

use futures_util::{StreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame};

use crate::sandbox::response::Response;

/// The body of an answer, which may break off.
pub(crate) type Body = UnsyncBoxBody<Bytes, Cut>;

/// The connection ends here, without an answer or in the middle of one.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox cut the connection")]
pub(crate) struct Cut;

/// The whole answer.
pub(crate) fn whole(answer: &Response) -> Result<hyper::Response<Body>, Cut> {
    let body = Full::new(Bytes::from(answer.body.to_text()));
    response(answer, body.map_err(|never| match never {}).boxed_unsync())
}

/// The length of the whole body, but only its first half; then the connection closes.
pub(crate) fn half(answer: &Response, limits: Vec<(String, String)>) -> Result<hyper::Response<Body>, Cut> {
    let mut bytes = Bytes::from(answer.body.to_text());
    let mut answer = answer.clone().with_header("content-length", bytes.len().to_string());
    answer.headers.extend(limits);
    bytes.truncate(bytes.len() / 2);
    let cut = async {
        // Lets hyper send the first half before the error closes the connection.
        tokio::task::yield_now().await;
        Err(Cut)
    };
    let chunks = stream::iter([Ok(Frame::data(bytes))]).chain(stream::once(cut));
    response(&answer, StreamBody::new(chunks).boxed_unsync())
}

fn response(answer: &Response, body: Body) -> Result<hyper::Response<Body>, Cut> {
    let mut built = hyper::Response::builder().status(answer.status);
    built = built.header("content-type", answer.body.content_type());
    for (name, value) in &answer.headers {
        built = built.header(name, value);
    }
    built.body(body).map_err(|_| Cut)
}
