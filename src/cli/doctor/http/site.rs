//! The server that is checked, as its settings describe it, and how it is asked.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use url::Url;

use crate::cli::healthz::reachable;
use crate::cli::http::sign_in_transport;
use crate::config::{ConfigError, HttpConfig};
use crate::ghl::SystemClock;
use crate::ghl::model::is_loopback;
use crate::sign_in::{FetchError, Probe, Resource, Seen, Settings};

/// The server that is checked.
pub(crate) struct Site<'a> {
    pub(crate) config: &'a HttpConfig,
    pub(crate) probe: Probe,
    resource: Resource,
}

impl<'a> Site<'a> {
    /// At the public address of the sign-in, or else at the first host that is allowed, or else where it listens.
    ///
    /// # Errors
    /// A host that is none.
    pub(crate) fn new(config: &'a HttpConfig) -> Result<Self, ConfigError> {
        let resource = match &config.sign_in {
            Some(sign_in) => sign_in.settings.resource.clone(),
            None => Resource::new(&without_sign_in(config)?, Vec::new()),
        };
        let probe = Probe::new(sign_in_transport(), Arc::new(SystemClock::default()));
        Ok(Self { config, probe, resource })
    }

    /// The sign-in, if it is on.
    pub(crate) fn sign_in(&self) -> Option<&'a Settings> {
        self.config.sign_in.as_ref().map(|sign_in| &sign_in.settings)
    }

    /// The address in front of `/mcp`.
    pub(crate) fn root(&self) -> String {
        self.resource.root()
    }

    /// The address that people give to a client.
    pub(crate) fn mcp(&self) -> String {
        self.resource.mcp()
    }

    pub(crate) fn mcp_metadata(&self) -> String {
        self.resource.mcp_metadata()
    }

    pub(crate) fn root_metadata(&self) -> String {
        self.resource.root_metadata()
    }

    /// Its host, for people.
    pub(crate) fn host(&self) -> String {
        let url = Url::parse(&self.mcp()).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    pub(crate) fn is_local(&self) -> bool {
        Url::parse(&self.mcp()).is_ok_and(|url| is_loopback(&url))
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.mcp().starts_with("http:")
    }

    /// Where the server listens, as a proxy on its machine reaches it.
    pub(crate) fn listens(&self) -> SocketAddr {
        reachable(self.config.listen)
    }

    /// The command that starts it.
    pub(crate) fn start(&self) -> String {
        let mut command = "ghl-contacts-mcp http".to_owned();
        match self.sign_in() {
            Some(sign_in) => {
                for issuer in &sign_in.issuers {
                    command = format!("{command} --oauth-issuer {}", issuer.text);
                }
                command = format!("{command} --public-url {}", self.root());
            }
            None => {
                for host in &self.config.allowed_hosts {
                    command = format!("{command} --allowed-host {host}");
                }
            }
        }
        command
    }

    /// The answer of the server's address, or of a proxy in front of it.
    pub(crate) async fn get(&self, address: &str, headers: HeaderMap) -> Result<Seen, FetchError> {
        self.probe.ask(Method::GET, &parsed(address)?, headers, None).await
    }

    /// The answer to a message without a token.
    pub(crate) async fn post_message(&self, message: &'static str) -> Result<Seen, FetchError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let accept = HeaderValue::from_static("application/json, text/event-stream");
        headers.insert(ACCEPT, accept);
        self.probe.ask(Method::POST, &parsed(&self.mcp())?, headers, Some(message.into())).await
    }
}

/// Without a sign-in no setting says the scheme: https, except on this machine.
fn without_sign_in(config: &HttpConfig) -> Result<Url, ConfigError> {
    let at = |scheme: &str, host: &str| Url::parse(&format!("{scheme}://{host}"));
    match config.allowed_hosts.first() {
        Some(host) => match at("http", host) {
            Ok(url) if is_loopback(&url) => Ok(url),
            _ => at("https", host).map_err(|error| ConfigError::new("--allowed-host", error.to_string())),
        },
        None => at("http", &reachable(config.listen).to_string())
            .map_err(|error| ConfigError::new("--listen", error.to_string())),
    }
}

fn parsed(address: &str) -> Result<Url, FetchError> {
    Url::parse(address).map_err(|_| FetchError::NotConnected(format!("{address} is no address")))
}
