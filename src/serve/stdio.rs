//! MCP as lines of JSON: over stdin and stdout, or any stream of bytes.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, GetMeta, ProtocolVersion, RequestId,
};
use rmcp::service::{RxJsonRpcMessage, ServerInitializeError, TxJsonRpcMessage};
use rmcp::transport::Transport;
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::{RoleServer, ServiceExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::serve::Handler;

/// The longest line that is read, in bytes. A longer one is dropped and the session goes on.
const MAX_LINE: usize = 4 * 1024 * 1024;

/// Why serving over a stream ended badly.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The client and the server could not begin.
    #[error("the MCP session could not begin: {0}")]
    Start(Box<ServerInitializeError>),
    /// The session's task ended in a panic or was aborted.
    #[error("the MCP session broke off: {0}")]
    Session(#[from] tokio::task::JoinError),
}

/// Serves on stdin and stdout until stdin ends.
pub async fn stdio<C: Send + Sync + 'static>(handler: Handler<C>) -> Result<(), StdioError> {
    stdio_until(handler, CancellationToken::new()).await
}

/// Serves on stdin and stdout until stdin ends or `stop` fires.
pub async fn stdio_until<C: Send + Sync + 'static>(
    handler: Handler<C>,
    stop: CancellationToken,
) -> Result<(), StdioError> {
    let (read, write) = rmcp::transport::io::stdio_pipes();
    session(handler, read, write, stop).await
}

/// Serves on `stream` until its other end closes.
pub async fn over<C, S>(handler: Handler<C>, stream: S) -> Result<(), StdioError>
where
    C: Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    over_until(handler, stream, CancellationToken::new()).await
}

/// Serves on `stream` until its other end closes or `stop` fires.
pub async fn over_until<C, S>(
    handler: Handler<C>,
    stream: S,
    stop: CancellationToken,
) -> Result<(), StdioError>
where
    C: Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (read, write) = tokio::io::split(stream);
    session(handler, read, write, stop).await
}

async fn session<C, R, W>(
    handler: Handler<C>,
    read: R,
    write: W,
    stop: CancellationToken,
) -> Result<(), StdioError>
where
    C: Send + Sync + 'static,
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let lines = AsyncRwTransport::new(read, write).with_max_line_length(MAX_LINE);
    match handler.serve_with_ct(Patient::new(lines), stop).await {
        Ok(running) => {
            running.waiting().await?;
            Ok(())
        }
        // Hosts of both eras start a throw-away process, ask it `server/discover` and leave, perhaps before the
        // answer is written: that is no failure.
        Err(
            ServerInitializeError::ConnectionClosed(_)
            | ServerInitializeError::TransportError { .. }
            | ServerInitializeError::Cancelled,
        ) => Ok(()),
        Err(error) => Err(StdioError::Start(Box::new(error))),
    }
}

/// A transport that waits for the request that begins the session.
///
/// The SDK ends the session when a notification or a response comes before that request, and some clients send
/// `notifications/cancelled` for a `server/discover` that they gave up. Such messages are dropped here.
///
/// It also reads no further while 512 requests wait for their answers: the SDK begins whatever it reads,
/// and a client that writes twenty thousand calls at once, or never reads, would have it hold them all.
///
/// And it ends where an answer could not be written: nobody is there to read the next one, though what held the
/// client's end of stdin may hold it for ever.
pub struct Patient<T> {
    inner: T,
    begun: bool,
    unanswered: Arc<Unanswered>,
    /// Fires when nothing can be written any more.
    unread: CancellationToken,
}

/// More than the calls that run and wait behind the gate (64 and 256), so that the excess is read and told `busy`.
const MOST_UNANSWERED: usize = 512;

/// Requests that were read and not yet answered.
#[derive(Debug, Default)]
struct Unanswered {
    ids: Mutex<HashSet<RequestId>>,
    fewer: Notify,
}

impl Unanswered {
    fn ids(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request came, or one was called off and will not be answered.
    fn came(&self, message: &ClientJsonRpcMessage) {
        match message {
            ClientJsonRpcMessage::Request(request) => {
                self.ids().insert(request.id.clone());
            }
            ClientJsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.ids().remove(id);
                }
            }
            _ => {}
        }
    }

    fn answered(&self, id: &RequestId) {
        self.ids().remove(id);
        self.fewer.notify_one();
    }

    async fn few(&self) {
        while self.ids().len() >= MOST_UNANSWERED {
            self.fewer.notified().await;
        }
    }
}

fn answers(message: &TxJsonRpcMessage<RoleServer>) -> Option<RequestId> {
    match message {
        TxJsonRpcMessage::<RoleServer>::Response(answer) => Some(answer.id.clone()),
        TxJsonRpcMessage::<RoleServer>::Error(error) => error.id.clone(),
        _ => None,
    }
}

impl<T> Patient<T> {
    /// `inner`, without what comes too early.
    pub fn new(inner: T) -> Self {
        Self { inner, begun: false, unanswered: Arc::default(), unread: CancellationToken::new() }
    }
}

impl<T> std::fmt::Debug for Patient<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Patient").field("begun", &self.begun).finish_non_exhaustive()
    }
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for Patient<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let answered = answers(&item).map(|id| (Arc::clone(&self.unanswered), id));
        let (sending, unread) = (self.inner.send(item), self.unread.clone());
        async move {
            let sent = sending.await;
            if sent.is_err() {
                unread.cancel();
            }
            if let Some((unanswered, id)) = answered {
                unanswered.answered(&id);
            }
            sent
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let next = async {
                self.unanswered.few().await;
                self.inner.receive().await
            };
            let message = self.unread.run_until_cancelled(next).await??;
            self.unanswered.came(&message);
            if self.begun {
                return Some(message);
            }
            if let ClientJsonRpcMessage::Request(request) = &message {
                self.begun = begins(&request.request);
                return Some(message);
            }
            tracing::debug!("a message before the session began was dropped");
        }
    }

    fn close(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.inner.close()
    }
}

/// Whether the SDK begins the session with this request: `initialize`, or any request but `server/discover` and
/// `ping` that carries the metadata of 2026-07-28.
fn begins(request: &ClientRequest) -> bool {
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
