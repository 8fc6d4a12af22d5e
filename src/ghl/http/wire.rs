//! The transport that speaks HTTP: reqwest, with everything it would do behind our back switched off.
#![expect(clippy::disallowed_methods, reason = "this file is the only one that sends")]

use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::ghl::http::{Broken, Incoming, Outgoing, Transport};

/// Below the keep-alive of HighLevel's servers, so that an idle connection is closed by us and not under us.
const POOL_IDLE: Duration = Duration::from_secs(30);
/// The largest answer that is read, after decompression.
const LARGEST: usize = 8 * 1024 * 1024;

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
#[derive(Debug, Default)]
pub struct Wire {
    client: OnceLock<reqwest::Client>,
    timeouts: Timeouts,
}

impl Wire {
    /// With other patience than the program's.
    #[must_use]
    pub fn new(timeouts: Timeouts) -> Self {
        Self { client: OnceLock::new(), timeouts }
    }

    fn client(&self) -> Result<&reqwest::Client, Broken> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = build(self.timeouts).map_err(Broken::NotConnected)?;
        Ok(self.client.get_or_init(|| client))
    }
}

fn build(timeouts: Timeouts) -> Result<reqwest::Client, Box<dyn StdError + Send + Sync>> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.idle)
        .pool_idle_timeout(POOL_IDLE)
        .tcp_nodelay(true)
        .build()?;
    Ok(client)
}

impl Transport for Wire {
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, Broken>> {
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
            let body = read(answer).await?;
            Ok(Incoming { status, headers, body })
        }
        .boxed()
    }
}

async fn read(mut answer: reqwest::Response) -> Result<Bytes, Broken> {
    let status = answer.status();
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| Broken::CutOff(status))? {
        if body.len() + chunk.len() > LARGEST {
            return Err(Broken::TooLarge(status));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// reqwest's `is_connect` is the only predicate that proves that nothing was sent: a reused connection that
/// closes mid-request carries neither it nor `is_timeout`.
fn before_the_answer(error: reqwest::Error) -> Broken {
    let error = error.without_url();
    if !error.is_connect() {
        return Broken::NoAnswer;
    }
    if caused_by_tls(&error) { Broken::Tls(error.into()) } else { Broken::NotConnected(error.into()) }
}

fn caused_by_tls(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        // An I/O error says of itself what is inside it, but its `source` is the source of that: the handshake's
        // error is two of them deep, and would be stepped over.
        let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match inside {
            Some(inside) => Some(inside),
            None => error.source(),
        };
    }
    false
}
