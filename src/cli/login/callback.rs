//! The little that is needed of HTTP to hear what the browser brings back.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::ghl::clock::Clock;

/// A request's head; a code and a state need far less.
const LARGEST: usize = 16 * 1024;
/// One connection's time: a browser that opens two and uses one must not block the other for long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Of HighLevel's own words.
const WORDS: usize = 200;

/// What came back.
#[derive(Debug)]
pub(crate) enum Callback {
    /// The authorisation code.
    Code(SecretString),
    /// The person or HighLevel refused, in these words.
    Refused(String),
}

/// Answers requests until one is the callback with our own `state`; anything else is told so and changes nothing.
pub(crate) async fn wait(
    listener: &TcpListener,
    state: &str,
    clock: &Arc<dyn Clock>,
) -> io::Result<Callback> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let heard = tokio::select! {
            heard = hear(&mut stream, state) => heard,
            () = clock.sleep(PATIENCE) => None,
        };
        if let Some(callback) = heard {
            return Ok(callback);
        }
    }
}

async fn hear(stream: &mut TcpStream, state: &str) -> Option<Callback> {
    let head = head(stream).await?;
    let callback = read(&head, state);
    let (status, words) = match &callback {
        Ok(Callback::Code(_)) => {
            ("200 OK", "Thank you. You can close this page and go back to the terminal.")
        }
        Ok(Callback::Refused(_)) => ("200 OK", "Not authorised. The terminal says why."),
        Err(status) => (*status, "This is not what was asked for."),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         connection: close\r\n\r\n{words}",
        words.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
    callback.ok()
}

/// Up to the empty line.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > LARGEST || stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    String::from_utf8(head).ok()
}

/// The callback, or the status that the request is answered with.
fn read(head: &str, state: &str) -> Result<Callback, &'static str> {
    let target =
        head.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()).ok_or("405 Method Not Allowed")?;
    let url =
        Url::parse("http://127.0.0.1").and_then(|base| base.join(target)).map_err(|_| "400 Bad Request")?;
    if url.path() != "/callback" {
        return Err("404 Not Found");
    }
    let given =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    // Somebody else's page may send a browser here with a code of its own.
    if given("state").as_deref() != Some(state) {
        return Err("400 Bad Request");
    }
    if let Some(code) = given("code").filter(|code| !code.is_empty()) {
        return Ok(Callback::Code(code.into()));
    }
    let words = given("error_description").or_else(|| given("error")).ok_or("400 Bad Request")?;
    let plain = words.chars().map(|c| if c.is_control() { ' ' } else { c });
    Ok(Callback::Refused(plain.take(WORDS).collect()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn code(target: &str) -> Result<String, &'static str> {
        match read(&format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n"), "st")? {
            Callback::Code(code) => Ok(code.expose_secret().to_owned()),
            Callback::Refused(words) => Ok(format!("refused: {words}")),
        }
    }

    #[test]
    fn a_code_with_our_state_is_taken_and_nothing_else() {
        assert_eq!(code("/callback?code=a%2Bb&state=st"), Ok("a+b".to_owned()));
        assert_eq!(code("/callback?error=access_denied&state=st"), Ok("refused: access_denied".to_owned()));
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
            read("POST /callback?code=a&state=st HTTP/1.1\r\n\r\n", "st").unwrap_err(),
            "405 Method Not Allowed"
        );
    }
}
