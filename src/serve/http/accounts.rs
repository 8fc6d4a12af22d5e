//! Which server a bearer token opens.

use std::sync::Arc;

use hyper::HeaderMap;
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use tokio_util::sync::CancellationToken;

use crate::serve::auth::Bearer;
use crate::serve::handler::Served;
use crate::serve::http::options::HttpOptions;

/// Bearer tokens, and the server that each opens.
#[derive(Debug, Clone)]
pub struct Doors<S> {
    open: Option<S>,
    locked: Vec<(Bearer, S)>,
    metrics: Vec<Bearer>,
}

impl<S: Served> Doors<S> {
    /// One server for whoever asks. Only for an address that no other machine reaches.
    #[must_use]
    pub fn open(server: S) -> Self {
        Self { open: Some(server), locked: Vec::new(), metrics: Vec::new() }
    }

    /// No server yet: each is behind a token.
    #[must_use]
    pub fn locked() -> Self {
        Self { open: None, locked: Vec::new(), metrics: Vec::new() }
    }

    /// With `server` behind `bearer`.
    #[must_use]
    pub fn with(mut self, bearer: Bearer, server: S) -> Self {
        self.locked.push((bearer, server));
        self
    }

    /// With `/metrics` behind `bearer`, for locked doors: what all accounts do together is not for each of them. Behind
    /// no token there is no such page.
    #[must_use]
    pub fn with_metrics(mut self, bearer: Bearer) -> Self {
        self.metrics.push(bearer);
        self
    }

    pub(crate) fn servers(&self) -> impl Iterator<Item = &S> {
        self.open.iter().chain(self.locked.iter().map(|(_, server)| server))
    }
}

/// One client's way in.
pub(crate) struct Door<S> {
    pub(crate) server: S,
    /// Answers JSON, and an event stream where a call reports progress.
    pub(crate) json: StreamableHttpService<S, LocalSessionManager>,
    /// Always answers an event stream.
    pub(crate) stream: StreamableHttpService<S, LocalSessionManager>,
}

/// Who a request is from.
#[derive(Debug)]
pub(crate) enum Who {
    /// Nobody who is known, with a token or without.
    Stranger { presented: bool },
    /// The client with this token; or whoever, where there are none.
    Client(Option<Bearer>),
}

/// The doors of a running server.
pub(crate) struct House<S> {
    open: Option<Arc<Door<S>>>,
    locked: Vec<(Bearer, Arc<Door<S>>)>,
    metrics: Vec<Bearer>,
}

impl<S: Served> House<S> {
    pub(crate) fn new(doors: Doors<S>, options: &HttpOptions, end: &CancellationToken) -> Self {
        let door = |server: S| Arc::new(Door::new(server, options, end));
        Self {
            open: doors.open.map(door),
            locked: doors.locked.into_iter().map(|(bearer, server)| (bearer, door(server))).collect(),
            metrics: doors.metrics,
        }
    }

    /// The door that the request opens. Every token is compared, whichever fits.
    pub(crate) fn door(&self, headers: &HeaderMap) -> Result<(Who, Arc<Door<S>>), Who> {
        if let Some(open) = &self.open {
            return Ok((Who::Client(None), Arc::clone(open)));
        }
        let Some(bearer) = Bearer::in_request(headers) else {
            return Err(Who::Stranger { presented: headers.contains_key(hyper::header::AUTHORIZATION) });
        };
        let mut found = None;
        for (known, door) in &self.locked {
            if known.is(&bearer) {
                found = Some(door);
            }
        }
        match found {
            Some(door) => Ok((Who::Client(Some(bearer)), Arc::clone(door))),
            None => Err(Who::Stranger { presented: true }),
        }
    }

    /// Whether the request may see the metrics; none where nobody may.
    pub(crate) fn may_see_metrics(&self, headers: &HeaderMap) -> Option<bool> {
        if self.metrics.is_empty() {
            return self.open.is_some().then_some(true);
        }
        let bearer = Bearer::in_request(headers);
        Some(bearer.is_some_and(|bearer| self.metrics.iter().any(|known| known.is(&bearer))))
    }
}

impl<S: Served> Door<S> {
    fn new(server: S, options: &HttpOptions, end: &CancellationToken) -> Self {
        // Host, Origin and size are checked before the SDK sees a request.
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(options.ask_back)
            .with_json_response(true)
            .with_sse_keep_alive(Some(options.limits.keep_alive))
            .with_cancellation_token(end.clone())
            .disable_allowed_hosts()
            .with_max_request_body_bytes(options.limits.body_bytes);
        let service = |config| {
            let server = server.clone();
            StreamableHttpService::new(
                move || Ok(server.clone()),
                Arc::new(LocalSessionManager::default()),
                config,
            )
        };
        let (json, stream) = (service(config.clone()), service(config.with_json_response(false)));
        Self { server, json, stream }
    }
}
