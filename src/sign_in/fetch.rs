//! Requests to an authorization server. The transport follows no redirect, so an address leads to no other host.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, USER_AGENT};
use url::Url;

use crate::ghl::wire::{AGENT, HttpRequest, HttpResponse, Transport, TransportError, why};

/// The time for one request.
const EACH: Duration = Duration::from_secs(5);
/// The largest answer. Keys with certificates take a few hundred bytes to a few kilobytes each.
const LARGEST: usize = 256 * 1024;

/// Asks authorization servers.
#[derive(Debug, Clone)]
pub(crate) struct Fetcher(Arc<dyn Transport>);

/// Why there is no answer that can be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// No connection was made: in words.
    #[error("{0}")]
    NotConnected(String),
    /// The TLS handshake failed: in words.
    #[error("{0}")]
    Tls(String),
    #[error("{0} did not answer in time, or not to the end")]
    NoAnswer(String),
    #[error("{0} answered {1}; an address that has moved is not followed")]
    Status(String, u16),
    #[error("the answer of {0} is larger than 256 KiB")]
    TooLarge(String),
}

impl FetchError {
    /// Whether the host answered anything at all.
    pub(crate) fn is_an_answer(&self) -> bool {
        matches!(self, Self::Status(..) | Self::TooLarge(_))
    }
}

impl Fetcher {
    pub(crate) fn new(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }

    /// The answer of this address, if it is one of success.
    pub(crate) fn get(&self, url: &Url) -> impl Future<Output = Result<HttpResponse, FetchError>> {
        self.succeed(Method::GET, url, HeaderMap::new(), None)
    }

    /// The answer to a form, if it is one of success.
    pub(crate) fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        form: String,
    ) -> impl Future<Output = Result<HttpResponse, FetchError>> {
        self.succeed(Method::POST, url, headers, Some(form.into()))
    }

    async fn succeed(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<HttpResponse, FetchError> {
        let answer = self.ask(method, url, headers, body).await?;
        match answer.status.as_u16() {
            200 => Ok(answer),
            status => Err(FetchError::Status(host(url), status)),
        }
    }

    /// The answer, whatever its status is.
    pub(crate) async fn ask(
        &self,
        method: Method,
        url: &Url,
        mut headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<HttpResponse, FetchError> {
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        // Some servers refuse a client that has no name.
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let request = HttpRequest { method, url: url.clone(), headers, body, timeout: EACH };
        let answer = self.0.send(request).await.map_err(|error| match error {
            TransportError::TooLarge(_) => FetchError::TooLarge(host(url)),
            TransportError::NotConnected(error) => FetchError::NotConnected(why(&host(url), &*error)),
            TransportError::Tls(error) => FetchError::Tls(why(&host(url), &*error)),
            TransportError::NoAnswer | TransportError::CutOff(_) => FetchError::NoAnswer(host(url)),
        })?;
        if answer.body.len() > LARGEST { Err(FetchError::TooLarge(host(url))) } else { Ok(answer) }
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
