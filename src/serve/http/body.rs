//! Reads a request's body within limits of size and time, and within the budget of all bodies.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::body::Body;
use hyper::header::{CONNECTION, RETRY_AFTER};
use hyper::http::Extensions;

use crate::serve::http::budget::{BodyBudget, Charge, Exhausted};
use crate::serve::http::options::Limits;
use crate::serve::http::response::{EarlyResponse, HttpResponse, text_response, with_header};

/// The bytes of each body that are not charged, so that a small call is served while large bodies hold the whole budget.
const FREE: usize = 16 * 1024;

/// A whole body.
pub(crate) struct RequestBody {
    pub(crate) bytes: Bytes,
    charge: Charge,
}

impl RequestBody {
    /// Ties the charge to a request, so that it is given back when the request is done.
    pub(crate) fn charge_to(self, extensions: &mut Extensions) -> Bytes {
        if !self.charge.is_zero() {
            extensions.insert(Arc::new(self.charge));
        }
        self.bytes
    }

    /// The same for a request that has to wait for others: all its bytes are charged.
    ///
    /// # Errors
    /// The response to a body for which the budget has no space (503).
    pub(crate) fn charge_whole_to(mut self, extensions: &mut Extensions) -> Result<Bytes, EarlyResponse> {
        self.charge.grow_to(self.bytes.len()).map_err(|Exhausted| too_many())?;
        Ok(self.charge_to(extensions))
    }
}

/// The part of a body that has arrived.
struct Arrived {
    /// The first piece. Most bodies have no other, and are not copied.
    first: Bytes,
    rest: Vec<u8>,
    charge: Charge,
    most: usize,
}

impl Arrived {
    fn add(&mut self, piece: Bytes) -> Result<(), Exhausted> {
        if self.first.is_empty() && self.rest.is_empty() {
            self.first = piece;
            return Ok(());
        }
        let first = std::mem::take(&mut self.first);
        self.append(&first)?;
        self.append(&piece)
    }

    /// The memory is charged before it is taken.
    fn append(&mut self, piece: &[u8]) -> Result<(), Exhausted> {
        let needed = self.rest.len() + piece.len();
        if needed > self.rest.capacity() {
            let capacity = needed.max((2 * self.rest.capacity()).min(self.most));
            self.charge.grow_to(capacity.saturating_sub(FREE))?;
            self.rest.reserve_exact(capacity - self.rest.len());
        }
        self.rest.extend_from_slice(piece);
        Ok(())
    }

    fn len(&self) -> usize {
        self.first.len() + self.rest.len()
    }

    fn whole(self) -> RequestBody {
        let bytes = if self.rest.is_empty() { self.first } else { self.rest.into() };
        RequestBody { bytes, charge: self.charge }
    }
}

/// Reads `body` to its end.
///
/// # Errors
/// The response to a body of more than `max_bytes` (413), a body that takes more than `max_time` (408), a body that ends
/// early (400), and to a body for which the budget has no space (503).
#[expect(clippy::disallowed_methods, reason = "the time that a body may take is measured here")]
pub(crate) async fn read<B>(
    body: B,
    limits: &Limits,
    budget: &BodyBudget,
) -> Result<RequestBody, EarlyResponse>
where
    B: Body<Data = Bytes> + Unpin,
{
    let max_bytes = limits.body_bytes;
    // A `Content-Length` above the limit is refused before a byte of the body is read.
    if body.size_hint().lower() > u64::try_from(max_bytes).unwrap_or(u64::MAX) {
        return Err(too_large(max_bytes).into());
    }
    match tokio::time::timeout(limits.body_time, collect(body, max_bytes, budget)).await {
        Ok(collected) => collected,
        Err(_) => Err(closing(text_response(StatusCode::REQUEST_TIMEOUT, "the body took too long")).into()),
    }
}

async fn collect<B>(mut body: B, max_bytes: usize, budget: &BodyBudget) -> Result<RequestBody, EarlyResponse>
where
    B: Body<Data = Bytes> + Unpin,
{
    // The announced length limits what is reserved. It is not reserved before it arrives.
    let announced = body.size_hint().exact().and_then(|length| usize::try_from(length).ok());
    let most = announced.unwrap_or(max_bytes).min(max_bytes);
    let mut arrived = Arrived { first: Bytes::new(), rest: Vec::new(), charge: budget.charge(), most };
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|_| closing(text_response(StatusCode::BAD_REQUEST, "the body ended early")))?;
        let Ok(piece) = frame.into_data() else { continue };
        if arrived.len() + piece.len() > max_bytes {
            return Err(too_large(max_bytes).into());
        }
        arrived.add(piece).map_err(|Exhausted| too_many())?;
    }
    Ok(arrived.whole())
}

fn too_large(max_bytes: usize) -> HttpResponse {
    let text = format!("the body is larger than {max_bytes} bytes");
    closing(text_response(StatusCode::PAYLOAD_TOO_LARGE, text))
}

fn too_many() -> HttpResponse {
    let text = "the bodies of other requests use all memory for bodies; send it again later";
    let response = text_response(StatusCode::SERVICE_UNAVAILABLE, text);
    closing(with_header(response, RETRY_AFTER, "5"))
}

/// The rest of the body is not read, so the connection cannot be used for another request.
fn closing(response: HttpResponse) -> HttpResponse {
    with_header(response, CONNECTION, "close")
}

#[cfg(test)]
mod tests;
