//! A HighLevel in memory: it answers each request by a rule, and remembers when the requests came.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ghl_contacts_mcp::ghl::Clock;
use ghl_contacts_mcp::ghl::wire::{HttpRequest, HttpResponse, Transport, TransportError};

/// What becomes of a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Status, headers and body.
    Answer(u16, Vec<(&'static str, String)>, String),
    NotConnected,
    NoAnswer,
    CutOff(u16),
}

impl Reply {
    pub(crate) fn json(status: u16, body: &(impl ToString + ?Sized)) -> Self {
        Self::Answer(status, Vec::new(), body.to_string())
    }

    /// The same answer with one more header.
    pub(crate) fn with(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        if let Self::Answer(_, headers, _) = &mut self {
            headers.push((name, value.to_string()));
        }
        self
    }

    fn into_result(self) -> Result<HttpResponse, TransportError> {
        let status = |status: u16| status.try_into().expect("a status");
        match self {
            Self::Answer(code, headers, body) => Ok(HttpResponse {
                status: status(code),
                headers: headers
                    .into_iter()
                    .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
                    .collect(),
                body: body.into_bytes().into(),
            }),
            Self::NotConnected => Err(TransportError::NotConnected("connection refused".into())),
            Self::NoAnswer => Err(TransportError::NoAnswer),
            Self::CutOff(code) => Err(TransportError::CutOff(status(code))),
        }
    }
}

/// How a HighLevel in memory answers.
pub(crate) trait Rule: Debug + Send + Sync {
    fn reply(&self, request: HttpRequest) -> BoxFuture<'_, Reply>;
}

/// A transport that answers by its rule.
#[derive(Debug)]
pub(crate) struct MemoryUpstream<R> {
    pub(crate) rule: R,
    clock: Arc<dyn Clock>,
    requests: Mutex<Vec<Duration>>,
}

impl<R: Rule> MemoryUpstream<R> {
    pub(crate) fn new(rule: R, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { rule, clock, requests: Mutex::default() })
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The number of requests.
    pub(crate) fn hits(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// When each request came, in seconds.
    pub(crate) fn times(&self) -> Vec<f64> {
        self.requests.lock().unwrap().iter().map(Duration::as_secs_f64).collect()
    }
}

impl<R: Rule> Transport for MemoryUpstream<R> {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        self.requests.lock().unwrap().push(self.clock.now());
        self.rule.reply(request).map(Reply::into_result).boxed()
    }
}
