//! A small HTTP server for the one request with which the browser returns from HighLevel.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::ghl::Clock;
use crate::ghl::model::text::clean_line;

/// Bytes of a request's head. A code and a state need far less.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// Time for one connection. A browser may open two and use one, which must not wait long for the other.
const CONNECTION_TIME: Duration = Duration::from_secs(5);
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

/// Answers requests until one is the callback with the right `state`. Other requests get an error and change nothing.
pub(crate) async fn wait(
    listener: &TcpListener,
    state: &str,
    clock: &Arc<dyn Clock>,
) -> io::Result<Callback> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let callback = tokio::select! {
            callback = answer(&mut stream, state) => callback,
            () = clock.sleep(CONNECTION_TIME) => None,
        };
        if let Some(callback) = callback {
            return Ok(callback);
        }
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
    let plain = clean_line(&reason);
    Ok(Callback::Refused(plain.chars().take(MAX_REASON_CHARS).collect()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn code(target: &str) -> Result<String, &'static str> {
        match parse(&format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n"), "st")? {
            Callback::Code(code) => Ok(code.expose_secret().to_owned()),
            Callback::Refused(reason) => Ok(format!("refused: {reason}")),
        }
    }

    #[test]
    fn only_a_code_with_the_right_state_is_accepted() {
        assert_eq!(code("/callback?code=a%2Bb&state=st"), Ok("a+b".to_owned()));
        assert_eq!(code("/callback?error=access_denied&state=st"), Ok("refused: access_denied".to_owned()));
        assert_eq!(
            code("/callback?error=a%E2%80%AEb%1B%5B2J%0Ac&state=st"),
            Ok("refused: ab[2J c".to_owned())
        );
        for (target, status) in [
            ("/callback?code=a", "400 Bad Request"),
            ("/callback?code=a&state=other", "400 Bad Request"),
            ("/callback?code=&state=st", "400 Bad Request"),
            ("/callback?code=a&state=st2", "400 Bad Request"),
            ("/favicon.ico", "404 Not Found"),
            ("/", "404 Not Found"),
        ] {
            assert_eq!(code(target), Err(status), "{target}");
        }
        assert_eq!(
            parse("POST /callback?code=a&state=st HTTP/1.1\r\n\r\n", "st").unwrap_err(),
            "405 Method Not Allowed"
        );
    }
}
