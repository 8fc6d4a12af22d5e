//! The server that is checked, as its settings describe it, and how it is asked.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, ORIGIN};
use url::Url;

use crate::cli::healthz::reachable;
use crate::cli::http::sign_in_transport;
use crate::config::{ConfigError, HttpConfig};
use crate::ghl::SystemClock;
use crate::ghl::model::is_loopback;
use crate::ghl::wire::HttpResponse;
use crate::sign_in::{FetchError, Probe, Resource, Settings};

/// The first message of a client.
const INITIALIZE: &str = concat!(
    r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"#,
    r#""clientInfo":{"name":"ghl-contacts-mcp-doctor","version":""#,
    env!("CARGO_PKG_VERSION"),
    r#""}}}"#
);
/// A page that may read the metadata, as every page may.
pub(crate) const PAGE: &str = "https://client.example";

/// The server that is checked.
pub(crate) struct Site<'a> {
    pub(crate) config: &'a HttpConfig,
    /// The sign-in, if it is on.
    pub(crate) sign_in: Option<&'a Settings>,
    pub(crate) probe: Probe,
    /// The address in front of `/mcp`.
    pub(crate) root: String,
    /// The address that people give to a client.
    pub(crate) mcp: String,
    /// The same, in its parts.
    pub(crate) url: Url,
    pub(crate) mcp_metadata: String,
    pub(crate) root_metadata: String,
    /// Its host, for people.
    pub(crate) host: String,
    /// Where the server listens, as a proxy on its machine reaches it.
    pub(crate) listens: SocketAddr,
    /// The command that starts it.
    pub(crate) start: String,
}

/// Who seems to ask.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asker {
    Program,
    /// A page of another origin.
    Page,
    /// A client without a token, which sends its first message.
    Client,
}

impl<'a> Site<'a> {
    /// At the public address of the sign-in, or else at the first host that is allowed, or else where it listens.
    ///
    /// # Errors
    /// A host that is none.
    #[inline(never)]
    pub(crate) fn new(config: &'a HttpConfig) -> Result<Self, ConfigError> {
        let sign_in = config.sign_in.as_ref().map(|sign_in| &sign_in.settings);
        let resource = match sign_in {
            Some(sign_in) => sign_in.resource.clone(),
            None => Resource::new(&without_sign_in(config)?, Vec::new()),
        };
        let (root, mcp) = (resource.root(), resource.mcp());
        let url = Url::parse(&mcp).map_err(|error| ConfigError::new("--public-url", error.to_string()))?;
        Ok(Self {
            config,
            sign_in,
            probe: Probe::new(sign_in_transport(), Arc::new(SystemClock::default())),
            start: start(config, sign_in, &root),
            root,
            mcp,
            mcp_metadata: resource.mcp_metadata(),
            root_metadata: resource.root_metadata(),
            host: url.host_str().unwrap_or_default().to_owned(),
            url,
            listens: reachable(config.listen),
        })
    }

    pub(crate) fn is_local(&self) -> bool {
        is_loopback(&self.url)
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// The answer of this address, or of a proxy in front of it.
    pub(crate) async fn ask(&self, address: &str, asker: Asker) -> Result<HttpResponse, FetchError> {
        let url =
            Url::parse(address).map_err(|_| FetchError::NotConnected(format!("{address} is no address")))?;
        let given = match asker {
            Asker::Program => &[][..],
            Asker::Page => &[(ORIGIN, PAGE)],
            Asker::Client => {
                &[(CONTENT_TYPE, "application/json"), (ACCEPT, "application/json, text/event-stream")]
            }
        };
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let (method, body) = match asker {
            Asker::Client => (Method::POST, Some(INITIALIZE.into())),
            Asker::Page | Asker::Program => (Method::GET, None),
        };
        self.probe.ask(method, &url, headers, body).await
    }
}

fn start(config: &HttpConfig, sign_in: Option<&Settings>, root: &str) -> String {
    let mut command = "ghl-contacts-mcp http".to_owned();
    let mut add = |flag: &str, value: &str| command.extend([" --", flag, " ", value]);
    match sign_in {
        Some(sign_in) => {
            sign_in.issuers.iter().for_each(|issuer| add("oauth-issuer", &issuer.text));
            add("public-url", root);
        }
        None => config.allowed_hosts.iter().for_each(|host| add("allowed-host", host)),
    }
    command
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
