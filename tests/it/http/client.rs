//! Requests written by hand, over a socket.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A request before it is sent.
pub struct Ask {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// A request with the headers that every client sends. `with` replaces a header.
pub fn ask(method: &str, path: &str) -> Ask {
    let headers = [("host", "localhost"), ("connection", "close")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ask { method: method.to_owned(), path: path.to_owned(), headers: headers.to_vec(), body: Vec::new() }
}

/// A request that posts this message to `/mcp`.
pub fn post(message: &Value) -> Ask {
    ask("POST", "/mcp")
        .with("content-type", "application/json")
        .with("accept", "application/json, text/event-stream")
        .body(message.to_string())
}

impl Ask {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.and(name, value)
    }

    /// Adds a header, even if there is one of that name.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    pub fn to(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.with("content-length", &length)
    }

    pub fn head(&self) -> String {
        let first = format!("{} {} HTTP/1.1", self.method, self.path);
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        let lines: Vec<_> = std::iter::once(first).chain(headers).collect();
        lines.join("\r\n") + "\r\n\r\n"
    }

    /// The whole request.
    pub fn bytes(&self) -> Vec<u8> {
        [self.head().as_bytes(), &self.body].concat()
    }

    pub async fn send(self, to: SocketAddr) -> Answer {
        let mut connection = Connection::open(to).await;
        connection.write(self.head().as_bytes()).await;
        // The server may answer and close before it has read the whole body.
        let _ = connection.stream.write_all(&self.body).await;
        connection.answer().await
    }

    /// Sends it. Returns the open connection and the head of the answer, which is a stream.
    pub async fn stream(self, to: SocketAddr) -> (Connection, String) {
        let mut connection = Connection::open(to).await;
        connection.write(self.head().as_bytes()).await;
        connection.write(&self.body).await;
        let head = connection.head().await;
        (connection, head)
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?} is no JSON"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The messages of an event stream.
    pub fn events(&self) -> Vec<Value> {
        let lines = self.body.lines().filter_map(|line| line.strip_prefix("data:"));
        lines.map(|data| serde_json::from_str(data.trim()).unwrap()).collect()
    }
}

pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// A connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub async fn open(to: SocketAddr) -> Self {
        Self { stream: BufReader::new(TcpStream::connect(to).await.unwrap()) }
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Writes, unless the server has closed the connection.
    pub async fn try_write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Closes the writing half.
    pub async fn finish_writing(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// The head of the next answer. Empty if the connection has ended.
    pub async fn head(&mut self) -> String {
        let mut head = String::new();
        while self.stream.read_line(&mut head).await.unwrap_or_default() > 0 && !head.ends_with("\r\n\r\n") {}
        head
    }

    /// The next answer.
    pub async fn answer(&mut self) -> Answer {
        let head = self.head().await;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        let mut body = Vec::new();
        if header(&head, "transfer-encoding").is_some() {
            while let Some(chunk) = self.chunk().await {
                body.extend(chunk);
            }
        } else if let Some(length) = header(&head, "content-length") {
            body.resize(length.parse().unwrap(), 0);
            let whole = self.stream.read_exact(&mut body).await.is_ok();
            body.truncate(if whole { body.len() } else { 0 });
        }
        Answer { status, head, body: String::from_utf8(body).unwrap() }
    }

    /// The next chunk of a stream, `None` at its end.
    async fn chunk(&mut self) -> Option<Vec<u8>> {
        let mut size = String::new();
        self.stream.read_line(&mut size).await.ok()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        let mut chunk = vec![0; size + 2];
        self.stream.read_exact(&mut chunk).await.ok()?;
        chunk.truncate(size);
        (size > 0).then_some(chunk)
    }

    /// The next event of a stream as raw text, `None` at its end.
    pub async fn event(&mut self) -> Option<String> {
        self.chunk().await.map(|chunk| String::from_utf8(chunk).unwrap())
    }

    /// The next message of a stream. Keep-alive comments are skipped.
    pub async fn message(&mut self) -> Option<Value> {
        loop {
            let event = self.event().await?;
            if let Some((_, data)) = event.split_once("data:") {
                return Some(serde_json::from_str(data.trim()).unwrap());
            }
        }
    }

    /// Whether the server has closed the connection without another byte.
    pub async fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0; 1]).await, Ok(0) | Err(_))
    }
}
