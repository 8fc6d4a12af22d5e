//! An MCP session over a stream in memory, in front of a HighLevel in memory with prepared answers.
#![expect(clippy::unwrap_used, reason = "it serves measuring programs, which end at the first error")]

#[path = "upstream/highlevel.rs"]
mod highlevel;

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
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};

use self::highlevel::{HighLevel, LOCATION};

/// What is called: `{n}` in the arguments is another number in each call. `costs.py` reads it too.
const CALLS: &str = include_str!("drive/calls.json");

/// The names of the calls, and their messages.
pub(crate) fn calls() -> Vec<(String, String)> {
    let calls: Vec<Value> = serde_json::from_str(CALLS).unwrap();
    let message = |call: &Value| {
        let params = json!({ "name": call["tool"], "arguments": call["arguments"] });
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
    };
    calls.iter().map(|call| (call["name"].as_str().unwrap().to_owned(), message(call))).collect()
}

/// A HighLevel in memory and its clock.
pub(crate) struct World {
    highlevel: HighLevel,
    /// The requests that were sent so far.
    pub(crate) requests: AtomicU64,
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

pub(crate) struct Session {
    stream: BufReader<DuplexStream>,
    calls: u64,
}

impl Session {
    /// The number of the next call, before which three seconds pass.
    pub(crate) fn next(&mut self, world: &World) -> u64 {
        world.seconds.fetch_add(3, Ordering::Relaxed);
        self.calls += 1;
        self.calls
    }

    pub(crate) async fn open(world: &Arc<World>) -> Self {
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

    /// The answer to a message. It is no error.
    pub(crate) async fn ask(&mut self, message: &str) -> String {
        self.say(message).await;
        let mut line = String::new();
        self.stream.read_line(&mut line).await.unwrap();
        assert!(
            !line.contains(r#""isError":true"#) && !line.contains(r#","error":{"code""#),
            "{message}\n{line}"
        );
        line
    }
}
