use std::convert::Infallible;
use std::pin::pin;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt as _};
use http_body_util::StreamBody;
use hyper::StatusCode;
use hyper::body::{Body, Frame};

use crate::serve::http::body::{RequestBody, read};
use crate::serve::http::budget::BodyBudget;
use crate::serve::http::options::Limits;
use crate::serve::http::response::EarlyResponse;

const PIECE: usize = 16 * 1024;

/// A body of these pieces, which then ends or stays open.
fn body(pieces: Vec<Bytes>, ends: bool) -> impl Body<Data = Bytes, Error = Infallible> + Unpin {
    let arrived = stream::iter(pieces.into_iter().map(|piece| Ok(Frame::data(piece))));
    let open = if ends { stream::empty().boxed() } else { stream::pending().boxed() };
    StreamBody::new(arrived.chain(open))
}

fn mebibyte_short_of_one_byte() -> Vec<Bytes> {
    let piece = Bytes::from_static(&[b' '; PIECE]);
    let mut pieces = vec![piece.clone(); 63];
    pieces.push(piece.slice(1..));
    pieces
}

fn status(result: Result<RequestBody, EarlyResponse>) -> StatusCode {
    result.map_or_else(|early| early.into_response().status(), |_| StatusCode::OK)
}

#[tokio::test]
async fn of_400_bodies_that_never_end_as_many_are_held_as_the_budget_has_space_for() {
    let (limits, budget) = (Limits::default(), BodyBudget::new(64 * 1024 * 1024));
    let mut held = Vec::new();
    let mut refused = 0;
    for _ in 0..400 {
        let mut reading = Box::pin(read(body(mebibyte_short_of_one_byte(), false), &limits, &budget));
        match reading.as_mut().now_or_never() {
            None => held.push(reading),
            Some(result) => {
                assert_eq!(status(result), StatusCode::SERVICE_UNAVAILABLE);
                refused += 1;
            }
        }
    }
    // The first 16 KiB of each are free.
    assert_eq!((held.len(), refused), (65, 335));
    let small = read(body(vec![Bytes::from_static(b"{}")], true), &limits, &budget).await;
    assert_eq!(small.ok().unwrap().bytes, "{}", "a small body needs no space");
    drop(held);
    let mut all = budget.charge();
    assert!(all.grow_to(64 * 1024 * 1024).is_ok(), "a client that goes gives its bytes back");
}

#[tokio::test]
async fn the_bytes_of_a_body_are_charged_until_its_request_is_done() {
    let (limits, budget) = (Limits::default(), BodyBudget::new(PIECE));
    let mut request = hyper::Request::new(()).into_parts().0;
    let pieces = || vec![Bytes::from_static(&[b' '; PIECE]); 2];
    let first = read(body(pieces(), true), &limits, &budget).await.ok().unwrap();
    assert_eq!(first.charge_to(&mut request.extensions).len(), 2 * PIECE);
    assert_eq!(status(read(body(pieces(), true), &limits, &budget).await), StatusCode::SERVICE_UNAVAILABLE);
    let kept = request.clone();
    drop(request);
    assert_eq!(status(read(body(pieces(), true), &limits, &budget).await), StatusCode::SERVICE_UNAVAILABLE);
    drop(kept);
    assert_eq!(status(read(body(pieces(), true), &limits, &budget).await), StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_waits_in_a_queue_is_charged_whole() {
    let (limits, budget) = (Limits::default(), BodyBudget::new(10));
    let mut extensions = hyper::http::Extensions::new();
    let small = |length| body(vec![Bytes::from(vec![b' '; length])], true);
    let first = read(small(6), &limits, &budget).await.ok().unwrap();
    assert!(first.charge_whole_to(&mut extensions).is_ok());
    let second = read(small(6), &limits, &budget).await.ok().unwrap();
    let refused = second.charge_whole_to(&mut hyper::http::Extensions::new()).unwrap_err().into_response();
    assert_eq!(
        (refused.status(), refused.headers()["retry-after"].to_str().unwrap()),
        (StatusCode::SERVICE_UNAVAILABLE, "5")
    );
}

#[tokio::test]
async fn a_body_of_many_pieces_is_the_same_bytes_and_no_piece_above_the_limit_is_kept() {
    let limits = Limits { body_bytes: 10, ..Limits::default() };
    let budget = BodyBudget::new(0);
    let digits = || (0..10).map(|at| Bytes::from(at.to_string())).collect::<Vec<_>>();
    let whole = pin!(read(body(digits(), true), &limits, &budget)).await.ok().unwrap();
    assert_eq!(whole.bytes, "0123456789");
    let mut more = digits();
    more.push(Bytes::from_static(b"x"));
    assert_eq!(status(read(body(more, false), &limits, &budget).await), StatusCode::PAYLOAD_TOO_LARGE);
}
