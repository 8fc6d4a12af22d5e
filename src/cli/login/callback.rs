//! A small HTTP server for the one request with which the browser returns from HighLevel.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::ghl::Clock;

/// Bytes of a request's head. A code and a state need far less.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// Time for one connection.
const CONNECTION_TIME: Duration = Duration::from_secs(5);
/// Connections at once. A browser opens one that it does not use beside the one that it uses.
const MAX_CONNECTIONS: usize = 64;
/// Characters of the reason that HighLevel gives.
const MAX_REASON_CHARS: usize = 200;

/// What the browser brings back.
#[derive(Debug)]
pub(crate) enum Callback {
    /// The authorization code.
    Code(SecretString),
    /// The person or HighLevel refused, for this reason.
    Refused(String),
}

/// Answers requests, side by side, until one is the callback with the right `state`. Other requests get an error and
/// change nothing.
pub(crate) async fn wait(
    listener: &TcpListener,
    state: &str,
    clock: &Arc<dyn Clock>,
) -> io::Result<Callback> {
    let mut connections = FuturesUnordered::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                let (stream, _) = accepted?;
                connections.push(within_time(stream, state, clock));
            }
            Some(callback) = connections.next() => {
                if let Some(callback) = callback {
                    return Ok(callback);
                }
            }
        }
    }
}

/// Answers one connection, which may take no longer than `CONNECTION_TIME`.
async fn within_time(mut stream: TcpStream, state: &str, clock: &Arc<dyn Clock>) -> Option<Callback> {
    tokio::select! {
        callback = answer(&mut stream, state) => callback,
        () = clock.sleep(CONNECTION_TIME) => None,
    }
}

/// Answers one request. The result is none if it is not the callback.
async fn answer(stream: &mut TcpStream, state: &str) -> Option<Callback> {
    let head = read_head(stream).await?;
    let callback = parse(&head, state);
    let (status, text) = match &callback {
        Ok(Callback::Code(_)) => {
            ("200 OK", "Thank you. You can close this page and go back to the terminal.")
        }
        Ok(Callback::Refused(_)) => ("200 OK", "Not authorised. The terminal shows the reason."),
        Err(status) => (*status, "This is not the expected request."),
    };
    let response = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         connection: close\r\n\r\n{text}",
        text.len()
    );
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
    callback.ok()
}

/// Reads up to the empty line.
async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > MAX_HEAD_BYTES || stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    String::from_utf8(head).ok()
}

/// The callback, or the status of the response to another request.
fn parse(head: &str, state: &str) -> Result<Callback, &'static str> {
    let target =
        head.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()).ok_or("405 Method Not Allowed")?;
    let url =
        Url::parse("http://127.0.0.1").and_then(|base| base.join(target)).map_err(|_| "400 Bad Request")?;
    if url.path() != "/callback" {
        return Err("404 Not Found");
    }
    let parameter =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    // Another page may send a browser here with a code of its own (CSRF).
    if parameter("state").as_deref() != Some(state) {
        return Err("400 Bad Request");
    }
    if let Some(code) = parameter("code").filter(|code| !code.is_empty()) {
        return Ok(Callback::Code(code.into()));
    }
    let reason = parameter("error_description").or_else(|| parameter("error")).ok_or("400 Bad Request")?;
    Ok(Callback::Refused(reason.chars().take(MAX_REASON_CHARS).collect()))
}

#[cfg(test)]
mod tests;
