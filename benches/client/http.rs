//! A server over HTTP/1.1, or the upstream itself. Connections are kept.

use std::cell::RefCell;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use crate::load::Load;
use crate::{BEGUN, HELLO, LIST};

type Line = BufReader<TcpStream>;

pub(crate) struct Http {
    runtime: Runtime,
    address: String,
    /// The lines of a request's head that are the same for each, and its path.
    head: String,
    path: String,
    direct: bool,
    lines: Vec<Line>,
    held: Vec<Line>,
}

impl Http {
    pub(crate) fn new(url: &str, direct: bool) -> Self {
        let rest = url.strip_prefix("http://").unwrap();
        let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
        let accept = if direct {
            ""
        } else {
            "content-type: application/json\r\naccept: application/json, text/event-stream\r\n"
        };
        Self {
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            address: address.to_owned(),
            head: format!("host: {address}\r\n{accept}"),
            path: format!("/{path}"),
            direct,
            lines: Vec::new(),
            held: Vec::new(),
        }
    }

    /// Begins a session. Whether the server has given it a name.
    pub(crate) fn open(&mut self) -> bool {
        self.lines = self.connect(1);
        if self.direct {
            return false;
        }
        let (session, _) = self.post(HELLO);
        self.head += "mcp-protocol-version: 2025-11-25\r\n";
        if let Some(name) = &session {
            self.head.extend(["mcp-session-id: ", name, "\r\n"]);
        }
        self.post(BEGUN);
        session.is_some()
    }

    pub(crate) fn ask(&mut self, message: &str) -> String {
        self.post(message).1
    }

    fn post(&mut self, message: &str) -> (Option<String>, String) {
        let request = self.posted(message);
        self.runtime.block_on(exchange(&mut self.lines[0], &request))
    }

    fn connect(&self, count: usize) -> Vec<Line> {
        self.runtime.block_on(async {
            let mut lines = Vec::new();
            for _ in 0..count {
                let stream = TcpStream::connect(&self.address).await.unwrap();
                stream.set_nodelay(true).unwrap();
                lines.push(BufReader::new(stream));
            }
            lines
        })
    }

    fn posted(&self, message: &str) -> String {
        let (path, head, length) = (&self.path, &self.head, message.len());
        format!("POST {path} HTTP/1.1\r\n{head}content-length: {length}\r\n\r\n{message}")
    }

    fn request(&self, load: &Load, call: usize) -> String {
        if !self.direct {
            return self.posted(&load.message(call));
        }
        format!(
            "GET /contacts/{} HTTP/1.1\r\n{}authorization: Bearer bench\r\n\r\n",
            load.id(call),
            self.head
        )
    }

    pub(crate) fn load(&mut self, load: Load) -> Value {
        let missing = load.at_once.saturating_sub(self.lines.len());
        let more = self.connect(missing);
        self.lines.extend(more);
        let mut lines = std::mem::take(&mut self.lines);
        let at_once = load.at_once;
        let load = RefCell::new(load);
        let this = &*self;
        let callers = lines.iter_mut().take(at_once).map(|line| async {
            loop {
                let Some(call) = load.borrow_mut().next() else { break };
                let request = this.request(&load.borrow(), call);
                let (_, answer) = exchange(line, &request).await;
                load.borrow_mut().answered(call, &answer);
            }
        });
        self.runtime.block_on(join_all(callers));
        self.lines = lines;
        load.into_inner().found()
    }

    /// Opens connections, each of which is answered once and then idle.
    pub(crate) fn hold(&mut self, connections: u64) -> usize {
        let request = self.posted(LIST);
        for _ in 0..connections {
            let mut line = self.connect(1).remove(0);
            self.runtime.block_on(exchange(&mut line, &request));
            self.held.push(line);
        }
        self.held.len()
    }

    pub(crate) fn release(&mut self) -> usize {
        std::mem::take(&mut self.held).len()
    }
}

/// Sends a request and reads its answer. The session's name, if the answer has one, and the body.
async fn exchange(line: &mut Line, request: &str) -> (Option<String>, String) {
    line.get_mut().write_all(request.as_bytes()).await.unwrap();
    let (mut session, mut length, mut chunked, mut field) = (None, 0, false, String::new());
    loop {
        field.clear();
        assert!(line.read_line(&mut field).await.unwrap() > 0, "the server has closed the connection");
        if field == "\r\n" {
            break;
        }
        let Some((name, value)) = field.trim_end().split_once(':') else { continue };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
            "mcp-session-id" => session = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    line.read_exact(&mut body).await.unwrap();
    while chunked {
        field.clear();
        line.read_line(&mut field).await.unwrap();
        let size = usize::from_str_radix(field.trim(), 16).unwrap();
        let at = body.len();
        body.resize(at + size + 2, 0);
        line.read_exact(&mut body[at..]).await.unwrap();
        chunked = size > 0;
    }
    (session, String::from_utf8(body).unwrap())
}
