//! Which MCP server serves the client with a bearer token.

use std::sync::Arc;

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use hyper::http::Extensions;
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use tokio_util::sync::CancellationToken;

use crate::serve::auth::{Bearer, Principal, presented};
use crate::serve::handler::McpServer;
use crate::serve::http::challenge::{Place, Refused};
use crate::serve::http::options::HttpOptions;
use crate::serve::http::people::{People, Present, Reception};
use crate::serve::http::response::{HttpResponse, unauthorized};

/// The MCP servers, and the bearer token of each.
#[derive(Debug, Clone)]
pub struct Accounts<S> {
    anonymous: Option<S>,
    by_token: Vec<(Bearer, S)>,
    metrics: Vec<Bearer>,
    people: Option<People<S>>,
}

impl<S: McpServer> Accounts<S> {
    /// One server for every client. Only for an address that no other machine can reach.
    #[must_use]
    pub fn unauthenticated(server: S) -> Self {
        Self { anonymous: Some(server), by_token: Vec::new(), metrics: Vec::new(), people: None }
    }

    /// No server yet: each client needs a token of [`Accounts::with_token`] or of [`Accounts::with_people`].
    #[must_use]
    pub fn authenticated() -> Self {
        Self { anonymous: None, by_token: Vec::new(), metrics: Vec::new(), people: None }
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

    /// Lets people sign in, too.
    #[must_use]
    pub fn with_people(mut self, people: People<S>) -> Self {
        self.people = Some(people);
        self
    }

    pub(crate) fn servers(&self) -> impl Iterator<Item = &S> {
        let people = self.people.iter().flat_map(People::servers);
        self.anonymous.iter().chain(self.by_token.iter().map(|(_, server)| server)).chain(people)
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

/// The client that sent a request.
pub(crate) struct Client<S: McpServer> {
    pub(crate) principal: Principal,
    pub(crate) service: Arc<AccountService<S>>,
    /// Who it is, if it is a person who has signed in.
    pub(crate) person: Option<Present>,
}

impl<S: McpServer> Client<S> {
    /// Whether this client may call the tool.
    pub(crate) fn may_call(&self, tool: &str) -> bool {
        let may_write = self.person.as_ref().is_none_or(|person| person.identity.may_write);
        may_write || !self.service.server.writes(tool)
    }

    /// Notes the person in the extensions of their request, where the handler reads it.
    pub(crate) fn note(&self, extensions: &mut Extensions) {
        if let Some(person) = &self.person {
            extensions.insert(Arc::clone(&person.identity));
        }
    }
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
    people: Option<Reception<Arc<AccountService<S>>>>,
}

impl<S: McpServer> AccountRouter<S> {
    pub(crate) fn new(accounts: Accounts<S>, options: &HttpOptions, abort: &CancellationToken) -> Self {
        let service = |server: S| Arc::new(AccountService::new(server, options, abort));
        let by_token = accounts.by_token.into_iter().map(|(bearer, server)| (bearer, service(server)));
        Self {
            anonymous: accounts.anonymous.map(service),
            by_token: by_token.collect(),
            metrics: accounts.metrics,
            people: accounts
                .people
                .map(|people| Reception::new(people.map(service), options.limits.requests_of_a_person)),
        }
    }

    /// Whether people may sign in.
    pub(crate) fn has_people(&self) -> bool {
        self.people.is_some()
    }

    /// The metadata of the sign-in at this path, if there is any.
    pub(crate) fn metadata_at(&self, path: &str) -> Option<String> {
        self.people.as_ref()?.metadata_at(path)
    }

    /// The response to a request that is refused at this path.
    pub(crate) fn refuse(&self, refused: Refused, place: Place) -> HttpResponse {
        match (&self.people, refused) {
            (Some(people), _) => people.challenges.response(refused, place),
            (None, Refused::Unauthorized { presented }) => unauthorized(presented),
            (None, _) => unauthorized(true),
        }
    }

    /// The client that sent the request. The token is compared with all known tokens, so that the time does not show which
    /// one matches; only one that is not known can be of a person.
    pub(crate) async fn authenticate(&self, headers: &HeaderMap) -> Result<Client<S>, Refused> {
        let client =
            |principal, service: &_| Client { principal, service: Arc::clone(service), person: None };
        if let Some(service) = &self.anonymous {
            return Ok(client(Principal::Anonymous, service));
        }
        let unauthorized = Refused::Unauthorized { presented: headers.contains_key(AUTHORIZATION) };
        let token = presented(headers).ok_or(unauthorized)?;
        let bearer = Bearer::of(token);
        let mut found = None;
        for (known, service) in &self.by_token {
            if known.matches(&bearer) {
                found = Some(service);
            }
        }
        match (found, &self.people) {
            (Some(service), _) => Ok(client(Principal::Bearer(bearer), service)),
            (None, None) => Err(unauthorized),
            (None, Some(people)) => {
                let (principal, service, person) = people.receive(token).await?;
                Ok(Client { principal, service, person: Some(person) })
            }
        }
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
