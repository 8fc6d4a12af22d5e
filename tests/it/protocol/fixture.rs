//! A few tools, and an MCP session in raw lines.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ghl_contacts_mcp::serve::{Handler, StdioError, serve_stream};
use ghl_contacts_mcp::tool::{CallInfo, Catalogue, Effect, Failure, Tool, ToolList, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// The context of these tools.
#[derive(Default)]
pub struct Fixture {
    pub started: Notify,
    pub cancelled: AtomicBool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Name {
    name: String,
    times: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
pub struct Greeting {
    greeting: String,
}

pub struct Greet;

impl Tool for Greet {
    const NAME: &'static str = "greet";
    const TITLE: &'static str = "Greet";
    const DESCRIPTION: &'static str = "Greets.";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Contacts;
    const EXAMPLE: &'static str = r#"{"name":"Jane"}"#;
    type Context = Fixture;
    type Input = Name;
    type Output = Greeting;

    async fn call(_: Arc<Fixture>, _: CallInfo, input: Name) -> Result<Greeting, Failure> {
        let once = format!("Hello {}", input.name);
        Ok(Greeting { greeting: vec![once; input.times.unwrap_or(1) as usize].join(", ") })
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

pub struct Break;

impl Tool for Break {
    const NAME: &'static str = "break";
    const TITLE: &'static str = "Break";
    const DESCRIPTION: &'static str = "Breaks.";
    const EFFECT: Effect = Effect::Replace;
    const TOOLSET: Toolset = Toolset::Contacts;
    const EXAMPLE: &'static str = "{}";
    type Context = Fixture;
    type Input = Nothing;
    type Output = Greeting;

    async fn call(_: Arc<Fixture>, _: CallInfo, _: Nothing) -> Result<Greeting, Failure> {
        panic!("a secret")
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    #[serde(default)]
    wait: bool,
}

#[derive(Serialize, JsonSchema)]
pub struct Saved {
    saved: bool,
}

/// Reports progress. On request it waits until it is cancelled, and records that.
pub struct Save;

impl Tool for Save {
    const NAME: &'static str = "save";
    const TITLE: &'static str = "Save";
    const DESCRIPTION: &'static str = "Saves.";
    const EFFECT: Effect = Effect::Create;
    const TOOLSET: Toolset = Toolset::Contacts;
    const EXAMPLE: &'static str = "{}";
    type Context = Fixture;
    type Input = Wait;
    type Output = Saved;

    async fn call(fixture: Arc<Fixture>, call: CallInfo, input: Wait) -> Result<Saved, Failure> {
        call.report(1, Some(2), "one of two").await;
        if input.wait {
            fixture.started.notify_one();
            call.caller.cancel().cancelled().await;
            fixture.cancelled.store(true, Ordering::SeqCst);
        }
        Ok(Saved { saved: true })
    }
}

pub struct BulkSave;

impl Tool for BulkSave {
    const NAME: &'static str = "bulk_save";
    const TITLE: &'static str = "Save many";
    const DESCRIPTION: &'static str = "Saves many.";
    const EFFECT: Effect = Effect::Create;
    const TOOLSET: Toolset = Toolset::Bulk;
    const EXAMPLE: &'static str = "{}";
    type Context = Fixture;
    type Input = Nothing;
    type Output = Saved;

    async fn call(_: Arc<Fixture>, _: CallInfo, _: Nothing) -> Result<Saved, Failure> {
        Ok(Saved { saved: true })
    }
}

pub fn catalogue() -> Catalogue<Fixture> {
    catalogue_of(Arc::default())
}

pub fn catalogue_of(fixture: Arc<Fixture>) -> Catalogue<Fixture> {
    Catalogue::new(fixture, tools())
}

pub fn tools() -> ToolList<Fixture> {
    ToolList::new().with::<Save>().with::<Greet>().with::<BulkSave>().with::<Break>()
}

pub fn handler(catalogue: Catalogue<Fixture>) -> Handler<Fixture> {
    Handler::new(Arc::new(catalogue), "Be kind.".to_owned())
}

/// A request of 2026-07-28, which carries what older revisions send with `initialize`.
pub fn modern(id: u32, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "spec", "version": "1"}
    });
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

/// A session in raw lines.
pub struct RawSession {
    pub fixture: Arc<Fixture>,
    pub handler: Handler<Fixture>,
    read: BufReader<ReadHalf<DuplexStream>>,
    write: WriteHalf<DuplexStream>,
    session: JoinHandle<Result<(), StdioError>>,
}

impl RawSession {
    pub fn open() -> Self {
        let fixture = Arc::<Fixture>::default();
        let handler = handler(catalogue_of(Arc::clone(&fixture)));
        let (here, there) = tokio::io::duplex(1 << 20);
        let session = tokio::spawn(serve_stream(handler.clone(), there));
        let (read, write) = tokio::io::split(here);
        Self { fixture, handler, read: BufReader::new(read), write, session }
    }

    pub async fn initialize(&mut self) -> Value {
        let answer = self
            .ask(json!({
                "jsonrpc": "2.0", "id": 1, "method": "initialize",
                "params": {
                    "protocolVersion": "2025-06-18", "capabilities": {},
                    "clientInfo": {"name": "spec", "version": "1"}
                }
            }))
            .await;
        self.send_json(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        answer
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.write.write_all(bytes).await.unwrap();
    }

    pub async fn send_json(&mut self, message: Value) {
        self.send(format!("{message}\n").as_bytes()).await;
    }

    /// The next message from the server.
    pub async fn next(&mut self) -> Value {
        let mut line = String::new();
        assert_ne!(self.read.read_line(&mut line).await.unwrap(), 0, "the server has gone");
        serde_json::from_str(&line).unwrap()
    }

    /// The answer to `request`. Other messages before it are skipped.
    pub async fn ask(&mut self, request: Value) -> Value {
        let id = request["id"].clone();
        self.send_json(request).await;
        loop {
            let message = self.next().await;
            if message["id"] == id {
                return message;
            }
        }
    }

    /// Closes the stream and waits for the end of the session.
    pub async fn close(self) -> Result<(), StdioError> {
        let Self { read, write, session, .. } = self;
        drop((read, write));
        session.await.unwrap()
    }
}
