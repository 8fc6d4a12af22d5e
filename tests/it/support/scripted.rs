//! Clients of a HighLevel in memory, for rows that need exact waits. Their clock is tokio's own, paused: it advances by
//! itself when every task waits.
#![expect(clippy::disallowed_methods, reason = "this file is the paused clock")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::{HttpRequest, Transport};
use ghl_contacts_mcp::ghl::{Client, Clock, Dialect, Settings};
use tokio::time::Instant;

use crate::support::upstream::memory::{MemoryUpstream, Reply, Rule};

/// Tokio's time. In a test with `start_paused` it jumps.
#[derive(Debug)]
pub struct PausedClock(Instant);

impl Default for PausedClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for PausedClock {
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

/// One reply for each request. The last one is repeated.
#[derive(Debug)]
pub struct Script(Mutex<VecDeque<Reply>>);

impl Rule for Script {
    fn reply(&self, _: HttpRequest) -> BoxFuture<'_, Reply> {
        let mut script = self.0.lock().unwrap();
        let reply = if script.len() > 1 { script.pop_front() } else { script.front().cloned() };
        std::future::ready(reply.expect("a script has a line")).boxed()
    }
}

/// A contact as HighLevel answers it.
pub fn contact() -> Reply {
    Reply::json(200, r#"{"contact":{"id":"ada","firstName":"Ada"}}"#)
}

/// A refusal by the rate limit, with these headers.
pub fn too_many<const N: usize>(headers: [(&'static str, &str); N]) -> Reply {
    let reply = Reply::json(429, r#"{"statusCode":429,"message":"Too Many Requests"}"#);
    headers.into_iter().fold(reply, |reply, (name, value)| reply.with(name, value))
}

/// A client of a HighLevel that plays this script. Its calls have 45 s.
pub fn scripted(script: impl IntoIterator<Item = Reply>) -> (Client, Arc<MemoryUpstream<Script>>) {
    let script = Script(Mutex::new(script.into_iter().collect()));
    let highlevel = MemoryUpstream::new(script, Arc::new(PausedClock::default()));
    let transport = Arc::clone(&highlevel) as Arc<dyn Transport>;
    (client(highlevel.clock(), transport, Duration::from_secs(45)), highlevel)
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
        dialect: Some(Dialect::Current),
        clock,
        transport,
        deadline,
    })
}

/// How a server counts requests against its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// In windows of ten seconds. A window begins with the first request after the last window.
    Fixed,
    /// Over the last ten seconds.
    Sliding,
    /// Over the last ten seconds, refused requests included.
    Rejects,
}

/// A limit of requests in ten seconds. Each way takes 60 ms.
#[derive(Debug)]
pub struct Quota {
    counts: Counts,
    max: usize,
    clock: Arc<PausedClock>,
    window: Mutex<VecDeque<Duration>>,
    refused: Mutex<Vec<Duration>>,
}

const WINDOW: Duration = Duration::from_secs(10);
const ONE_WAY: Duration = Duration::from_millis(60);

impl Quota {
    /// A HighLevel that answers `max` requests in ten seconds and refuses the others.
    pub fn of(counts: Counts, max: usize) -> Arc<MemoryUpstream<Self>> {
        let clock = Arc::new(PausedClock::default());
        let (window, refused) = (Mutex::default(), Mutex::default());
        MemoryUpstream::new(Self { counts, max, clock: Arc::clone(&clock), window, refused }, clock)
    }

    /// When requests were refused.
    pub fn refused(&self) -> Vec<Duration> {
        self.refused.lock().unwrap().clone()
    }

    /// `id` is the contact that is asked for.
    fn arrive(&self, id: &str) -> Reply {
        let now = self.clock.now();
        let mut window = self.window.lock().unwrap();
        if self.counts == Counts::Fixed {
            if window.front().is_some_and(|first| *first + WINDOW <= now) {
                window.clear();
            }
        } else {
            window.retain(|time| *time + WINDOW > now);
        }
        let full = window.len() >= self.max;
        if !full || self.counts == Counts::Rejects {
            window.push_back(now);
        }
        let reply = if full {
            self.refused.lock().unwrap().push(now);
            Reply::json(429, "")
        } else {
            Reply::json(200, &format!(r#"{{"contact":{{"id":"{id}"}}}}"#))
        };
        reply
            .with("x-ratelimit-max", &self.max)
            .with("x-ratelimit-interval-milliseconds", &WINDOW.as_millis())
            .with("x-ratelimit-remaining", &self.max.saturating_sub(window.len()))
    }
}

impl Rule for Quota {
    fn reply(&self, request: HttpRequest) -> BoxFuture<'_, Reply> {
        async move {
            tokio::time::sleep(ONE_WAY).await;
            let reply = self.arrive(request.url.path().rsplit('/').next().unwrap());
            tokio::time::sleep(ONE_WAY).await;
            reply
        }
        .boxed()
    }
}
