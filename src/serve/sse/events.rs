//! The stream of a session: where to send messages, then every message of the server, and a sign of life in between.
#![expect(clippy::disallowed_methods, reason = "the pause between two signs of life is measured here")]

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

use crate::serve::http::Body;
use crate::serve::sse::registry::Closing;

/// A comment, which clients skip; proxies see that the connection lives, and we see when it does not.
const SIGN_OF_LIFE: &[u8] = b": keep-alive\n\n";

pub(crate) struct Events {
    first: Option<Bytes>,
    outgoing: mpsc::Receiver<TxJsonRpcMessage<RoleServer>>,
    keep_alive: Duration,
    end: CancellationToken,
    _closing: Closing,
}

impl Events {
    pub(crate) fn new(
        endpoint: &str,
        outgoing: mpsc::Receiver<TxJsonRpcMessage<RoleServer>>,
        closing: Closing,
        keep_alive: Duration,
        end: CancellationToken,
    ) -> Self {
        Self { first: Some(event("endpoint", endpoint)), outgoing, keep_alive, end, _closing: closing }
    }

    pub(crate) fn into_body(self) -> Body {
        let frames = stream::unfold(self, |mut events| async move {
            let bytes = events.next().await?;
            Some((Ok::<_, Infallible>(Frame::data(bytes)), events))
        });
        StreamBody::new(frames).boxed_unsync()
    }

    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        tokio::select! {
            biased;
            message = self.outgoing.recv() => {
                // JSON has no line breaks of its own, so a message is one line of data.
                Some(event("message", &serde_json::to_string(&message?).ok()?))
            }
            () = self.end.cancelled() => None,
            () = tokio::time::sleep(self.keep_alive) => Some(Bytes::from_static(SIGN_OF_LIFE)),
        }
    }
}

fn event(name: &str, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}
