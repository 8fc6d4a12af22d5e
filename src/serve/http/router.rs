//! From a request to a response. The order of the checks matters: host and origin, path, client, method, and only then is
//! a byte of the body read.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, StatusCode};
use tokio_util::sync::CancellationToken;

use crate::serve::auth::Rejection;
use crate::serve::called::called_tool;
use crate::serve::handler::McpServer;
use crate::serve::headers::is_json;
use crate::serve::http::accounts::{AccountRouter, Accounts, Client, MetricsAccess};
use crate::serve::http::body::RequestBody;
use crate::serve::http::budget::BodyBudget;
use crate::serve::http::challenge::{Place, Refused};
use crate::serve::http::connection::ConnectionState;
use crate::serve::http::options::{HttpOptions, Notice};
use crate::serve::http::response::{
    EarlyResponse, HttpResponse, method_not_allowed, page, text_response, unauthorized, with_header,
};
use crate::serve::http::routes::{Endpoint, METADATA, Route};
use crate::serve::http::{body, cors, mcp};
use crate::serve::metrics::{CONTENT_TYPE, Metrics};
use crate::serve::sse::{Sessions, Validity};

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
        let path = request.uri().path();
        let metadata = self.accounts.metadata_at(path);
        let route = match &metadata {
            Some(_) => Some(&METADATA),
            None => Route::find(path, self.options.legacy_sse),
        };
        let origin = self.options.host_policy.allowed_origin(request.headers()).map(str::to_owned);
        let response = match metadata {
            Some(metadata) => Ok(show_metadata(metadata, request.method(), request.headers())),
            None => self.dispatch(route, request, connection).await,
        };
        let response = response.unwrap_or_else(EarlyResponse::into_response);
        self.metrics.http_answered(route.map_or("other", |route| route.path), response.status().as_u16());
        let people = self.accounts.has_people();
        match origin {
            _ if route.is_some_and(|route| route.endpoint == Endpoint::Metadata) => {
                cors::readable_by_all(response)
            }
            // Where people sign in, a 403 says which scope is needed.
            Some(origin) if people || response.status() != StatusCode::FORBIDDEN => {
                cors::readable_by(response, &origin, people)
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
            Some(Endpoint::Sse) => self.open_session(&parts, connection).await,
            Some(Endpoint::Messages) => self.message(parts, body, connection).await,
            Some(Endpoint::Metrics) => self.metrics_page(&parts, connection),
            Some(Endpoint::Healthz | Endpoint::Readyz | Endpoint::Metadata) | None => Ok(not_found()),
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

    async fn authenticate(
        &self,
        headers: &HeaderMap,
        place: Place,
        connection: &ConnectionState,
    ) -> Result<Client<S>, EarlyResponse> {
        let found = self.accounts.authenticate(headers).await;
        let found = found.map_err(|refused| self.accounts.refuse(refused, place))?;
        keep(connection)?;
        Ok(found)
    }

    /// Checks that the token of the client allows what the message asks for.
    fn check_scope(&self, client: &Client<S>, body: &[u8], place: Place) -> Result<(), EarlyResponse> {
        if client.person.is_none() || called_tool(body).is_none_or(|tool| client.may_call(&tool)) {
            return Ok(());
        }
        Err(self.accounts.refuse(Refused::Scope { write: true }, place).into())
    }

    async fn mcp(
        &self,
        mut parts: Parts,
        body: Incoming,
        connection: &ConnectionState,
    ) -> Result<HttpResponse, EarlyResponse> {
        let client = self.authenticate(&parts.headers, Place::Mcp, connection).await?;
        let format = mcp::check_head(&parts.method, &parts.headers, S::HAS_SESSIONS)?;
        let body = self.read(body).await?.charge_to(&mut parts.extensions);
        self.check_scope(&client, &body, Place::Mcp)?;
        client.note(&mut parts.extensions);
        let response = mcp::respond(&client.service, format, parts, body).await;
        Ok(until_sent(response, &client))
    }

    async fn open_session(
        &self,
        parts: &Parts,
        connection: &ConnectionState,
    ) -> Result<HttpResponse, EarlyResponse> {
        let client = self.authenticate(&parts.headers, Place::Sse, connection).await?;
        if parts.method != Method::GET {
            return Err(method_not_allowed("GET").into());
        }
        let (server, validity) = (client.service.server.clone(), self.validity(&client));
        let opened = self.sessions.open(server, client.principal, validity, self.metrics.session_opened());
        opened.map(|response| until_sent(response, &client)).ok_or_else(|| {
            let full = text_response(StatusCode::SERVICE_UNAVAILABLE, "too many open sessions");
            with_header(full, RETRY_AFTER, "5").into()
        })
    }

    /// How long a session of this client may stay open without another message.
    fn validity(&self, client: &Client<S>) -> Validity {
        let valid_for = client.person.as_ref().map(|person| person.valid_for);
        Validity::of(valid_for.map(|time| time.saturating_add(self.options.limits.expired_time)))
    }

    async fn message(
        &self,
        mut parts: Parts,
        body: Incoming,
        connection: &ConnectionState,
    ) -> Result<HttpResponse, EarlyResponse> {
        let client = self.authenticate(&parts.headers, Place::Sse, connection).await?;
        if parts.method != Method::POST {
            return Err(method_not_allowed("POST").into());
        }
        let session = parts.uri.query().and_then(session_id).and_then(|id| self.sessions.find(id));
        // A session of another client is answered as if it did not exist.
        let session = session.filter(|session| session.belongs_to(&client.principal));
        let session = session.ok_or_else(|| text_response(StatusCode::NOT_FOUND, "no such session"))?;
        if !is_json(&parts.headers) {
            return Err(mcp::unsupported_media_type());
        }
        // A message may wait in the queue of its session, so all its bytes are charged.
        let body = self.read(body).await?.charge_whole_to(&mut parts.extensions)?;
        mcp::check_body(&body, &mut parts.extensions)?;
        self.check_scope(&client, &body, Place::Sse)?;
        client.note(&mut parts.extensions);
        session.validity.extend(&self.validity(&client));
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
        if let Some(reason) = reason {
            return text_response(StatusCode::SERVICE_UNAVAILABLE, reason);
        }
        let notice = self.options.notice.as_ref().filter(|_| readiness);
        match notice.and_then(Notice::words) {
            Some(words) => text_response(StatusCode::OK, format!("ok; {words}")),
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

/// The request counts for its person until the response has been sent.
fn until_sent<S: McpServer>(mut response: HttpResponse, client: &Client<S>) -> HttpResponse {
    if let Some(person) = &client.person {
        response.extensions_mut().insert(Arc::clone(&person.share));
    }
    response
}

/// The metadata of the sign-in, for every client: it says where to get a token.
fn show_metadata(metadata: String, method: &Method, headers: &HeaderMap) -> HttpResponse {
    match *method {
        _ if cors::is_preflight(method, headers) => cors::preflight(METADATA.method),
        Method::GET | Method::HEAD => page("application/json", metadata),
        _ => method_not_allowed(METADATA.method),
    }
}

fn not_found() -> HttpResponse {
    text_response(StatusCode::NOT_FOUND, "not found")
}

/// The id in `sessionId=...`. Ids are letters, digits and hyphens, so nothing in them is percent-encoded.
fn session_id(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("sessionId="))
}
