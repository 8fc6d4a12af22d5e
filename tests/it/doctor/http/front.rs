//! What answers at a public address: a proxy in front of a server, or a script.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A listening server. It ends when dropped.
pub struct Front {
    at: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    running: JoinHandle<()>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Front {
    pub fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// `POST /mcp`, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Passes each connection on to the server that will be there.
    pub async fn passing(to: Arc<OnceLock<SocketAddr>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let running = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let to = *to.get().unwrap();
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(to).await.unwrap();
                    let _ = copy_bidirectional(&mut stream, &mut server).await;
                });
            }
        });
        Self { at, asked: Arc::default(), running }
    }

    /// Answers by a script, which gets `POST /mcp` and this server's own address.
    pub async fn playing(script: impl Fn(&str, &str) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (script, noted) = (Arc::new(script), Arc::clone(&asked));
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, noted) = (Arc::clone(&script), Arc::clone(&noted));
                tokio::spawn(async move {
                    let (line, mut stream) = read(stream).await?;
                    let answer = script(&line, &format!("http://{at}"));
                    noted.lock().unwrap().push(line);
                    stream.write_all(answer.as_bytes()).await.ok()
                });
            }
        });
        Self { at, asked, running }
    }
}

/// The method and path of a request, which is read to its end.
async fn read(stream: TcpStream) -> Option<(String, BufReader<TcpStream>)> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        (stream.read_line(&mut head).await.ok()? > 0).then_some(())?;
    }
    let lower = head.to_ascii_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    stream.read_exact(&mut vec![0; length.unwrap_or(0)]).await.ok()?;
    let (line, _) = head.split_once(" HTTP/")?;
    Some((line.to_owned(), stream))
}

/// A whole answer. Each header ends with a line end.
pub fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

pub const JSON: &str = "content-type: application/json\r\naccess-control-allow-origin: *\r\n";
pub const HTML: &str = "content-type: text/html\r\n";
pub const ROOT: &str = "/.well-known/oauth-protected-resource";

/// What our server says with a sign-in.
pub fn ours(line: &str, url: &str, issuer: &str) -> String {
    let described = |resource: String| {
        let metadata = json!({ "resource": resource, "authorization_servers": [issuer] });
        answer(200, JSON, &metadata.to_string())
    };
    match line.strip_prefix("GET ").unwrap_or(line) {
        "POST /mcp" => {
            let challenge = format!("www-authenticate: Bearer resource_metadata=\"{url}{ROOT}/mcp\"\r\n");
            answer(401, &challenge, "sign in\n")
        }
        "/healthz" => answer(200, "", "ok\n"),
        "/.well-known/oauth-protected-resource/mcp" => described(format!("{url}/mcp")),
        ROOT => described(url.to_owned()),
        _ => answer(404, "", "not found\n"),
    }
}
