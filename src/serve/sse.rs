//! HTTP+SSE, the transport of 2024-11-05: a client opens a stream at `/sse`, is told where to send its messages, and
//! gets every answer on the stream. The SDK does not have it; old hosts have nothing else.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use rmcp::model::{ClientJsonRpcMessage, ErrorCode, GetExtensions as _};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use rmcp::{RoleServer, ServerHandler, ServiceExt as _};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

mod events;

use crate::serve::guard::Bearer;
use crate::serve::http::{Refusal, Reply, bad_message, reply};
use crate::serve::metrics::UnderWay;
use crate::serve::sse::events::Events;
use crate::serve::stdio::Patient;

/// Messages that wait in either direction. A client that does not read holds back its own session only.
const WAITING: usize = 64;

/// The sessions that are open.
pub(in crate::serve) struct Sessions {
    open: Arc<Mutex<HashMap<String, Session>>>,
    most: usize,
    keep_alive: Duration,
    /// Fires when sessions are to end after what they have to say.
    over: CancellationToken,
    /// Fires when streams end whatever is on them.
    end: CancellationToken,
}

/// Who opens a session.
pub(in crate::serve) struct Opening {
    pub(in crate::serve) bearer: Option<Bearer>,
    pub(in crate::serve) counted: UnderWay,
}

/// One session, as its messages find it.
#[derive(Clone)]
pub(in crate::serve) struct Session {
    bearer: Option<Bearer>,
    inbox: mpsc::Sender<RxJsonRpcMessage<RoleServer>>,
}

/// Closes a session when its stream is dropped: the client has gone, or the server ends.
struct Closing {
    id: String,
    open: Arc<Mutex<HashMap<String, Session>>>,
    over: CancellationToken,
    _counted: UnderWay,
}

impl Drop for Closing {
    fn drop(&mut self) {
        lock(&self.open).remove(&self.id);
        self.over.cancel();
    }
}

impl Sessions {
    pub(in crate::serve) fn new(most: usize, keep_alive: Duration, end: CancellationToken) -> Self {
        Self { open: Arc::default(), most, keep_alive, over: end.child_token(), end }
    }

    /// The session of that id.
    pub(in crate::serve) fn find(&self, id: &str) -> Option<Session> {
        lock(&self.open).get(id).cloned()
    }

    /// Ends all sessions after what they have to say.
    pub(in crate::serve) fn end(&self) {
        self.over.cancel();
    }

    /// Opens a session of `server`; none where there are too many.
    pub(in crate::serve) fn open<S: ServerHandler>(&self, server: S, opening: Opening) -> Option<Reply> {
        // Unguessable: who knows the id of a session without tokens can write into it.
        let id = uuid::Uuid::new_v4().simple().to_string();
        let (inbox, incoming) = mpsc::channel(WAITING);
        let (outbox, outgoing) = mpsc::channel(WAITING);
        {
            let mut open = lock(&self.open);
            if open.len() >= self.most {
                return None;
            }
            open.insert(id.clone(), Session { bearer: opening.bearer, inbox });
        }
        let over = self.over.child_token();
        let pipe = Pipe { incoming, outbox: Some(outbox) };
        tokio::spawn(session(server, pipe, over.clone()));
        let endpoint = format!("/messages?sessionId={id}");
        let closing = Closing { id, open: Arc::clone(&self.open), over, _counted: opening.counted };
        let events = Events::new(&endpoint, outgoing, closing, self.keep_alive, self.end.clone());
        let mut answer = Response::new(events.into_body());
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
        Some(answer)
    }
}

impl Session {
    /// Whether this client opened it.
    pub(in crate::serve) fn is_of(&self, bearer: Option<&Bearer>) -> bool {
        match (&self.bearer, bearer) {
            (Some(mine), Some(bearer)) => mine.is(bearer),
            (None, None) => true,
            _ => false,
        }
    }

    /// Hands one message over; its answer comes on the stream.
    pub(in crate::serve) fn take(&self, parts: Parts, body: &[u8]) -> Result<Reply, Refusal> {
        let mut message: ClientJsonRpcMessage = serde_json::from_slice(body).map_err(|error| {
            if error.is_data() {
                bad_message(ErrorCode::INVALID_REQUEST, "the body is not a JSON-RPC message")
            } else {
                bad_message(ErrorCode::PARSE_ERROR, "the body is not JSON")
            }
        })?;
        if let ClientJsonRpcMessage::Request(request) = &mut message {
            request.request.extensions_mut().insert(parts);
        }
        self.inbox.try_send(message).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                reply(StatusCode::SERVICE_UNAVAILABLE, "too many messages of this session are waiting")
            }
            mpsc::error::TrySendError::Closed(_) => reply(StatusCode::NOT_FOUND, "no such session"),
        })?;
        Ok(reply(StatusCode::ACCEPTED, "Accepted"))
    }
}

async fn session<S: ServerHandler>(server: S, pipe: Pipe, over: CancellationToken) {
    // A session that cannot begin closes its stream, which is all that its client can be told.
    if let Ok(running) = server.serve_with_ct(Patient::new(pipe), over).await {
        let _ = running.waiting().await;
    }
}

fn lock(open: &Mutex<HashMap<String, Session>>) -> MutexGuard<'_, HashMap<String, Session>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A session as the SDK sees it.
struct Pipe {
    incoming: mpsc::Receiver<RxJsonRpcMessage<RoleServer>>,
    outbox: Option<mpsc::Sender<TxJsonRpcMessage<RoleServer>>>,
}

/// The client has gone.
#[derive(Debug, thiserror::Error)]
#[error("the client has gone")]
struct Gone;

impl From<Infallible> for Gone {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl Transport<RoleServer> for Pipe {
    type Error = Gone;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Gone>> + Send + 'static {
        let outbox = self.outbox.clone();
        async move { outbox.ok_or(Gone)?.send(message).await.map_err(|_| Gone) }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        self.incoming.recv().await
    }

    async fn close(&mut self) -> Result<(), Gone> {
        self.outbox = None;
        self.incoming.close();
        Ok(())
    }
}
