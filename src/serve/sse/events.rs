//! The event stream of a session: first the address for messages, then each message of the server, and keep-alive
//! comments in between.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use rmcp::RoleServer;
use rmcp::service::TxJsonRpcMessage;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::serve::http::ResponseBody;
use crate::serve::sse::registry::SessionGuard;
use crate::serve::sse::validity::Validity;

/// A comment, which clients ignore. It keeps proxies from closing the connection, and writing it fails if the client is
/// gone.
const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";

/// The stream, until it is dropped.
pub(crate) struct EventStream {
    first: Option<Bytes>,
    outgoing: mpsc::Receiver<TxJsonRpcMessage<RoleServer>>,
    times: Times,
    abort: CancellationToken,
    _guard: SessionGuard,
}

/// How long a stream waits for a message, and for how long in all.
pub(crate) struct Times {
    pub(crate) keep_alive: Duration,
    pub(crate) validity: Validity,
}

impl EventStream {
    pub(crate) fn new(
        endpoint: &str,
        outgoing: mpsc::Receiver<TxJsonRpcMessage<RoleServer>>,
        guard: SessionGuard,
        times: Times,
        abort: CancellationToken,
    ) -> Self {
        Self { first: Some(event("endpoint", endpoint)), outgoing, times, abort, _guard: guard }
    }

    pub(crate) fn into_body(self) -> ResponseBody {
        let frames = stream::unfold(self, |mut events| async move {
            let bytes = events.next().await?;
            Some((Ok::<_, Infallible>(Frame::data(bytes)), events))
        });
        StreamBody::new(frames).boxed_unsync()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the pause between two keep-alive comments is measured here"
    )]
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        let left = self.times.validity.left();
        if left.is_some_and(|left| left.is_zero()) {
            return None;
        }
        let wait = left.map_or(self.times.keep_alive, |left| left.min(self.times.keep_alive));
        tokio::select! {
            biased;
            message = self.outgoing.recv() => {
                // Compact JSON has no line breaks, so a message is one line of data.
                Some(event("message", &serde_json::to_string(&message?).ok()?))
            }
            () = self.abort.cancelled() => None,
            // Where the time was over and a message has extended it meanwhile, this comment is early.
            () = tokio::time::sleep(wait) => match self.times.validity.left() {
                Some(left) if left.is_zero() => None,
                _ => Some(Bytes::from_static(KEEP_ALIVE)),
            },
        }
    }
}

fn event(name: &str, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}
