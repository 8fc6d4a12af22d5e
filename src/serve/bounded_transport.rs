//! A transport between the SDK and a client that bounds how many requests the client may have open.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, GetMeta, ProtocolVersion, RequestId,
};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::serve::drain::{Drain, now};

/// A transport that adds these rules to `T`:
///
/// - Messages before the request that starts the session are dropped. The SDK would end the session at such a
///   notification or response, and some clients send `notifications/cancelled` for a `server/discover` that they gave up.
/// - While 512 requests have no response, nothing more is read. The SDK starts every request that it reads, so a client
///   that writes twenty thousand calls at once, or never reads, would make it hold all of them.
/// - After a response could not be written, nothing more is read, and the session ends. Another process may keep the
///   client's end of stdin open for ever, so stdin alone does not show that the client is gone.
/// - With a `SessionEnd`, the session ends after the calls that were read have ended and their answers are written. The
///   SDK itself would wait for them for two to five seconds, and then cancel them.
pub struct BoundedTransport<T> {
    inner: T,
    started: bool,
    pending: Arc<PendingRequests>,
    /// Fires when a response could not be written.
    write_failed: CancellationToken,
    end: Option<SessionEnd>,
    /// Nothing more is read.
    ended: bool,
    /// When it was seen that the client writes no more, while nothing could be read.
    closed_at: Option<Instant>,
}

/// How a session ends.
pub(crate) struct SessionEnd {
    /// Stops the session; its time begins when nothing more is read.
    pub(crate) drain: Drain,
    /// The calls that are running.
    pub(crate) calls: TaskTracker,
    /// Resolves when the client writes no more, also while what it wrote is not read.
    pub(crate) closed: fn() -> BoxFuture<'static, ()>,
}

/// More than the calls that may run and wait in the call limiter (64 and 256), so that the calls above its limits are
/// read and answered with `busy`.
const MAX_PENDING: usize = 512;

/// Requests that were read and have no response yet.
#[derive(Debug, Default)]
struct PendingRequests {
    ids: Mutex<HashSet<RequestId>>,
    removed: Notify,
    /// When the last answer was written.
    answered: Mutex<Option<Instant>>,
}

impl PendingRequests {
    fn ids(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answered_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a request; removes a request that the client cancelled, since it gets no response.
    fn received(&self, message: &ClientJsonRpcMessage) {
        match message {
            ClientJsonRpcMessage::Request(request) => {
                self.ids().insert(request.id.clone());
            }
            ClientJsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.remove(id);
                }
            }
            _ => {}
        }
    }

    fn answered(&self, id: &RequestId) {
        *self.answered_at() = Some(now());
        self.remove(id);
    }

    fn remove(&self, id: &RequestId) {
        self.ids().remove(id);
        self.removed.notify_one();
    }

    /// Waits until at most this many have no response.
    async fn at_most(&self, limit: usize) {
        while self.ids().len() > limit {
            self.removed.notified().await;
        }
    }
}

/// The request that `message` is the response to.
fn answered_request(message: &TxJsonRpcMessage<RoleServer>) -> Option<RequestId> {
    match message {
        TxJsonRpcMessage::<RoleServer>::Response(answer) => Some(answer.id.clone()),
        TxJsonRpcMessage::<RoleServer>::Error(error) => error.id.clone(),
        _ => None,
    }
}

impl<T> BoundedTransport<T> {
    /// Adds the rules to `inner`.
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            started: false,
            pending: Arc::default(),
            write_failed: CancellationToken::new(),
            end: None,
            ended: false,
            closed_at: None,
        }
    }

    /// Ends the session as `end` says.
    #[must_use]
    pub(crate) fn ending(mut self, end: SessionEnd) -> Self {
        self.end = Some(end);
        self
    }
}

impl<T: Transport<RoleServer>> BoundedTransport<T> {
    /// The next message; none after the last one, or after the session was stopped.
    async fn next(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        if self.ended {
            return None;
        }
        let stop = self.end.as_ref().map(|end| end.drain.stop().clone()).unwrap_or_default();
        let next = async {
            may_read(&self.pending, self.end.as_ref(), &mut self.closed_at).await?;
            self.inner.receive().await
        };
        let message = tokio::select! {
            biased;
            () = self.write_failed.cancelled() => None,
            () = stop.cancelled() => None,
            message = next => message,
        };
        self.ended = message.is_none();
        message
    }

    /// Waits until the calls that were read have ended and are answered.
    async fn finish(&mut self) {
        let Some(end) = &self.end else { return };
        end.drain.begin();
        self.pending.at_most(0).await;
        // A cancelled call gets no answer, and runs until its write has ended.
        end.calls.close();
        end.calls.wait().await;
    }
}

/// Waits until another request may be read. None if the client writes no more and has not read an answer for the time of
/// the drain: then it never reads one.
async fn may_read(
    pending: &PendingRequests,
    end: Option<&SessionEnd>,
    closed_at: &mut Option<Instant>,
) -> Option<()> {
    if pending.ids().len() < MAX_PENDING {
        return Some(());
    }
    let Some(end) = end else {
        pending.at_most(MAX_PENDING - 1).await;
        return Some(());
    };
    let unread = async {
        if closed_at.is_none() {
            (end.closed)().await;
            *closed_at = Some(now());
        }
        let since = (*closed_at).max(*pending.answered_at()).unwrap_or_else(now);
        end.drain.over_since(since).await;
        since
    };
    tokio::select! {
        () = pending.at_most(MAX_PENDING - 1) => Some(()),
        since = unread => {
            end.drain.begin_at(since);
            None
        }
    }
}

impl<T> std::fmt::Debug for BoundedTransport<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BoundedTransport").field("started", &self.started).finish_non_exhaustive()
    }
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for BoundedTransport<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let answered = answered_request(&item).map(|id| (Arc::clone(&self.pending), id));
        let (sending, write_failed) = (self.inner.send(item), self.write_failed.clone());
        async move {
            let sent = sending.await;
            if sent.is_err() {
                write_failed.cancel();
            }
            if let Some((pending, id)) = answered {
                pending.answered(&id);
            }
            sent
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let Some(message) = self.next().await else {
                self.finish().await;
                return None;
            };
            self.pending.received(&message);
            if self.started {
                return Some(message);
            }
            if let ClientJsonRpcMessage::Request(request) = &message {
                self.started = starts_session(&request.request);
                return Some(message);
            }
            tracing::debug!("dropped a message that came before the session started");
        }
    }

    fn close(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.inner.close()
    }
}

/// Whether the SDK starts the session with this request: `initialize`, or a request with the metadata of 2026-07-28
/// other than `server/discover` and `ping`.
fn starts_session(request: &ClientRequest) -> bool {
    match request {
        ClientRequest::InitializeRequest(_) => true,
        ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
        other => {
            let meta = other.get_meta();
            meta.missing_required_keys(&ProtocolVersion::V_2026_07_28).is_empty()
                && meta
                    .protocol_version()
                    .is_some_and(|version| ProtocolVersion::KNOWN_VERSIONS.contains(&version))
        }
    }
}
