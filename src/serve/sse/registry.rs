//! The open sessions, by their ids.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::StatusCode;
use hyper::http::request::Parts;
use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions as _};
use rmcp::service::RxJsonRpcMessage;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::serve::auth::Principal;
use crate::serve::http::{Charge, EarlyResponse, HttpResponse, malformed, text_response};
use crate::serve::message::Malformed;
use crate::serve::metrics::InFlight;
use crate::serve::sse::validity::Validity;

/// The open sessions. A clone is another handle to the same sessions.
#[derive(Clone, Default)]
pub(crate) struct Registry(Arc<Mutex<HashMap<String, Session>>>);

/// One session, as its messages find it.
#[derive(Clone)]
pub(crate) struct Session {
    /// The client that opened it.
    pub(crate) principal: Principal,
    /// Until when its stream stays open.
    pub(crate) validity: Validity,
    pub(crate) inbox: mpsc::Sender<Queued>,
}

/// A message that waits for its session.
pub(crate) struct Queued {
    pub(crate) message: RxJsonRpcMessage<RoleServer>,
    /// The memory of its body is charged while it waits. A request holds the charge until it is done.
    pub(crate) _charge: Option<Arc<Charge>>,
}

/// Held by the stream of a session. Its drop ends the session: the client is gone, or the server stops.
pub(crate) struct SessionGuard {
    pub(crate) id: String,
    pub(crate) registry: Registry,
    pub(crate) finish: CancellationToken,
    pub(crate) _open: InFlight,
}

impl Drop for SessionGuard {
    fn drop(&mut self) {
        self.registry.lock().remove(&self.id);
        self.finish.cancel();
    }
}

impl Registry {
    /// The session with this id.
    pub(crate) fn find(&self, id: &str) -> Option<Session> {
        self.lock().get(id).cloned()
    }

    /// Adds `session`, unless `max` sessions are open. Returns whether it was added.
    pub(crate) fn insert(&self, id: String, session: Session, max: usize) -> bool {
        let mut open = self.lock();
        if open.len() >= max {
            return false;
        }
        open.insert(id, session);
        true
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// Whether this client opened it.
    pub(crate) fn belongs_to(&self, principal: &Principal) -> bool {
        self.principal.matches(principal)
    }

    /// Queues one message. Its response comes on the stream.
    pub(crate) fn receive(&self, parts: Parts, body: &[u8]) -> Result<HttpResponse, EarlyResponse> {
        let mut message: ClientJsonRpcMessage =
            serde_json::from_slice(body).map_err(|_| malformed(&Malformed::not_a_message(body)))?;
        let charge = parts.extensions.get::<Arc<Charge>>().cloned();
        if let ClientJsonRpcMessage::Request(request) = &mut message {
            request.request.extensions_mut().insert(parts);
        }
        self.inbox.try_send(Queued { message, _charge: charge }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                let text = "too many messages of this session are waiting";
                text_response(StatusCode::SERVICE_UNAVAILABLE, text)
            }
            mpsc::error::TrySendError::Closed(_) => text_response(StatusCode::NOT_FOUND, "no such session"),
        })?;
        Ok(text_response(StatusCode::ACCEPTED, "Accepted"))
    }
}
