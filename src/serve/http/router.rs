//! From a request to an answer. The order of the checks is the point: where it was sent to and from, which path, who
//! asks, which method; and only then is a byte of the body read.

use hyper::body::Incoming;
use hyper::header::RETRY_AFTER;
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use tokio_util::sync::CancellationToken;

use crate::serve::auth::{Bearer, Foreign};
use crate::serve::handler::Served;
use crate::serve::headers::is_json;
use crate::serve::http::accounts::{Doors, House, Who};
use crate::serve::http::options::HttpOptions;
use crate::serve::http::response::{Refusal, Reply, not_allowed, page, reply, unauthorized, with_header};
use crate::serve::http::{cors, mcp};
use crate::serve::metrics::{CONTENT_TYPE, Metrics};
use crate::serve::sse::{Opening, Sessions};

/// A server that is running.
pub(crate) struct Server<S> {
    house: House<S>,
    options: HttpOptions,
    metrics: Metrics,
    sessions: Sessions,
    stop: CancellationToken,
}

/// What there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    Mcp,
    Sse,
    Messages,
    Healthz,
    Readyz,
    Metrics,
    /// Everything else, `/.well-known/*` too: a client that finds something there takes it for a login.
    Nothing,
}

impl Route {
    fn of(path: &str, legacy_sse: bool) -> Self {
        match path {
            "/mcp" | "/mcp/" => Self::Mcp,
            "/sse" if legacy_sse => Self::Sse,
            "/messages" if legacy_sse => Self::Messages,
            "/healthz" => Self::Healthz,
            "/readyz" => Self::Readyz,
            "/metrics" => Self::Metrics,
            _ => Self::Nothing,
        }
    }

    /// The name in the metrics.
    fn name(self) -> &'static str {
        match self {
            Self::Mcp => "/mcp",
            Self::Sse => "/sse",
            Self::Messages => "/messages",
            Self::Healthz => "/healthz",
            Self::Readyz => "/readyz",
            Self::Metrics => "/metrics",
            Self::Nothing => "other",
        }
    }

    fn methods(self) -> &'static str {
        match self {
            Self::Mcp | Self::Messages => "POST",
            Self::Sse | Self::Healthz | Self::Readyz | Self::Metrics | Self::Nothing => "GET",
        }
    }

    /// Probes come by address and from anywhere, and tell nothing.
    fn is_probe(self) -> bool {
        matches!(self, Self::Healthz | Self::Readyz)
    }
}

