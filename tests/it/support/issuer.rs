//! A small authorization server on loopback: metadata, keys, introspection; it counts what it is asked, and fails on request.

mod sign;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub use crate::support::issuer::sign::{Signer, base64, raw_token};

/// How the server answers.
#[derive(Debug, Clone, Default)]
pub enum Mood {
    #[default]
    Well,
    /// It closes each connection.
    Away,
    /// It never answers.
    Silent,
    /// It answers 302 to this address.
    Moved(String),
    /// Its answers are of 300 KiB.
    Huge,
    /// It answers this.
    Odd(u16, String),
}

/// It stops when dropped.
pub struct Issuer {
    at: SocketAddr,
    shared: Arc<Shared>,
    running: JoinHandle<()>,
}

struct Shared {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    mood: Mood,
    metadata: HashMap<String, Value>,
    keys: Value,
    tokens: HashMap<String, Value>,
    asked: Vec<String>,
    bodies: Vec<String>,
}

impl Issuer {
    /// With the keys of these signers, and metadata at the path of RFC 8414.
    pub async fn open(signers: &[&Signer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { state: Mutex::default() });
        let for_all = Arc::clone(&shared);
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&for_all)));
            }
        });
        let issuer = Self { at, shared, running };
        issuer.publish(signers);
        issuer.describe("/.well-known/oauth-authorization-server", &issuer.name());
        issuer
    }

    /// What its tokens have as `iss`.
    pub fn name(&self) -> String {
        format!("http://{}", self.at)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// Replaces its keys.
    pub fn publish(&self, signers: &[&Signer]) {
        let keys: Vec<_> = signers.iter().map(|signer| signer.jwk()).collect();
        self.serve_keys(json!({ "keys": keys }));
    }

    pub fn serve_keys(&self, keys: Value) {
        self.state(|state| state.keys = keys);
    }

    /// Serves metadata of `issuer` at this path only.
    pub fn describe(&self, path: &str, issuer: &str) {
        let metadata = json!({ "issuer": issuer, "jwks_uri": self.url("/keys") });
        self.serve_metadata(path, metadata);
    }

    pub fn serve_metadata(&self, path: &str, metadata: Value) {
        self.state(|state| state.metadata = HashMap::from([(path.to_owned(), metadata)]));
    }

    /// What introspection says about a token; by default that it is not active.
    pub fn knows(&self, token: &str, says: Value) {
        self.state(|state| state.tokens.insert(token.to_owned(), says));
    }

    pub fn mood(&self, mood: Mood) {
        self.state(|state| state.mood = mood);
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.state(|state| state.asked.clone())
    }

    /// The heads and forms of introspection.
    pub fn questions(&self) -> Vec<String> {
        self.state(|state| state.bodies.clone())
    }

    fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.shared.state.lock().unwrap())
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Answers one request, and closes the connection.
async fn answer(stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        (stream.read_line(&mut head).await.ok()? > 0).then_some(())?;
    }
    let lower = head.to_ascii_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    let body = String::from_utf8(body).ok()?;
    let path = head.split(' ').nth(1)?.to_owned();
    let (status, more, text) = {
        let mut state = shared.state.lock().unwrap();
        state.asked.push(path.clone());
        match state.mood.clone() {
            Mood::Well => (200, String::new(), state.answer(&path, &head, &body)?),
            Mood::Away => return None,
            Mood::Silent => (0, String::new(), String::new()),
            Mood::Moved(to) => (302, format!("location: {to}\r\n"), String::new()),
            Mood::Huge => (200, String::new(), format!("{{\"a\":\"{}\"}}", "x".repeat(300 * 1024))),
            Mood::Odd(status, text) => (status, String::new(), text),
        }
    };
    if status == 0 {
        // Until the client goes away.
        let _ = stream.read(&mut [0; 1]).await;
        return None;
    }
    let status = if text.is_empty() && status == 200 { 404 } else { status };
    let length = text.len();
    let head = format!("HTTP/1.1 {status} OK\r\n{more}content-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all((head + &text).as_bytes()).await.ok()
}

impl State {
    /// An empty text is a 404.
    fn answer(&mut self, path: &str, head: &str, body: &str) -> Option<String> {
        if path == "/introspect" {
            self.bodies.push(format!("{head}{body}"));
            let token = body.split('&').find_map(|pair| pair.strip_prefix("token="))?;
            let says = self.tokens.get(token).cloned();
            return Some(says.unwrap_or_else(|| json!({ "active": false })).to_string());
        }
        if path == "/keys" {
            return Some(self.keys.to_string());
        }
        Some(self.metadata.get(path).map(Value::to_string).unwrap_or_default())
    }
}
