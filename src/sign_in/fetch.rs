//! Requests to an authorization server. The transport follows no redirect, so an address leads to no other host.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use url::Url;

use crate::ghl::wire::{HttpRequest, Transport, TransportError, why};

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
    /// No connection, or no whole answer: in words.
    #[error("{0}")]
    NoAnswer(String),
    #[error("{0} answered {1}; an address that has moved is not followed")]
    Status(String, u16),
    #[error("the answer of {0} is larger than 256 KiB")]
    TooLarge(String),
}

impl Fetcher {
    pub(crate) fn new(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }

    /// The body at this address.
    pub(crate) async fn get(&self, url: &Url) -> Result<Bytes, FetchError> {
        self.send(Method::GET, url, HeaderMap::new(), None).await
    }

    /// The body of the answer to a form.
    pub(crate) async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        form: String,
    ) -> Result<Bytes, FetchError> {
        self.send(Method::POST, url, headers, Some(form.into())).await
    }

    async fn send(
        &self,
        method: Method,
        url: &Url,
        mut headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<Bytes, FetchError> {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let host = || url.host_str().unwrap_or_default().to_owned();
        let request = HttpRequest { method, url: url.clone(), headers, body, timeout: EACH };
        let answer = self.0.send(request).await.map_err(|error| match error {
            TransportError::TooLarge(_) => FetchError::TooLarge(host()),
            TransportError::NotConnected(error) | TransportError::Tls(error) => {
                FetchError::NoAnswer(why(&host(), &*error))
            }
            TransportError::NoAnswer | TransportError::CutOff(_) => {
                FetchError::NoAnswer(format!("{} did not answer in time, or not to the end", host()))
            }
        })?;
        match answer.status.as_u16() {
            200 if answer.body.len() <= LARGEST => Ok(answer.body),
            200 => Err(FetchError::TooLarge(host())),
            status => Err(FetchError::Status(host(), status)),
        }
    }
}
