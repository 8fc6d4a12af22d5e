//! JSON-RPC messages as lines, one message a line. A line that is no message is answered, and the session continues.

use std::io;
use std::sync::Arc;

use bytes::{Buf as _, BytesMut};
use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, ErrorCode, GetExtensions as _};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::sync::Mutex;

use crate::serve::message::{self, Malformed};

/// The longest line that is read, in bytes. A longer line is dropped.
const MAX_LINE_BYTES: usize = 4 * 1024 * 1024;
/// The memory that is kept from line to line.
const KEPT_BYTES: usize = 64 * 1024;
/// Some programs write it before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads from `R` and writes to `W`.
pub(crate) struct LineTransport<R, W> {
    read: BufReader<R>,
    /// The part of the next line that was read.
    line: Vec<u8>,
    /// Whether the rest of a line that is too long is still to be dropped.
    dropping: bool,
    writer: Arc<Mutex<Option<Writer<W>>>>,
    refusal: Option<Refusal>,
}

/// The response to a line that is no message.
enum Refusal {
    Made(Malformed),
    Queued,
}

/// Holds the bytes that are not written yet. A send that is dropped halfway leaves them for the next one.
struct Writer<W> {
    write: W,
    unsent: BytesMut,
}

impl<W: AsyncWrite + Unpin> Writer<W> {
    fn queue(&mut self, message: &impl Serialize) -> io::Result<()> {
        let json = serde_json::to_vec(message)?;
        self.unsent.extend_from_slice(&json);
        self.unsent.extend_from_slice(b"\n");
        Ok(())
    }

    async fn send_queued(&mut self) -> io::Result<()> {
        while self.unsent.has_remaining() {
            if self.write.write_buf(&mut self.unsent).await? == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
        }
        self.write.flush().await
    }
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> LineTransport<R, W> {
    pub(crate) fn new(read: R, write: W) -> Self {
        Self {
            read: BufReader::new(read),
            line: Vec::new(),
            dropping: false,
            writer: Arc::new(Mutex::new(Some(Writer { write, unsent: BytesMut::new() }))),
            refusal: None,
        }
    }

    /// Reads the rest of the next line into `line`. A line that is too long is an error. None at the end of the input, where
    /// a line without its end is dropped. Nothing is lost if this future is dropped.
    async fn next_line(&mut self) -> Option<Result<(), Malformed>> {
        loop {
            let available = self.read.fill_buf().await.ok().filter(|available| !available.is_empty())?;
            let end = available.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(available.len(), |end| end + 1);
            if !self.dropping {
                self.line.extend_from_slice(available.get(..taken).unwrap_or_default());
            }
            self.read.consume(taken);
            if !self.dropping && self.line.len() > MAX_LINE_BYTES {
                self.line = Vec::new();
                self.dropping = end.is_none();
                let text = format!("the line is longer than {MAX_LINE_BYTES} bytes");
                return Some(Err(Malformed::new(ErrorCode::INVALID_REQUEST, text)));
            }
            if end.is_some() && !std::mem::take(&mut self.dropping) {
                return Some(Ok(()));
            }
        }
    }

    /// Answers a line that is no message. None if the client is gone.
    async fn send_refusal(&mut self) -> Option<()> {
        if self.refusal.is_some() {
            let mut writer = self.writer.lock().await;
            let writer = writer.as_mut()?;
            if let Some(Refusal::Made(malformed)) = &self.refusal {
                writer.queue(malformed).ok()?;
                self.refusal = Some(Refusal::Queued);
            }
            writer.send_queued().await.ok()?;
            self.refusal = None;
        }
        Some(())
    }
}

/// The message in a line; none if the line is empty or a notification that cannot be read.
fn parse(line: &[u8]) -> Result<Option<ClientJsonRpcMessage>, Malformed> {
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let repeated = message::check(line)?;
    let mut message: ClientJsonRpcMessage = match serde_json::from_slice(line) {
        Ok(message) => message,
        Err(_) if message::is_notification(line) => return Ok(None),
        Err(_) => return Err(Malformed::not_a_message(line)),
    };
    if let (Some(repeated), ClientJsonRpcMessage::Request(request)) = (repeated, &mut message) {
        request.request.extensions_mut().insert(repeated);
    }
    Ok(Some(message))
}

impl<R, W> Transport<RoleServer> for LineTransport<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let writer = Arc::clone(&self.writer);
        async move {
            let mut writer = writer.lock().await;
            let writer = writer.as_mut().ok_or(io::ErrorKind::NotConnected)?;
            writer.queue(&message)?;
            writer.send_queued().await
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            self.send_refusal().await?;
            let parsed = self.next_line().await?.and_then(|()| parse(&self.line));
            self.line.clear();
            self.line.shrink_to(KEPT_BYTES);
            match parsed {
                Ok(Some(message)) => return Some(message),
                Ok(None) => {}
                Err(malformed) => self.refusal = Some(Refusal::Made(malformed)),
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        *self.writer.lock().await = None;
        Ok(())
    }
}
