//! What a call costs, as far as it does not depend on the machine: requests to HighLevel, bytes of the answer, allocations.
//!
//! `benches/drive/costs.py` runs it and compares with `benches/baseline.json`. Everything runs on one thread: an MCP session
//! over a stream in memory, in front of a HighLevel in memory with prepared answers, whose own allocations are counted too.
//! The clock advances by three seconds with each call: only what is kept for ten minutes is answered from memory.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measuring program: it ends at the first error, and it prints what it found"
)]

#[path = "upstream/highlevel.rs"]
mod highlevel;

use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ghl_contacts_mcp::contacts::{self, AuditKey, Contacts};
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::{HttpRequest, HttpResponse, Transport, TransportError};
use ghl_contacts_mcp::ghl::{Client, Clock, Settings};
use ghl_contacts_mcp::serve::{Handler, serve_stream};
use ghl_contacts_mcp::tool::Catalogue;
use ghl_contacts_mcp::tools;
use serde_json::{Map, Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};

use crate::highlevel::{HighLevel, LOCATION};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What is called: `{n}` in the arguments is another number in each call. `costs.py` reads it too.
const CALLS: &str = include_str!("drive/calls.json");
/// Calls before the counted ones: tables grow, and what is kept is read.
const WARM: u64 = 5;
const COUNTED: u64 = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let world = Arc::new(World::default());
    let before = ALLOCATOR.stats();
    let mut session = Session::open(&world).await;
    let begun = ALLOCATOR.stats() - before;
    let mut found = Map::new();
    found.insert(
        "start".to_owned(),
        json!({ "allocations": begun.allocations, "allocatedBytes": begun.bytes_allocated }),
    );
    let list = || r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#.to_owned();
    found.insert("tools/list".to_owned(), session.count(&world, |_| list()).await);
    let calls: Vec<Value> = serde_json::from_str(CALLS).unwrap();
    for call in calls {
        let name = call["name"].as_str().unwrap();
        let params = json!({ "name": call["tool"], "arguments": call["arguments"] });
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
        found
            .insert(name.to_owned(), session.count(&world, |n| message.replace("{n}", &n.to_string())).await);
    }
    println!("{}", Value::Object(found));
}

/// A HighLevel in memory and its clock.
struct World {
    highlevel: HighLevel,
    requests: AtomicU64,
    seconds: AtomicU64,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl Default for World {
    fn default() -> Self {
        Self { highlevel: HighLevel::new(), requests: AtomicU64::new(0), seconds: AtomicU64::new(0) }
    }
}

impl Transport for World {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let path = request
            .url
            .as_str()
            .split_once("//")
            .and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
        let (status, body) = self.highlevel.answer(
            request.method.as_str(),
            path.unwrap(),
            request.body.as_deref().unwrap_or_default(),
        );
        let response = HttpResponse {
            status: status.try_into().unwrap(),
            headers: reqwest::header::HeaderMap::new(),
            body,
        };
        std::future::ready(Ok(response)).boxed()
    }
}

impl Clock for World {
    fn now(&self) -> Duration {
        Duration::from_secs(self.seconds.load(Ordering::Relaxed))
    }

    fn wall(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_780_304_400) + self.now()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        tokio::task::yield_now().boxed()
    }

    fn alarm(&self, _: Duration) -> BoxFuture<'static, ()> {
        std::future::pending().boxed()
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

struct Session {
    stream: BufReader<DuplexStream>,
    calls: u64,
}

impl Session {
    async fn open(world: &Arc<World>) -> Self {
        let client = Client::new(Settings {
            base_url: "http://127.0.0.1:9".parse().unwrap(),
            credential: Credential::Token("pit-00000000-0000-4000-8000-000000000000".to_owned().into()),
            location: Some(LOCATION.parse().unwrap()),
            dialect: None,
            clock: Arc::<World>::clone(world),
            transport: Arc::<World>::clone(world),
            deadline: Duration::from_secs(35),
        });
        let options =
            contacts::Options { audit_key: AuditKey::of("the key of the bench"), ..Default::default() };
        let catalogue = Catalogue::new(Arc::new(Contacts::new(client, options)), tools::all());
        let handler = Handler::new(Arc::new(catalogue), tools::INSTRUCTIONS.to_owned());
        let (here, there) = tokio::io::duplex(1 << 20);
        tokio::spawn(serve_stream(handler, there));
        let mut session = Self { stream: BufReader::new(here), calls: 1_000 };
        let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "costs", "version": "1" } });
        session
            .ask(&json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello }).to_string())
            .await;
        session.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
        session
    }

    async fn say(&mut self, message: &str) {
        self.stream.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    async fn ask(&mut self, message: &str) -> String {
        self.say(message).await;
        let mut line = String::new();
        self.stream.read_line(&mut line).await.unwrap();
        assert!(
            !line.contains(r#""isError":true"#) && !line.contains(r#","error":{"code""#),
            "{message}\n{line}"
        );
        line
    }

    /// What one call costs, as a mean of many.
    async fn count(&mut self, world: &World, message: impl Fn(u64) -> String) -> Value {
        let mut bytes = 0;
        let mut before = (ALLOCATOR.stats(), 0);
        for turn in 0..WARM + COUNTED {
            if turn == WARM {
                before = (ALLOCATOR.stats(), world.requests.load(Ordering::Relaxed));
            }
            world.seconds.fetch_add(3, Ordering::Relaxed);
            self.calls += 1;
            let answer = self.ask(&message(self.calls)).await;
            bytes += if turn < WARM { 0 } else { answer.len() };
        }
        let counted = ALLOCATOR.stats() - before.0;
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let mean = |sum: usize| (sum as f64 / COUNTED as f64 * 10.0).round() / 10.0;
        let requests = usize::try_from(world.requests.load(Ordering::Relaxed) - before.1).unwrap();
        json!({
            "requests": mean(requests),
            "answerBytes": mean(bytes),
            "allocations": mean(counted.allocations),
            "allocatedBytes": mean(counted.bytes_allocated),
        })
    }
}
