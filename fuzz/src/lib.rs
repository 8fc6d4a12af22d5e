//! The fuzz targets: five places where foreign bytes come in. Each function takes any bytes, panics only if a promise is
//! broken, and sends nothing.
//!
//! `cargo +nightly fuzz run stdio_line -- -max_total_time=60` (and the other four), with `seeds/stdio_line` as a second
//! corpus. The same functions run in `cargo test` over the seeds and over generated input.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ghl_contacts_mcp::contacts::query::Query;
use ghl_contacts_mcp::contacts::{Contacts, Error as Refused, Options, Subject};
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::{HttpRequest, HttpResponse, Transport, TransportError};
use ghl_contacts_mcp::ghl::{Client, Clock, ContactId, Error, Key, Settings, api};
use ghl_contacts_mcp::serve::{Handler, serve_stream};
use ghl_contacts_mcp::tool::Catalogue;
use ghl_contacts_mcp::tools;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

/// A clock that advances only when a task sleeps.
#[derive(Debug, Default)]
struct JumpingClock(AtomicU64);

impl Clock for JumpingClock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    fn wall(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_780_304_400) + self.now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.0.fetch_add(millis.max(1), Ordering::Relaxed);
        std::future::ready(()).boxed()
    }

    fn alarm(&self, _: Duration) -> BoxFuture<'static, ()> {
        std::future::pending().boxed()
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// A transport with one fixed answer.
#[derive(Debug)]
struct Answers {
    status: u16,
    retry_after: Option<Vec<u8>>,
    body: Vec<u8>,
}

impl Transport for Answers {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let status = self.status.try_into().unwrap_or_default();
        let header = self.retry_after.as_deref().and_then(|value| value.try_into().ok());
        let headers =
            header.map(|value| ("retry-after".parse().expect("a name"), value)).into_iter().collect();
        let body = self.body.clone().into();
        std::future::ready(Ok(HttpResponse { status, headers, body })).boxed()
    }
}

const DEADLINE: Duration = Duration::from_secs(45);

fn client(answers: Answers) -> Client {
    Client::new(Settings {
        base_url: "http://127.0.0.1:9".parse().expect("an address"),
        credential: Credential::Token("pit-0".to_owned().into()),
        location: "FuzzLocation00000001".parse().ok(),
        dialect: None,
        clock: Arc::new(JumpingClock::default()),
        transport: Arc::new(answers),
        deadline: DEADLINE,
    })
}

fn nothing() -> Client {
    client(Answers { status: 404, retry_after: None, body: Vec::new() })
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime").block_on(work)
}

/// Lines on stdin, before and after `initialize`. The session survives them and ends with its input.
pub fn stdio_line(data: &[u8]) {
    let contacts = Contacts::new(nothing(), Options::default());
    let handler = Handler::new(Arc::new(Catalogue::new(Arc::new(contacts), tools::all())), String::new());
    run(async {
        let (mut here, there) = tokio::io::duplex(1 << 20);
        let server = tokio::spawn(serve_stream(handler, there));
        let begin = br#"{"jsonrpc":"2.0","id":"b","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"f","version":"1"}}}"#;
        for part in [data, b"\n", begin, b"\n", data, b"\n"] {
            // The input may have ended the server.
            let _ = here.write_all(part).await;
        }
        let _ = here.shutdown().await;
        let mut said = Vec::new();
        let _ = here.read_to_end(&mut said).await;
        for line in said.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let message: Value = serde_json::from_slice(line).expect("a line of JSON");
            assert_eq!(message["jsonrpc"], "2.0");
        }
        // The session may end with an error, never with a panic.
        if let Ok(Err(error)) = server.await.map_err(|error| assert!(!error.is_panic(), "{error}")) {
            let _ = error.to_string();
        }
    });
}

/// Arguments of every tool: accepted, or refused in at most 500 characters with `mayHaveWritten: no`.
pub fn tool_arguments(data: &[u8]) {
    let Ok(Value::Object(arguments)) = serde_json::from_slice(data) else { return };
    for entry in tools::all().entries() {
        if let Err(refusal) = entry.check(arguments.clone()) {
            assert!(refusal.text().chars().count() <= 500);
            // The schema refused them, not serde: the words name the field.
            assert!(!refusal.text().starts_with("The arguments cannot be read"), "{}", refusal.text());
            assert_eq!(serde_json::to_value(&refusal).expect("JSON")["mayHaveWritten"], "no");
        }
    }
}

/// HighLevel's answer: the first byte selects the status, the rest is the body.
pub fn highlevel_body(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let status = [200, 201, 400, 401, 403, 404, 422, 429, 500, 302][usize::from(*first) % 10];
    let answers = || Answers { status, retry_after: None, body: body.to_vec() };
    let short = |error: &Error| {
        assert!(error.upstream().unwrap_or_default().chars().count() <= 200);
        assert!(!error.to_string().contains(char::is_control));
    };
    run(async {
        let client = client(answers());
        let scope = client.scope(CancellationToken::new());
        let id: ContactId = "ada".parse().expect("an id");
        if let Err(error) = api::get(&scope, &id).await {
            short(&error);
        }
        if let Err(error) = api::find(&scope, Key::Email("a@example.com")).await {
            short(&error);
        }
    });
}

/// A cursor: almost always refused as an invalid argument.
pub fn cursor(data: &[u8]) {
    let Ok(cursor) = std::str::from_utf8(data) else { return };
    let query = Query { query: Some("x".to_owned()), cursor: Some(cursor.to_owned()), ..Query::default() };
    if let Err(error) = query.to_search("") {
        assert!(matches!(&error, Refused::Invalid { subject: Subject::Cursor, .. }));
    }
}

/// `Retry-After`: no value makes a call wait beyond its deadline or advise a wait of more than a day.
pub fn retry_after(data: &[u8]) {
    let client = client(Answers { status: 429, retry_after: Some(data.to_vec()), body: Vec::new() });
    run(async {
        let id: ContactId = "ada".parse().expect("an id");
        let error = api::get(&client.scope(CancellationToken::new()), &id).await.expect_err("a 429");
        assert!(error.retry_after().is_some_and(|wait| wait <= Duration::from_secs(86_400)));
        assert!(client.clock().now() <= DEADLINE);
    });
}
