//! A transport between the SDK and a client that bounds what the client may begin.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, GetMeta, ProtocolVersion, RequestId,
};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

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
