//! Opens, finds and ends sessions.

use std::time::Duration;

use hyper::Response;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use rmcp::{ServerHandler, ServiceExt as _};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::serve::auth::Principal;
use crate::serve::bounded_transport::BoundedTransport;
use crate::serve::http::HttpResponse;
use crate::serve::metrics::InFlight;
use crate::serve::sse::events::{EventStream, Times};
use crate::serve::sse::registry::{Registry, Session, SessionGuard};
use crate::serve::sse::transport::SessionTransport;
use crate::serve::sse::validity::Validity;

/// Messages that may be queued in each direction. A client that does not read delays only its own session.
const QUEUE: usize = 64;

/// The sessions of a server.
pub(crate) struct Sessions {
    registry: Registry,
    max: usize,
    keep_alive: Duration,
    /// Ends sessions after their queued events are sent.
    finish: CancellationToken,
    /// Ends streams at once.
    abort: CancellationToken,
}

impl Sessions {
    /// At most `max` sessions, with a keep-alive comment after each `keep_alive` without an event. `abort` ends all
    /// streams at once.
    pub(crate) fn new(max: usize, keep_alive: Duration, abort: CancellationToken) -> Self {
        Self { registry: Registry::default(), max, keep_alive, finish: abort.child_token(), abort }
    }

    /// The session with this id.
    pub(crate) fn find(&self, id: &str) -> Option<Session> {
        self.registry.find(id)
    }

    /// Ends all sessions after their queued events are sent.
    pub(crate) fn end(&self) {
        self.finish.cancel();
    }

    /// Opens a session of `server` for `principal`, for the time of `validity`; none if there are too many. `open` is held until the session ends.
    pub(crate) fn open<S: ServerHandler>(
        &self,
        server: S,
        principal: Principal,
        validity: Validity,
        open: InFlight,
    ) -> Option<HttpResponse> {
        // Random: without tokens, a client that knows the id of a session can write into it.
        let id = uuid::Uuid::new_v4().simple().to_string();
        let (inbox, incoming) = mpsc::channel(QUEUE);
        let (outbox, outgoing) = mpsc::channel(QUEUE);
        let session = Session { principal, validity: validity.clone(), inbox };
        if !self.registry.insert(id.clone(), session, self.max) {
            return None;
        }
        let finish = self.finish.child_token();
        tokio::spawn(run(server, SessionTransport::new(incoming, outbox), finish.clone()));
        let endpoint = format!("/messages?sessionId={id}");
        let guard = SessionGuard { id, registry: self.registry.clone(), finish, _open: open };
        let times = Times { keep_alive: self.keep_alive, validity };
        let events = EventStream::new(&endpoint, outgoing, guard, times, self.abort.clone());
        let mut response = Response::new(events.into_body());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
        Some(response)
    }
}

async fn run<S: ServerHandler>(server: S, transport: SessionTransport, finish: CancellationToken) {
    // A session that cannot start closes its stream. HTTP+SSE has no other way to tell the client.
    if let Ok(running) = server.serve_with_ct(BoundedTransport::new(transport), finish).await {
        let _ = running.waiting().await;
    }
}
