//! A HighLevel on a loopback port that sends the bytes of a script, and remembers every request that it read.
#![expect(clippy::disallowed_methods, reason = "a slow upstream waits between its bytes")]

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::{CancellationToken, DropGuard};

/// One thing done with a connection after its request was read.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Sends these bytes.
    Bytes(Vec<u8>),
    /// Sends these bytes one by one, 20 ms apart.
    Drip(Vec<u8>),
    /// Sends this again and again until the client closes.
    Endless(Vec<u8>),
    /// Sends nothing more and keeps the connection open.
    Stall,
    /// Closes: FIN.
    Close,
    /// Closes hard: RST.
    Reset,
}

/// A whole answer.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<Act> {
    let length = body.len();
    vec![Act::Bytes(
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        )
        .into_bytes(),
    )]
}

pub(crate) fn contact() -> Vec<Act> {
    answer("200 OK", "", r#"{"contact":{"id":"ada","firstName":"Ada"}}"#)
}

/// A listening upstream. Dropping it closes everything.
#[derive(Debug)]
pub(crate) struct Upstream {
    address: SocketAddr,
    shared: Arc<Shared>,
    _stop: DropGuard,
}

#[derive(Debug)]
struct Shared {
    script: Mutex<VecDeque<Vec<Act>>>,
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

impl Upstream {
    /// Plays one line of the script for each request. The last line is repeated.
    pub(crate) async fn playing(script: impl IntoIterator<Item = Vec<Act>>) -> Self {
        Self::on(Ipv4Addr::LOCALHOST.into(), script).await.expect("a loopback port")
    }

    /// The same on another address of this machine. `None` if it has no such address.
    pub(crate) async fn on(address: IpAddr, script: impl IntoIterator<Item = Vec<Act>>) -> Option<Self> {
        Self::start(TcpListener::bind((address, 0)).await.ok()?, None, script)
    }

    /// The same behind TLS.
    pub(crate) async fn over_tls(tls: TlsAcceptor, script: impl IntoIterator<Item = Vec<Act>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port");
        Self::start(listener, Some(tls), script).expect("its address")
    }

    fn start(
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        script: impl IntoIterator<Item = Vec<Act>>,
    ) -> Option<Self> {
        let address = listener.local_addr().ok()?;
        let script = Mutex::new(script.into_iter().collect());
        let shared = Shared { script, connections: AtomicUsize::new(0), requests: Mutex::default() };
        let (shared, stop) = (Arc::new(shared), CancellationToken::new());
        let (state, ends) = (Arc::clone(&shared), stop.clone());
        tokio::spawn(async move {
            while let Some(Ok((stream, _))) = ends.run_until_cancelled(listener.accept()).await {
                state.connections.fetch_add(1, Ordering::SeqCst);
                let (state, tls) = (Arc::clone(&state), tls.clone());
                tokio::spawn(ends.clone().run_until_cancelled_owned(async move {
                    match tls {
                        Some(tls) => connection(tls.accept(stream).await.ok()?, &state).await,
                        None => connection(stream, &state).await,
                    }
                }));
            }
        });
        Some(Self { address, shared, _stop: stop.drop_guard() })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `GET /contacts/ada`, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// The number of requests.
    pub(crate) fn hits(&self) -> usize {
        self.shared.requests.lock().unwrap().len()
    }

    /// The number of connections, those included whose TLS handshake failed.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

/// An address that answers nothing, not even with a refusal: its listener accepts no connection, and its backlog is full.
#[derive(Debug)]
pub(crate) struct BlackHole {
    address: SocketAddr,
    _listener: TcpListener,
    _waiting: Vec<std::net::TcpStream>,
}

impl BlackHole {
    pub(crate) fn open() -> Self {
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

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// A connection that can be closed by RST.
trait Reset {
    /// A socket with a linger of zero resets when it is closed.
    fn reset_on_close(&self) -> Option<()>;
}

impl Reset for TcpStream {
    fn reset_on_close(&self) -> Option<()> {
        self.set_zero_linger().ok()
    }
}

impl Reset for TlsStream<TcpStream> {
    fn reset_on_close(&self) -> Option<()> {
        self.get_ref().0.reset_on_close()
    }
}

async fn connection(mut stream: impl AsyncRead + AsyncWrite + Reset + Unpin, shared: &Shared) -> Option<()> {
    loop {
        let line = request(&mut stream).await?;
        shared.requests.lock().unwrap().push(line);
        let acts = {
            let mut script = shared.script.lock().unwrap();
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
                    stream.reset_on_close()?;
                    return None;
                }
            }
        }
    }
}

/// Reads one request to the end of its body. Returns its method and path.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
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
