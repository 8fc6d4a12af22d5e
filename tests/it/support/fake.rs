//! A transport in memory, for rows that need exact waits: its clock is tokio's own, paused, which goes on by itself
//! when everybody waits. (A paused clock and a real socket do not go together: the clock would not wait for the socket.)
#![expect(clippy::disallowed_methods, reason = "this file is the paused clock")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ghl_contacts_mcp::ghl::Clock;
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::{HttpRequest, HttpResponse, Transport, TransportError};
use ghl_contacts_mcp::ghl::{Client, Settings};
use tokio::time::Instant;

/// Tokio's time; in a test with `start_paused` it jumps.
#[derive(Debug)]
pub struct Paused(Instant);

impl Default for Paused {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for Paused {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn wall(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_780_304_400) + self.now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(time).boxed()
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// What a scripted HighLevel does with a request.
#[derive(Debug, Clone)]
pub enum Says {
    Answer(u16, Vec<(&'static str, String)>, String),
    NotConnected,
    NoAnswer,
    CutOff(u16),
}

impl Says {
    pub fn json(status: u16, body: &str) -> Self {
        Self::Answer(status, Vec::new(), body.to_owned())
    }

    pub fn contact() -> Self {
        Self::json(200, r#"{"contact":{"id":"ada","firstName":"Ada"}}"#)
    }

    pub fn too_many<const N: usize>(headers: [(&'static str, &str); N]) -> Self {
        let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        Self::Answer(429, headers, r#"{"statusCode":429,"message":"Too Many Requests"}"#.to_owned())
    }

    fn play(self) -> Result<HttpResponse, TransportError> {
        match self {
            Self::Answer(status, headers, body) => Ok(HttpResponse {
                status: status.try_into().expect("a status"),
                headers: headers
                    .into_iter()
                    .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
                    .collect(),
                body: body.into_bytes().into(),
            }),
            Self::NotConnected => Err(TransportError::NotConnected("nobody listens".into())),
            Self::NoAnswer => Err(TransportError::NoAnswer),
            Self::CutOff(status) => Err(TransportError::CutOff(status.try_into().expect("a status"))),
        }
    }
}

/// Plays its script, the last line for ever, and remembers when it was asked.
#[derive(Debug)]
pub struct Fake {
    script: Mutex<VecDeque<Says>>,
    asked: Mutex<Vec<Duration>>,
    clock: Arc<Paused>,
}

impl Transport for Fake {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        self.asked.lock().unwrap().push(self.clock.now());
        let mut script = self.script.lock().unwrap();
        let says = if script.len() > 1 { script.pop_front() } else { script.front().cloned() };
        std::future::ready(says.expect("a script has a line").play()).boxed()
    }
}

impl Fake {
    /// Seconds at which it was asked.
    pub fn asked(&self) -> Vec<f64> {
        self.asked.lock().unwrap().iter().map(Duration::as_secs_f64).collect()
    }

    pub fn hits(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub fn clock(&self) -> Arc<Paused> {
        Arc::clone(&self.clock)
    }
}

/// A client of a HighLevel that does as told; its calls have 45 s.
pub fn scripted(script: impl IntoIterator<Item = Says>) -> (Client, Arc<Fake>) {
    let clock = Arc::new(Paused::default());
    let script = Mutex::new(script.into_iter().collect());
    let fake = Arc::new(Fake { script, asked: Mutex::default(), clock: Arc::clone(&clock) });
    (client(clock, Arc::clone(&fake) as Arc<dyn Transport>, Duration::from_secs(45)), fake)
}

pub fn client(clock: Arc<dyn Clock>, transport: Arc<dyn Transport>, deadline: Duration) -> Client {
    client_of("http://127.0.0.1:9", clock, transport, deadline)
}

pub fn client_of(
    base: &str,
    clock: Arc<dyn Clock>,
    transport: Arc<dyn Transport>,
    deadline: Duration,
) -> Client {
    Client::new(Settings {
        base_url: base.parse().expect("an address"),
        credential: Credential::Token("pit-00000000-0000-4000-8000-000000000000".to_owned().into()),
        location: Some("FaultLocation0000001".parse().expect("a location")),
        dialect: Some(ghl_contacts_mcp::ghl::Dialect::Current),
        clock,
        transport,
        deadline,
    })
}

/// How a server counts what it allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// In windows that begin with the first request after the last one's end.
    Fixed,
    /// Over the last ten seconds.
    Sliding,
    /// The same, and what it refuses counts too.
    Rejects,
}

/// A HighLevel that refuses whatever is over its limit, a journey of 60 ms away.
#[derive(Debug)]
pub struct Strict {
    counts: Counts,
    max: usize,
    clock: Arc<Paused>,
    state: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    window: VecDeque<Duration>,
    hits: usize,
    refused: Vec<Duration>,
}

const WINDOW: Duration = Duration::from_secs(10);
const JOURNEY: Duration = Duration::from_millis(60);

impl Strict {
    pub fn new(counts: Counts, max: usize) -> (Arc<Self>, Arc<Paused>) {
        let clock = Arc::new(Paused::default());
        (Arc::new(Self { counts, max, clock: Arc::clone(&clock), state: Mutex::default() }), clock)
    }

    pub fn hits(&self) -> usize {
        self.state.lock().unwrap().hits
    }

    /// When it refused.
    pub fn refused(&self) -> Vec<Duration> {
        self.state.lock().unwrap().refused.clone()
    }

    fn arrive(&self) -> Says {
        let now = self.clock.now();
        let mut seen = self.state.lock().unwrap();
        seen.hits += 1;
        if self.counts == Counts::Fixed {
            if seen.window.front().is_some_and(|first| *first + WINDOW <= now) {
                seen.window.clear();
            }
        } else {
            seen.window.retain(|time| *time + WINDOW > now);
        }
        let full = seen.window.len() >= self.max;
        if !full || self.counts == Counts::Rejects {
            seen.window.push_back(now);
        }
        let left = self.max.saturating_sub(seen.window.len());
        let headers = vec![
            ("x-ratelimit-max", self.max.to_string()),
            ("x-ratelimit-interval-milliseconds", "10000".to_owned()),
            ("x-ratelimit-remaining", left.to_string()),
        ];
        if full {
            seen.refused.push(now);
            return Says::Answer(429, headers, String::new());
        }
        Says::Answer(200, headers, r#"{"contact":{"id":"ada"}}"#.to_owned())
    }
}

impl Transport for Strict {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        async move {
            tokio::time::sleep(JOURNEY).await;
            let says = self.arrive();
            tokio::time::sleep(JOURNEY).await;
            says.play()
        }
        .boxed()
    }
}
