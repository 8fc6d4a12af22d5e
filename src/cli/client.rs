//! An MCP client for `demo` and `doctor`: JSON-RPC, one message a line, as a host sends it. The SDK's own client would be the
//! only use of it in the program, and costs 200 kB of it.

use rmcp::model::ProtocolVersion;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader, Lines,
    Take,
};

/// The most bytes that are read of a server.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The server's end of the stream is closed.
const ENDED: &str = "the server ended the session";

/// Why a session failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct SessionError(String);

/// An initialized session with a server.
#[derive(Debug)]
pub(crate) struct Client<R, W> {
    read: Lines<BufReader<Take<R>>>,
    write: W,
    /// The id of the last request.
    id: u64,
    protocol: String,
    server: (String, String),
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Client<R, W> {
    /// Opens a session under this name.
    ///
    /// # Errors
    /// The server does not answer as MCP says, or is gone.
    pub(crate) async fn connect(name: &str, read: R, write: W) -> Result<Self, SessionError> {
        let read = BufReader::new(read.take(MOST_BYTES)).lines();
        let mut client = Self { read, write, id: 0, protocol: String::new(), server: Default::default() };
        let hello = json!({
            "protocolVersion": ProtocolVersion::V_2025_11_25, "capabilities": {},
            "clientInfo": { "name": name, "version": env!("CARGO_PKG_VERSION") },
        });
        let answer = client.request("initialize", hello).await?;
        text(&answer, "protocolVersion").clone_into(&mut client.protocol);
        let server = answer.get("serverInfo").unwrap_or(&Value::Null);
        client.server = (text(server, "name").to_owned(), text(server, "version").to_owned());
        client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await?;
        Ok(client)
    }

    /// The name and the version of the server, as it says them.
    pub(crate) fn server(&self) -> (&str, &str) {
        (&self.server.0, &self.server.1)
    }

    /// The version of the protocol that the server chose.
    pub(crate) fn protocol(&self) -> &str {
        &self.protocol
    }

    /// The server's tools, as it lists them.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub(crate) async fn tools(&mut self) -> Result<Vec<Value>, SessionError> {
        match self.request("tools/list", json!({})).await?.get_mut("tools").map(Value::take) {
            Some(Value::Array(tools)) => Ok(tools),
            _ => Err(SessionError("the server lists no tools".to_owned())),
        }
    }

    /// The result of a call of `tool`.
    ///
    /// # Errors
    /// As [`Self::connect`], or the server answers an error of the protocol.
    pub(crate) async fn call(&mut self, tool: &str, arguments: &Value) -> Result<Value, SessionError> {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    async fn request(&mut self, method: &str, params: Value) -> Result<Value, SessionError> {
        self.id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.id, "method": method, "params": params })).await?;
        while let Some(line) = self.read.next_line().await.map_err(failed)? {
            let message: Message = serde_json::from_str(&line).map_err(failed)?;
            // Between request and response the server may send notifications.
            if message.id == Some(self.id) {
                return message
                    .result
                    .ok_or_else(|| SessionError(text(&message.error, "message").to_owned()));
            }
        }
        Err(SessionError(ENDED.to_owned()))
    }

    async fn send(&mut self, message: &Value) -> Result<(), SessionError> {
        let sent = self.write.write_all(format!("{message}\n").as_bytes()).await;
        sent.map_err(|_| SessionError(ENDED.to_owned()))
    }
}

/// Whether a call's result says that the tool failed.
pub(crate) fn is_error(result: &Value) -> bool {
    result.get("isError").and_then(Value::as_bool).unwrap_or(false)
}

/// A message of the server, in part.
#[derive(Debug, Deserialize)]
struct Message {
    id: Option<u64>,
    result: Option<Value>,
    #[serde(default)]
    error: Value,
}

/// A text of an object; empty where it is not there.
pub(crate) fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn failed(error: impl std::fmt::Display) -> SessionError {
    SessionError(error.to_string())
}