impl<S: Served> Server<S> {
    pub(crate) fn new(
        doors: Doors<S>,
        options: HttpOptions,
        metrics: Metrics,
        stop: CancellationToken,
        end: CancellationToken,
    ) -> Self {
        let house = House::new(doors, &options, &end);
        let sessions = Sessions::new(options.limits.sessions, options.limits.keep_alive, end);
        Self { house, options, metrics, sessions, stop }
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Ends the HTTP+SSE sessions, once what they have to say is said.
    pub(crate) fn end_sessions(&self) {
        self.sessions.end();
    }

    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Reply {
        let route = Route::of(request.uri().path(), self.options.legacy_sse);
        let named_origin = self.options.guard.named_origin(request.headers()).map(str::to_owned);
        let reply = self.guarded(route, request).await.unwrap_or_else(Refusal::into_reply);
        self.metrics.http_answered(route.name(), reply.status().as_u16());
        match named_origin {
            Some(origin) if reply.status() != StatusCode::FORBIDDEN => cors::readable(reply, &origin),
            _ => reply,
        }
    }

    async fn guarded(&self, route: Route, request: Request<Incoming>) -> Result<Reply, Refusal> {
        if route.is_probe() {
            return Ok(self.probe(route, request.method()));
        }
        let (parts, body) = request.into_parts();
        self.options.guard.check(&parts.uri, &parts.headers).map_err(|foreign| match foreign {
            Foreign::NoHost => reply(StatusCode::BAD_REQUEST, "one Host header is needed"),
            Foreign::Host => reply(StatusCode::FORBIDDEN, "this host is not served (see --allowed-host)"),
            Foreign::Origin => {
                reply(StatusCode::FORBIDDEN, "this origin is not allowed (see --allowed-origin)")
            }
        })?;
        if cors::is_preflight(&parts.method, &parts.headers)
            && route != Route::Nothing
            && self.options.guard.named_origin(&parts.headers).is_some()
        {
            return Ok(cors::preflight(route.methods()));
        }
        match route {
            Route::Mcp => self.mcp(parts, body).await,
            Route::Sse => self.open(&parts),
            Route::Messages => self.message(parts, body).await,
            Route::Metrics => Ok(self.counters(&parts)),
            Route::Healthz | Route::Readyz | Route::Nothing => Ok(reply(StatusCode::NOT_FOUND, "not found")),
        }
    }

    async fn mcp(&self, parts: Parts, body: Incoming) -> Result<Reply, Refusal> {
        let (_, door) = self.house.door(&parts.headers).map_err(|who| refused(&who))?;
        let media = mcp::check(&parts.method, &parts.headers, self.options.ask_back)?;
        let body = mcp::read(body, &self.options.limits).await?;
        Ok(mcp::answer(&door, media, parts, body).await)
    }

    fn open(&self, parts: &Parts) -> Result<Reply, Refusal> {
        let (who, door) = self.house.door(&parts.headers).map_err(|who| refused(&who))?;
        if parts.method != Method::GET {
            return Err(not_allowed("GET").into());
        }
        let opening = Opening { bearer: bearer_of(&who), counted: self.metrics.session_opened() };
        self.sessions.open(door.server.clone(), opening).ok_or_else(|| {
            let full = reply(StatusCode::SERVICE_UNAVAILABLE, "too many open sessions");
            with_header(full, RETRY_AFTER, "5").into()
        })
    }

    async fn message(&self, parts: Parts, body: Incoming) -> Result<Reply, Refusal> {
        let (who, _) = self.house.door(&parts.headers).map_err(|who| refused(&who))?;
        if parts.method != Method::POST {
            return Err(not_allowed("POST").into());
        }
        let session = parts.uri.query().and_then(session_id).and_then(|id| self.sessions.find(id));
        // A session of another client is one that does not exist.
        let session = session.filter(|session| session.is_of(bearer_of(&who).as_ref()));
        let session = session.ok_or_else(|| reply(StatusCode::NOT_FOUND, "no such session"))?;
        if !is_json(&parts.headers) {
            let text = "the content type must be application/json";
            return Err(reply(StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into());
        }
        let body = mcp::read(body, &self.options.limits).await?;
        mcp::refuse_garbage(&body)?;
        session.take(parts, &body)
    }

    fn probe(&self, route: Route, method: &Method) -> Reply {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return not_allowed("GET");
        }
        let reason = match (&self.options.not_ready, route) {
            _ if route == Route::Healthz => None,
            _ if self.stop.is_cancelled() => Some("stopping"),
            (reason, _) => reason.as_deref(),
        };
        match reason {
            Some(reason) => reply(StatusCode::SERVICE_UNAVAILABLE, reason),
            None => reply(StatusCode::OK, "ok"),
        }
    }

    fn counters(&self, parts: &Parts) -> Reply {
        match self.house.may_see_metrics(&parts.headers) {
            None => reply(StatusCode::NOT_FOUND, "not found"),
            Some(false) => unauthorized(parts.headers.contains_key(hyper::header::AUTHORIZATION)),
            Some(true) if parts.method != Method::GET => not_allowed("GET"),
            Some(true) => page(CONTENT_TYPE, self.metrics.render()),
        }
    }
}

fn refused(who: &Who) -> Reply {
    unauthorized(matches!(who, Who::Stranger { presented: true }))
}

fn bearer_of(who: &Who) -> Option<Bearer> {
    match who {
        Who::Client(bearer) => *bearer,
        Who::Stranger { .. } => None,
    }
}

/// The id in `sessionId=...`. Ids are letters, digits and hyphens, so nothing in one is escaped.
fn session_id(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("sessionId="))
}
