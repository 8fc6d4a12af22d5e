//! What carries a request: its types and its trait.

use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use url::Url;

/// A request as it goes to the transport.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Full address.
    pub url: Url,
    /// Headers; `Authorization` is marked sensitive.
    pub headers: HeaderMap,
    /// JSON, or a form where a token is asked for.
    pub body: Option<Bytes>,
    /// What is left of the call's time: the attempt ends within it.
    pub timeout: Duration,
}

/// An answer as it comes from the transport, read to its end.
#[derive(Debug, Clone)]
pub struct HttpResponse {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, decompressed, at most as large as the transport allows.
    pub body: Bytes,
}

/// How an attempt ended without a readable answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// No connection: nothing was sent.
    #[error("not connected")]
    NotConnected(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The TLS handshake failed: nothing was sent.
    #[error("TLS handshake failed")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Sent, perhaps in part, and no answer began.
    #[error("no answer")]
    NoAnswer,
    /// The answer began with this status and broke off.
    #[error("answer cut off")]
    CutOff(StatusCode),
    /// The answer was larger than the transport allows: for HighLevel 8 MiB.
    #[error("answer too large")]
    TooLarge(StatusCode),
}

/// Carries one request. The real one is [`ReqwestTransport`](crate::ghl::wire::ReqwestTransport); tests hand in their own.
pub trait Transport: Debug + Send + Sync {
    /// Sends once. Never retries, never follows a redirect, ends within `request.timeout`.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>>;
}
