//! The transport that speaks HTTP: reqwest, with everything it does unasked switched off.
#![expect(clippy::disallowed_methods, reason = "this file is the only one that sends")]

use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rustls::RootCertStore;

use crate::ghl::wire::connect::{SystemNames, tls};
use crate::ghl::wire::transport::{HttpRequest, HttpResponse, Transport, TransportError};

/// Below the keep-alive of HighLevel's servers, so that an idle connection is closed by us and not under us.
const POOL_IDLE: Duration = Duration::from_secs(30);
/// The largest answer of HighLevel that is read.
const LARGEST: usize = 8 * 1024 * 1024;

/// The largest part in which an answer is collected, unless one chunk is larger.
const LARGEST_PART: usize = 256 * 1024;

/// How long the parts of one attempt may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// TCP and TLS: 5 s.
    pub connect: Duration,
    /// Between two reads, and before the first: 10 s.
    pub idle: Duration,
    /// The whole attempt, connecting included: 20 s, and never more than is left of the call.
    pub attempt: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            idle: Duration::from_secs(10),
            attempt: Duration::from_secs(20),
        }
    }
}

/// HTTP over TCP and TLS (rustls with `ring` and Mozilla's roots). The client is built on first use.
#[derive(Debug)]
pub struct ReqwestTransport {
    client: OnceLock<reqwest::Client>,
    timeouts: Timeouts,
    /// The largest answer that is read, after decompression.
    largest: usize,
}

impl Default for ReqwestTransport {
    fn default() -> Self {
        Self::new(Timeouts::default())
    }
}

impl ReqwestTransport {
    /// With other timeouts than the program's.
    #[must_use]
    pub fn new(timeouts: Timeouts) -> Self {
        Self { client: OnceLock::new(), timeouts, largest: LARGEST }
    }

    /// With another limit for the bytes of an answer.
    #[must_use]
    pub fn largest(self, bytes: usize) -> Self {
        Self { largest: bytes, ..self }
    }

    fn client(&self) -> Result<&reqwest::Client, TransportError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = build(self.timeouts, mozilla()).map_err(TransportError::NotConnected)?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// The only roots that are trusted, in every program that is built.
fn mozilla() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

fn build(
    timeouts: Timeouts,
    roots: RootCertStore,
) -> Result<reqwest::Client, Box<dyn StdError + Send + Sync>> {
    Ok(builder(timeouts, roots)?.build()?)
}

fn builder(timeouts: Timeouts, roots: RootCertStore) -> Result<reqwest::ClientBuilder, rustls::Error> {
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(SystemNames)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.idle)
        .pool_idle_timeout(POOL_IDLE)
        .tcp_nodelay(true))
}

impl Transport for ReqwestTransport {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        async move {
            let mut builder = self
                .client()?
                .request(request.method, request.url)
                .headers(request.headers)
                .timeout(request.timeout.min(self.timeouts.attempt));
            if let Some(body) = request.body {
                builder = builder.body(body);
            }
            let answer = builder.send().await.map_err(before_the_answer)?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = read(answer, self.largest).await?;
            Ok(HttpResponse { status, headers, body })
        }
        .boxed()
    }
}

async fn read(mut answer: reqwest::Response, largest: usize) -> Result<Bytes, TransportError> {
    let status = answer.status();
    // One buffer that grows would be there twice each time that it moves.
    let (mut parts, mut size) = (Vec::<BytesMut>::new(), 0);
    while let Some(chunk) = answer.chunk().await.map_err(|_| TransportError::CutOff(status))? {
        size += chunk.len();
        if size > largest {
            return Err(TransportError::TooLarge(status));
        }
        if let Some(part) = parts.last_mut()
            && part.capacity() - part.len() >= chunk.len()
        {
            part.extend_from_slice(&chunk);
            continue;
        }
        // As large as all before it, within bounds: small chunks do not cost a part each.
        let mut part = BytesMut::with_capacity(size.min(LARGEST_PART).max(chunk.len()));
        part.extend_from_slice(&chunk);
        parts.push(part);
    }
    let mut body = if parts.len() == 1 { parts.remove(0) } else { BytesMut::with_capacity(size) };
    for part in parts {
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

/// reqwest's `is_connect` is the only predicate that shows that nothing was sent: a reused connection that
/// closes mid-request carries neither it nor `is_timeout`.
fn before_the_answer(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    if !error.is_connect() {
        return TransportError::NoAnswer;
    }
    if tls(&error).is_some() {
        TransportError::Tls(error.into())
    } else {
        TransportError::NotConnected(error.into())
    }
}

#[cfg(test)]
mod tests;
