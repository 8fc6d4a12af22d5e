//! Opens and ends sessions.

use std::time::Duration;

use hyper::Response;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use rmcp::{ServerHandler, ServiceExt as _};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::serve::auth::Bearer;
use crate::serve::bounded_transport::Patient;
use crate::serve::http::Reply;
use crate::serve::metrics::InFlight;
use crate::serve::sse::events::Events;
use crate::serve::sse::registry::{Closing, Registry, Session, lock};
use crate::serve::sse::transport::Pipe;

/// Messages that wait in either direction. A client that does not read holds back its own session only.
const WAITING: usize = 64;

/// The sessions that are open.
pub(crate) struct Sessions {
    open: Registry,
    most: usize,
    keep_alive: Duration,
    /// Fires when sessions are to end after what they have to say.
    over: CancellationToken,
    /// Fires when streams end whatever is on them.
    end: CancellationToken,
}

/// Who opens a session.
pub(crate) struct Opening {
    pub(crate) bearer: Option<Bearer>,
    pub(crate) counted: InFlight,
}

impl Sessions {
    pub(crate) fn new(most: usize, keep_alive: Duration, end: CancellationToken) -> Self {
        Self { open: Registry::default(), most, keep_alive, over: end.child_token(), end }
    }

    /// The session of that id.
    pub(crate) fn find(&self, id: &str) -> Option<Session> {
        lock(&self.open).get(id).cloned()
    }

    /// Ends all sessions after what they have to say.
    pub(crate) fn end(&self) {
        self.over.cancel();
    }

    /// Opens a session of `server`; none where there are too many.
    pub(crate) fn open<S: ServerHandler>(&self, server: S, opening: Opening) -> Option<Reply> {
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
        let closing = Closing { id, open: Registry::clone(&self.open), over, _counted: opening.counted };
        let events = Events::new(&endpoint, outgoing, closing, self.keep_alive, self.end.clone());
        let mut answer = Response::new(events.into_body());
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
        Some(answer)
    }
}

async fn session<S: ServerHandler>(server: S, pipe: Pipe, over: CancellationToken) {
    // A session that cannot begin closes its stream, which is all that its client can be told.
    if let Ok(running) = server.serve_with_ct(Patient::new(pipe), over).await {
        let _ = running.waiting().await;
    }
}
