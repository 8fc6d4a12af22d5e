//! From a request to a response. The order of the checks matters: host and origin, path, client, method, and only then is
//! a byte of the body read.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, StatusCode};
use tokio_util::sync::CancellationToken;

use crate::serve::auth::{Principal, Rejection};
use crate::serve::handler::McpServer;
use crate::serve::headers::is_json;
use crate::serve::http::accounts::{AccountRouter, AccountService, Accounts, MetricsAccess};
use crate::serve::http::body::RequestBody;
use crate::serve::http::budget::BodyBudget;
use crate::serve::http::connection::ConnectionState;
use crate::serve::http::options::HttpOptions;
use crate::serve::http::response::{
    EarlyResponse, HttpResponse, method_not_allowed, page, text_response, unauthorized, with_header,
};
use crate::serve::http::{body, cors, mcp};
use crate::serve::metrics::{CONTENT_TYPE, Metrics};
use crate::serve::sse::Sessions;

/// What a path does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Endpoint {
    Mcp,
    Sse,
    Messages,
    Healthz,
    Readyz,
    Metrics,
}

/// A path that is served.
#[derive(Debug)]
struct Route {
    /// Also the label in the metrics.
    path: &'static str,
    /// The method that a preflight and a 405 name.
    method: &'static str,
    endpoint: Endpoint,
}

/// All paths. Any other path is a plain 404, `/.well-known/*` too: a client that finds something there tries to log in.
const ROUTES: [Route; 6] = [
    Route { path: "/mcp", method: "POST", endpoint: Endpoint::Mcp },
    Route { path: "/sse", method: "GET", endpoint: Endpoint::Sse },
    Route { path: "/messages", method: "POST", endpoint: Endpoint::Messages },
    Route { path: "/healthz", method: "GET", endpoint: Endpoint::Healthz },
    Route { path: "/readyz", method: "GET", endpoint: Endpoint::Readyz },
    Route { path: "/metrics", method: "GET", endpoint: Endpoint::Metrics },
];

impl Route {
    fn find(path: &str, legacy_sse: bool) -> Option<&'static Self> {
        let path = if path == "/mcp/" { "/mcp" } else { path };
        let route = ROUTES.iter().find(|route| route.path == path)?;
        let is_legacy = matches!(route.endpoint, Endpoint::Sse | Endpoint::Messages);
        (legacy_sse || !is_legacy).then_some(route)
    }
}

/// A running server.
pub(crate) struct Router<S: McpServer> {
    accounts: AccountRouter<S>,
    options: HttpOptions,
    metrics: Metrics,
    bodies: BodyBudget,
    sessions: Sessions,
    stop: CancellationToken,
}

