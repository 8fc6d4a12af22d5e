//! An upstream that speaks whatever bytes it is told, and remembers every request it read.
#![expect(clippy::disallowed_methods, reason = "an upstream that drips waits between its drops")]

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

/// One thing done with a connection whose request has been read.
#[derive(Debug, Clone)]
pub enum Act {
    /// Sends these bytes.
    Bytes(Vec<u8>),
    /// Sends these bytes one by one, 20 ms apart.
    Drip(Vec<u8>),
    /// Sends this again and again until the client has had enough.
    Endless(Vec<u8>),
    /// Says nothing more and keeps the connection.
    Stall,
    /// Closes: FIN.
    Close,
    /// Closes hard: RST.
    Reset,
}

/// A whole answer.
pub fn answer(status: &str, headers: &str, body: &str) -> Vec<Act> {
    let length = body.len();
    vec![Act::Bytes(
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        )
        .into_bytes(),
    )]
}

pub fn contact() -> Vec<Act> {
    answer("200 OK", "", r#"{"contact":{"id":"ada","firstName":"Ada"}}"#)
}

/// A listening upstream; dropping it closes everything.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    _stop: DropGuard,
}

impl Upstream {
    /// Plays one line of the script a request, the last for ever.
    pub async fn playing(script: impl IntoIterator<Item = Vec<Act>>) -> Self {
        Self::on(Ipv4Addr::LOCALHOST.into(), script).await.expect("a loopback port")
    }

    /// The same on another address of this machine; none where it has no such address.
    pub async fn on(address: IpAddr, script: impl IntoIterator<Item = Vec<Act>>) -> Option<Self> {
        let listener = TcpListener::bind((address, 0)).await.ok()?;
        let address = listener.local_addr().expect("its address");
        let script = Arc::new(Mutex::new(script.into_iter().collect::<VecDeque<_>>()));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let stop = CancellationToken::new();
        let (seen, ends) = (Arc::clone(&requests), stop.clone());
        tokio::spawn(async move {
            while let Some(Ok((stream, _))) = ends.run_until_cancelled(listener.accept()).await {
                let (script, seen, ends) = (Arc::clone(&script), Arc::clone(&seen), ends.clone());
                tokio::spawn(
                    async move { ends.run_until_cancelled(connection(stream, &script, &seen)).await },
                );
            }
        });
        Some(Self { address, requests, _stop: stop.drop_guard() })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `GET /contacts/ada`, in order.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub fn hits(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

/// An address that answers nothing, not even that nobody is there: somebody listens and takes no connection, and those
/// that may wait to be taken are there already.
#[derive(Debug)]
pub struct BlackHole {
    address: SocketAddr,
    _listener: TcpListener,
    _waiting: Vec<std::net::TcpStream>,
}

impl BlackHole {
    pub fn open() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a loopback port");
        let listener = socket.listen(1).expect("a listener");
        let address = listener.local_addr().expect("its address");
        let mut waiting = Vec::new();
        loop {
            match std::net::TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
                Ok(stream) => waiting.push(stream),
                Err(error) if error.kind() == ErrorKind::TimedOut => break,
                Err(error) => panic!("{error}"),
            }
            assert!(waiting.len() < 64, "a backlog of one has an end");
        }
        Self { address, _listener: listener, _waiting: waiting }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn connection(
    mut stream: TcpStream,
    script: &Mutex<VecDeque<Vec<Act>>>,
    seen: &Mutex<Vec<String>>,
) -> Option<()> {
    loop {
        let line = request(&mut stream).await?;
        seen.lock().unwrap().push(line);
        let acts = {
            let mut script = script.lock().unwrap();
            if script.len() > 1 { script.pop_front() } else { script.front().cloned() }
        };
        for act in acts.unwrap_or_default() {
            match act {
                Act::Bytes(bytes) => stream.write_all(&bytes).await.ok()?,
                Act::Drip(bytes) => {
                    for byte in bytes {
                        stream.write_all(&[byte]).await.ok()?;
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
                Act::Endless(bytes) => loop {
                    stream.write_all(&bytes).await.ok()?;
                },
                Act::Stall => std::future::pending::<()>().await,
                Act::Close => return None,
                Act::Reset => {
                    // A socket that is closed with bytes unread, or with a linger of zero, resets.
                    stream.set_zero_linger().ok()?;
                    return None;
                }
            }
        }
    }
}

/// Reads one request to the end of its body; its method and path.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut head, mut byte) = (Vec::new(), [0_u8]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).await.ok()?;
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.and_then(|length| length.trim().parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    let mut words = head.split(' ');
    Some(format!("{} {}", words.next()?.to_uppercase(), words.next()?))
}
