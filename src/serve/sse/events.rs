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

/// A comment, which clients ignore. It keeps proxies from closing the connection, and writing it fails if the client is
/// gone.
const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";

/// The stream, until it is dropped.
pub(crate) struct EventStream {
    first: Option<Bytes>,
    outgoing: mpsc::Receiver<TxJsonRpcMessage<RoleServer>>,
    keep_alive: Duration,
    abort: CancellationToken,
    _guard: SessionGuard,
}

impl EventStream {
    pub(crate) fn new(
        endpoint: &str,
        outgoing: mpsc::Receiver<TxJsonRpcMessage<RoleServer>>,
        guard: SessionGuard,
        keep_alive: Duration,
        abort: CancellationToken,
    ) -> Self {
        Self { first: Some(event("endpoint", endpoint)), outgoing, keep_alive, abort, _guard: guard }
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
        tokio::select! {
            biased;
            message = self.outgoing.recv() => {
                // Compact JSON has no line breaks, so a message is one line of data.
                Some(event("message", &serde_json::to_string(&message?).ok()?))
            }
            () = self.abort.cancelled() => None,
            () = tokio::time::sleep(self.keep_alive) => Some(Bytes::from_static(KEEP_ALIVE)),
        }
    }
}

fn event(name: &str, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}