impl<S: McpServer> Router<S> {
    pub(crate) fn new(
        accounts: Accounts<S>,
        options: HttpOptions,
        metrics: Metrics,
        stop: CancellationToken,
        abort: CancellationToken,
    ) -> Self {
        let accounts = AccountRouter::new(accounts, &options, &abort);
        let sessions = Sessions::new(options.limits.sessions, options.limits.keep_alive, abort);
        let bodies = BodyBudget::new(options.limits.bodies_bytes);
        Self { accounts, options, metrics, bodies, sessions, stop }
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Ends the HTTP+SSE sessions after their queued events are sent.
    pub(crate) fn end_sessions(&self) {
        self.sessions.end();
    }

    /// Responds to a request that came on `connection`.
    pub(crate) async fn respond(
        &self,
        request: Request<Incoming>,
        connection: &ConnectionState,
    ) -> HttpResponse {
        let route = Route::find(request.uri().path(), self.options.legacy_sse);
        let origin = self.options.host_policy.allowed_origin(request.headers()).map(str::to_owned);
        let response = self.dispatch(route, request, connection).await;
        let response = response.unwrap_or_else(EarlyResponse::into_response);
        self.metrics.http_answered(route.map_or("other", |route| route.path), response.status().as_u16());
        match origin {
            Some(origin) if response.status() != StatusCode::FORBIDDEN => {
                cors::readable_by(response, &origin)
            }
            _ => response,
        }
    }

    async fn dispatch(
        &self,
        route: Option<&Route>,
        request: Request<Incoming>,
        connection: &ConnectionState,
    ) -> Result<HttpResponse, EarlyResponse> {
        let endpoint = route.map(|route| route.endpoint);
        // Probes come from any address with any `Host`, and their responses hold nothing of an account.
        if let Some(Endpoint::Healthz | Endpoint::Readyz) = endpoint {
            return Ok(self.probe(endpoint == Some(Endpoint::Readyz), request.method()));
        }
        let (parts, body) = request.into_parts();
        self.check_host(&parts)?;
        if let Some(route) = route
            && cors::is_preflight(&parts.method, &parts.headers)
            && self.options.host_policy.allowed_origin(&parts.headers).is_some()
        {
            return Ok(cors::preflight(route.method));
        }
        match endpoint {
            Some(Endpoint::Mcp) => self.mcp(parts, body, connection).await,
            Some(Endpoint::Sse) => self.open_session(&parts, connection),
            Some(Endpoint::Messages) => self.message(parts, body, connection).await,
            Some(Endpoint::Metrics) => self.metrics_page(&parts, connection),
            Some(Endpoint::Healthz | Endpoint::Readyz) | None => Ok(not_found()),
        }
    }

    fn check_host(&self, parts: &Parts) -> Result<(), EarlyResponse> {
        let (status, text) = match self.options.host_policy.check(&parts.uri, &parts.headers) {
            Ok(()) => return Ok(()),
            Err(Rejection::InvalidHost) => (StatusCode::BAD_REQUEST, "one Host header is needed"),
            Err(Rejection::HostNotServed) => {
                (StatusCode::FORBIDDEN, "this host is not served (see --allowed-host)")
            }
            Err(Rejection::OriginNotAllowed) => {
                (StatusCode::FORBIDDEN, "this origin is not allowed (see --allowed-origin)")
            }
        };
        Err(text_response(status, text).into())
    }

    fn authenticate(
        &self,
        headers: &HeaderMap,
        connection: &ConnectionState,
    ) -> Result<(Principal, Arc<AccountService<S>>), EarlyResponse> {
        let found = self.accounts.authenticate(headers);
        let found = found.map_err(|error| unauthorized(error.presented))?;
        keep(connection)?;
        Ok(found)
    }

    async fn mcp(
        &self,
        mut parts: Parts,
        body: Incoming,
        connection: &ConnectionState,
    ) -> Result<HttpResponse, EarlyResponse> {
        let (_, service) = self.authenticate(&parts.headers, connection)?;
        let format = mcp::check_head(&parts.method, &parts.headers, S::HAS_SESSIONS)?;
        let body = self.read(body).await?.charge_to(&mut parts.extensions);
        Ok(mcp::respond(&service, format, parts, body).await)
    }

    fn open_session(
        &self,
        parts: &Parts,
        connection: &ConnectionState,
    ) -> Result<HttpResponse, EarlyResponse> {
        let (principal, service) = self.authenticate(&parts.headers, connection)?;
        if parts.method != Method::GET {
            return Err(method_not_allowed("GET").into());
        }
        let opened = self.sessions.open(service.server.clone(), principal, self.metrics.session_opened());
        opened.ok_or_else(|| {
            let full = text_response(StatusCode::SERVICE_UNAVAILABLE, "too many open sessions");
            with_header(full, RETRY_AFTER, "5").into()
        })
    }

    async fn message(
        &self,
        mut parts: Parts,
        body: Incoming,
        connection: &ConnectionState,
    ) -> Result<HttpResponse, EarlyResponse> {
        let (principal, _) = self.authenticate(&parts.headers, connection)?;
        if parts.method != Method::POST {
            return Err(method_not_allowed("POST").into());
        }
        let session = parts.uri.query().and_then(session_id).and_then(|id| self.sessions.find(id));
        // A session of another client is answered as if it did not exist.
        let session = session.filter(|session| session.belongs_to(&principal));
        let session = session.ok_or_else(|| text_response(StatusCode::NOT_FOUND, "no such session"))?;
        if !is_json(&parts.headers) {
            return Err(mcp::unsupported_media_type());
        }
        // A message may wait in the queue of its session, so all its bytes are charged.
        let body = self.read(body).await?.charge_whole_to(&mut parts.extensions)?;
        mcp::check_body(&body, &mut parts.extensions)?;
        session.receive(parts, &body)
    }

    async fn read(&self, body: Incoming) -> Result<RequestBody, EarlyResponse> {
        body::read(body, &self.options.limits, &self.bodies).await
    }

    /// `/healthz` says whether the process runs, `/readyz` also whether calls can succeed.
    fn probe(&self, readiness: bool, method: &Method) -> HttpResponse {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return method_not_allowed("GET");
        }
        let reason = match &self.options.not_ready {
            _ if !readiness => None,
            _ if self.stop.is_cancelled() => Some("stopping"),
            reason => reason.as_deref(),
        };
        match reason {
            Some(reason) => text_response(StatusCode::SERVICE_UNAVAILABLE, reason),
            None => text_response(StatusCode::OK, "ok"),
        }
    }

    fn metrics_page(
        &self,
        parts: &Parts,
        connection: &ConnectionState,
    ) -> Result<HttpResponse, EarlyResponse> {
        match self.accounts.metrics_access(&parts.headers) {
            MetricsAccess::Disabled => return Ok(not_found()),
            MetricsAccess::Denied => return Ok(unauthorized(parts.headers.contains_key(AUTHORIZATION))),
            MetricsAccess::Allowed => keep(connection)?,
        }
        Ok(match parts.method {
            Method::GET => page(CONTENT_TYPE, self.metrics.render()),
            _ => method_not_allowed("GET"),
        })
    }
}

/// Keeps the place of a connection whose client has shown a valid token.
fn keep(connection: &ConnectionState) -> Result<(), EarlyResponse> {
    if connection.authenticate() {
        return Ok(());
    }
    let lost = text_response(StatusCode::SERVICE_UNAVAILABLE, "too many open connections");
    Err(with_header(lost, RETRY_AFTER, "5").into())
}

fn not_found() -> HttpResponse {
    text_response(StatusCode::NOT_FOUND, "not found")
}

/// The id in `sessionId=...`. Ids are letters, digits and hyphens, so nothing in them is percent-encoded.
fn session_id(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("sessionId="))
}
