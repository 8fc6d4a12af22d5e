//! The sessions that are open, by their ids.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::StatusCode;
use hyper::http::request::Parts;
use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, ErrorCode, GetExtensions as _};
use rmcp::service::RxJsonRpcMessage;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::serve::auth::Bearer;
use crate::serve::http::{Refusal, Reply, bad_message, reply};
use crate::serve::metrics::InFlight;

/// Shared by the sessions and by each open stream, which takes its own session out at its end.
pub(crate) type Registry = Arc<Mutex<HashMap<String, Session>>>;

/// One session, as its messages find it.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) bearer: Option<Bearer>,
    pub(crate) inbox: mpsc::Sender<RxJsonRpcMessage<RoleServer>>,
}

/// Closes a session when its stream is dropped: the client has gone, or the server ends.
pub(crate) struct Closing {
    pub(crate) id: String,
    pub(crate) open: Registry,
    pub(crate) over: CancellationToken,
    pub(crate) _counted: InFlight,
}

impl Drop for Closing {
    fn drop(&mut self) {
        lock(&self.open).remove(&self.id);
        self.over.cancel();
    }
}

impl Session {
    /// Whether this client opened it.
    pub(crate) fn is_of(&self, bearer: Option<&Bearer>) -> bool {
        match (&self.bearer, bearer) {
            (Some(mine), Some(bearer)) => mine.is(bearer),
            (None, None) => true,
            _ => false,
        }
    }

    /// Hands one message over; its answer comes on the stream.
    pub(crate) fn take(&self, parts: Parts, body: &[u8]) -> Result<Reply, Refusal> {
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

pub(crate) fn lock(open: &Mutex<HashMap<String, Session>>) -> MutexGuard<'_, HashMap<String, Session>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}
