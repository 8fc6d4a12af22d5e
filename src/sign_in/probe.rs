//! Asks as a client does that wants to sign in, so that what it meets can be reported. It judges nothing.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use crate::ghl::Clock;
use crate::ghl::wire::{HttpResponse, Transport, clock_ahead};
use crate::sign_in::discovery::{DiscoveryError, metadata_of};
use crate::sign_in::fetch::{FetchError, Fetcher};
use crate::sign_in::introspection::ask_about;
use crate::sign_in::keys::KeySet;
use crate::sign_in::settings::{Introspection, IssuerUrl};

/// Asks, once for each call, in bounded time and size.
#[derive(Debug)]
pub(crate) struct Probe {
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
}

/// An authorization server, as its metadata describes it.
#[derive(Debug)]
pub(crate) struct Described {
    /// Where the metadata is.
    pub(crate) at: String,
    /// All that it says.
    pub(crate) says: Map<String, Value>,
    /// Where the keys are.
    pub(crate) keys_at: Url,
    /// Of each key that can be used its algorithm or kind; none if the answer holds no such key.
    pub(crate) keys: Result<Vec<String>, FetchError>,
    /// By how many seconds this machine's clock is ahead.
    pub(crate) clock_ahead: Option<i64>,
}

impl Probe {
    pub(crate) fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { fetcher: Fetcher::new(transport), clock }
    }

    /// The answer of a server, whatever it is.
    pub(crate) fn ask(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> impl Future<Output = Result<HttpResponse, FetchError>> {
        self.fetcher.ask(method, url, headers, body)
    }

    /// The metadata and the keys of an authorization server, found as for a token.
    pub(crate) async fn issuer(&self, issuer: &IssuerUrl) -> Result<Described, DiscoveryError> {
        let metadata = metadata_of(issuer, &self.fetcher).await?;
        let clock_ahead = self.clock_ahead(&metadata.headers);
        let keys = self.fetcher.get(&metadata.keys).await;
        let names = |keys: KeySet| keys.names();
        let keys = keys.map(|answer| KeySet::read(&answer.body).map(names).unwrap_or_default());
        Ok(Described { at: metadata.at, says: metadata.says, keys_at: metadata.keys, keys, clock_ahead })
    }

    /// Whether the endpoint answers as it should to a question about a token that no one has.
    pub(crate) async fn introspection(&self, settings: &Introspection) -> Result<bool, FetchError> {
        let token = format!("no-token-{}", Uuid::new_v4());
        let answer = ask_about(&token, settings, &self.fetcher).await?;
        let says: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        Ok(says.get("active").is_some_and(Value::is_boolean))
    }

    /// By how many seconds this machine's clock is ahead, if the answer with these headers has a date.
    pub(crate) fn clock_ahead(&self, headers: &HeaderMap) -> Option<i64> {
        clock_ahead(headers, self.clock.wall())
    }
}
