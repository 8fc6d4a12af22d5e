//! The only room that sends: headers out, status and body in, both put into words of meaning.

use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use crate::ghl::auth::Bearer;
use crate::ghl::call::{Call, Effect};
use crate::ghl::client::Scope;
use crate::ghl::error::{Error, Happened, Kind};

mod answer;
mod connect;
mod wire;

pub(in crate::ghl) use crate::ghl::http::connect::why;

pub use crate::ghl::http::wire::{Timeouts, Wire};

/// HighLevel versions its API by this header; without it every call is a 401.
pub(in crate::ghl) const VERSION: &str = "2021-07-28";
/// Requests without a named agent get 403 "error code: 1010" from HighLevel's CDN.
pub(in crate::ghl) const AGENT: &str = concat!("ghl-contacts-mcp/", env!("CARGO_PKG_VERSION"));

/// A request as it goes to the transport.
#[derive(Debug, Clone)]
pub struct Outgoing {
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
pub struct Incoming {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, decompressed, at most 8 MiB.
    pub body: Bytes,
}

/// How an attempt ended without a readable answer.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
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
    /// The answer exceeded 8 MiB.
    #[error("answer too large")]
    TooLarge(StatusCode),
}

/// Carries one request. The real one is [`Wire`]; tests hand in their own.
pub trait Transport: Debug + Send + Sync {
    /// Sends once. Never retries, never follows a redirect, ends within `request.timeout`.
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, Broken>>;
}

/// The token to send with, renewed first where it ages.
pub(in crate::ghl) async fn bearer(scope: &Scope) -> Result<Bearer, Error> {
    let settings = scope.client().settings();
    in_time(scope, settings.credential.bearer(settings)).await
}

/// One attempt of `call`; two where HighLevel refused a token that could be renewed.
pub(in crate::ghl) async fn attempt(scope: &Scope, call: &Call, bearer: &Bearer) -> Result<Incoming, Error> {
    let settings = scope.client().settings();
    let refused = match once(scope, call, bearer).await {
        Err(error) if *error.kind() == Kind::Unauthorized => error,
        done => return done,
    };
    let Some(bearer) = in_time(scope, settings.credential.another(settings, bearer)).await? else {
        return Err(refused);
    };
    let _sent = scope.client().pace().take(scope).await?;
    once(scope, call, &bearer).await
}

/// Waits for a token as long as the call may take. Nothing is on its way meanwhile.
async fn in_time<T>(scope: &Scope, token: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::select! {
        biased;
        token = token => token,
        () = scope.expired() => Err(scope.out_of_time()),
    }
}

async fn once(scope: &Scope, call: &Call, bearer: &Bearer) -> Result<Incoming, Error> {
    let settings = scope.client().settings();
    let not_built = || {
        Error::new(
            Kind::Refused(vec!["the path of the request is not its template".to_owned()]),
            Happened::No,
        )
    };
    let url = call.url(&settings.base_url).ok_or_else(not_built)?;
    let mut headers = HeaderMap::with_capacity(6);
    headers.insert(AUTHORIZATION, bearer.header.clone());
    headers.insert("version", HeaderValue::from_static(VERSION));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    if let Ok(location) = HeaderValue::from_str(scope.client().location()?.as_str()) {
        headers.insert("location-id", location);
    }
    let body = call.body.clone().map(Bytes::from);
    if body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let timeout = scope.remaining();
    scope.count_request(call.effect);
    let request = Outgoing { method: call.method.clone(), url, headers, body, timeout };
    let began = settings.clock.now();
    let answer = settings.transport.send(request).await;
    let status = match &answer {
        Ok(answer) => Some(answer.status.as_u16()),
        Err(Broken::CutOff(status) | Broken::TooLarge(status)) => Some(status.as_u16()),
        Err(_) => None,
    };
    scope.client().observer().ended(call.name, status, settings.clock.now().saturating_sub(began));
    match answer {
        Ok(answer) => {
            scope.client().pace().learn(began, settings.clock.now(), &answer.headers);
            answer::classify(call, answer, settings.clock.wall())
        }
        Err(broken) => {
            Err(broken_to_error(call.effect, broken, settings.base_url.host_str().unwrap_or_default()))
        }
    }
}

fn broken_to_error(effect: Effect, broken: Broken, host: &str) -> Error {
    let maybe = if effect == Effect::Read { Happened::No } else { Happened::Unknown };
    let not_sent = |kind, source: Box<dyn std::error::Error + Send + Sync>| {
        let reason = why(host, &*source);
        tracing::warn!(reason, "not connected");
        Error::new(kind, Happened::No).with_reason(reason).with_source(source)
    };
    let applied = |status: StatusCode| match effect {
        Effect::Read => Happened::No,
        _ if status.is_success() => Happened::Yes,
        _ => Happened::Unknown,
    };
    match broken {
        Broken::NotConnected(source) => not_sent(Kind::Unreachable, source),
        Broken::Tls(source) => not_sent(Kind::Tls, source),
        Broken::NoAnswer => Error::new(Kind::Lost, maybe),
        Broken::CutOff(status) => Error::new(Kind::Lost, applied(status)).with_status(status.as_u16()),
        Broken::TooLarge(status) => Error::new(Kind::TooLarge, applied(status)).with_status(status.as_u16()),
    }
}

/// Reads a successful answer as `T`.
pub(in crate::ghl) fn decode<T: DeserializeOwned>(effect: Effect, answer: &Incoming) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|_| {
        // serde's own message can quote the body, which is personal data: it is dropped on purpose.
        let happened = if effect == Effect::Read { Happened::No } else { Happened::Yes };
        Error::new(Kind::Unreadable, happened).with_status(answer.status.as_u16())
    })
}
