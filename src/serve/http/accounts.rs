//! Which MCP server serves the client with a bearer token.

use std::sync::Arc;

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use tokio_util::sync::CancellationToken;

use crate::serve::auth::{Bearer, Principal};
use crate::serve::handler::McpServer;
use crate::serve::http::options::HttpOptions;

/// The MCP servers, and the bearer token of each.
#[derive(Debug, Clone)]
pub struct Accounts<S> {
    anonymous: Option<S>,
    by_token: Vec<(Bearer, S)>,
    metrics: Vec<Bearer>,
}

impl<S: McpServer> Accounts<S> {
    /// One server for every client. Only for an address that no other machine can reach.
    #[must_use]
    pub fn unauthenticated(server: S) -> Self {
        Self { anonymous: Some(server), by_token: Vec::new(), metrics: Vec::new() }
    }

    /// No server yet: each client needs a token of [`Accounts::with_token`].
    #[must_use]
    pub fn authenticated() -> Self {
        Self { anonymous: None, by_token: Vec::new(), metrics: Vec::new() }
    }

    /// Adds a server for the client with `bearer`.
    #[must_use]
    pub fn with_token(mut self, bearer: Bearer, server: S) -> Self {
        self.by_token.push((bearer, server));
        self
    }

    /// Adds a token for `/metrics`. The metrics are of all accounts together, so an account's own token is not enough;
    /// where clients need tokens and no token is added here, `/metrics` does not exist.
    #[must_use]
    pub fn with_metrics_token(mut self, bearer: Bearer) -> Self {
        self.metrics.push(bearer);
        self
    }

    pub(crate) fn servers(&self) -> impl Iterator<Item = &S> {
        self.anonymous.iter().chain(self.by_token.iter().map(|(_, server)| server))
    }
}

/// The MCP server of one account, with the SDK's HTTP services over it.
pub(crate) struct AccountService<S: McpServer> {
    pub(crate) server: S,
    /// Answers with JSON, or with an event stream if a call reports progress.
    pub(crate) json: StreamableHttpService<S, S::Sessions>,
    /// Always answers with an event stream.
    pub(crate) event_stream: StreamableHttpService<S, S::Sessions>,
}

/// The request has no token, or a token that is not known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unauthorized {
    /// Whether the request has an `Authorization` header.
    pub(crate) presented: bool,
}

/// Whether a request may read the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetricsAccess {
    Allowed,
    Denied,
    /// No client may read them.
    Disabled,
}

/// The accounts of a running server.
pub(crate) struct AccountRouter<S: McpServer> {
    anonymous: Option<Arc<AccountService<S>>>,
    by_token: Vec<(Bearer, Arc<AccountService<S>>)>,
    metrics: Vec<Bearer>,
}

impl<S: McpServer> AccountRouter<S> {
    pub(crate) fn new(accounts: Accounts<S>, options: &HttpOptions, abort: &CancellationToken) -> Self {
        let service = |server: S| Arc::new(AccountService::new(server, options, abort));
        let by_token = accounts.by_token.into_iter().map(|(bearer, server)| (bearer, service(server)));
        Self {
            anonymous: accounts.anonymous.map(service),
            by_token: by_token.collect(),
            metrics: accounts.metrics,
        }
    }

    /// The client that sent the request, and its service. The token is compared with all known tokens, so that the
    /// time does not show which one matches.
    pub(crate) fn authenticate(
        &self,
        headers: &HeaderMap,
    ) -> Result<(Principal, Arc<AccountService<S>>), Unauthorized> {
        if let Some(service) = &self.anonymous {
            return Ok((Principal::Anonymous, Arc::clone(service)));
        }
        let unauthorized = Unauthorized { presented: headers.contains_key(AUTHORIZATION) };
        let bearer = Bearer::from_headers(headers).ok_or(unauthorized)?;
        let mut found = None;
        for (known, service) in &self.by_token {
            if known.matches(&bearer) {
                found = Some(service);
            }
        }
        let service = found.ok_or(unauthorized)?;
        Ok((Principal::Bearer(bearer), Arc::clone(service)))
    }

    /// Whether the request may read the metrics.
    pub(crate) fn metrics_access(&self, headers: &HeaderMap) -> MetricsAccess {
        if self.metrics.is_empty() {
            return if self.anonymous.is_some() { MetricsAccess::Allowed } else { MetricsAccess::Disabled };
        }
        match Bearer::from_headers(headers) {
            Some(bearer) if self.metrics.iter().any(|known| known.matches(&bearer)) => MetricsAccess::Allowed,
            _ => MetricsAccess::Denied,
        }
    }
}

impl<S: McpServer> AccountService<S> {
    fn new(server: S, options: &HttpOptions, abort: &CancellationToken) -> Self {
        // `Host`, `Origin` and size are checked before the SDK sees a request.
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(S::HAS_SESSIONS)
            .with_json_response(true)
            .with_sse_keep_alive(Some(options.limits.keep_alive))
            .with_cancellation_token(abort.clone())
            .disable_allowed_hosts()
            .with_max_request_body_bytes(options.limits.body_bytes);
        let service = |config| {
            let server = server.clone();
            StreamableHttpService::new(move || Ok(server.clone()), Arc::<S::Sessions>::default(), config)
        };
        let (json, event_stream) = (service(config.clone()), service(config.with_json_response(false)));
        Self { server, json, event_stream }
    }
}
