//! A sandbox to test, and a small HTTP client over a plain socket: the tests do not depend on the client that they help
//! to test.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::sandbox::{ManualClock, Options, Sandbox, Seed};

/// An empty CRM with a manual clock.
pub(crate) async fn empty(change: impl FnOnce(&mut Options)) -> (Sandbox, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::default());
    let mut options = Options { clock: clock.clone(), seed: Seed::Empty, ..Options::default() };
    change(&mut options);
    (Sandbox::start(options).await.unwrap(), clock)
}

/// A response; the status is 0 if there was none.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// Sends a request with the headers of a correct client.
pub(crate) async fn call(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Reply {
    let headers = good_headers(sandbox);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(sandbox, method, path, &headers, &body).await
}

pub(crate) async fn get(sandbox: &Sandbox, path: &str) -> Reply {
    call(sandbox, "GET", path, Value::Null).await
}

pub(crate) fn good_headers(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    vec![
        ("user-agent", "sandbox-tests".into()),
        ("authorization", format!("Bearer {}", sandbox.token())),
        ("version", "2021-07-28".into()),
        ("content-type", "application/json".into()),
        ("location-id", sandbox.location_id().into()),
    ]
}

pub(crate) async fn send(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: &str,
) -> Reply {
    let mut stream = TcpStream::connect(sandbox.addr()).await.unwrap();
    let more: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n{}content-length: {}\r\n\r\n{body}",
        more.concat(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    parse(&String::from_utf8(bytes).unwrap())
}

fn parse(response: &str) -> Reply {
    let (head, text) = response.split_once("\r\n\r\n").unwrap_or((response, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
    let header =
        |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Reply {
        status,
        headers: lines.filter_map(header).collect(),
        text: text.to_owned(),
        body: serde_json::from_str(text).unwrap_or(json!(null)),
    }
}
