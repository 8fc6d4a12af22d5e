//! A server on its own port, with the tools of the fixture.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ghl_contacts_mcp::serve::{Accounts, Bearer, Handler, HostPolicy, HttpOptions, Metrics, serve_http};
use ghl_contacts_mcp::tool::Locations;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::http::client::{Answer, Ask};
use crate::protocol::fixture::{Fixture, catalogue_of};

pub const TOKEN: &str = "a-token-of-the-spec";

/// It stops when dropped.
pub struct Server {
    pub at: SocketAddr,
    pub fixture: Arc<Fixture>,
    pub metrics: Metrics,
    pub stop: CancellationToken,
    pub running: JoinHandle<()>,
}

pub fn options() -> HttpOptions {
    HttpOptions::new(HostPolicy::new(&["mcp.example.com"], &["https://app.example.com"]).unwrap())
}

impl Server {
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut HttpOptions)) -> Self {
        let mut options = options();
        change(&mut options);
        Self::start(options, Accounts::unauthenticated).await
    }

    /// Behind tokens, the first of which is [`TOKEN`].
    pub async fn locked(tokens: &[&str]) -> Self {
        Self::locked_options(options(), tokens).await
    }

    /// Behind [`TOKEN`], with other options.
    pub async fn locked_with(change: impl FnOnce(&mut HttpOptions)) -> Self {
        let mut options = options();
        change(&mut options);
        Self::locked_options(options, &[]).await
    }

    async fn locked_options(options: HttpOptions, tokens: &[&str]) -> Self {
        Self::start(options, |handler| {
            let lock =
                |accounts: Accounts<_>, token: &&str| accounts.with_token(Bearer::of(token), handler.clone());
            [TOKEN].iter().chain(tokens).fold(Accounts::authenticated(), lock)
        })
        .await
    }

    pub async fn start(
        options: HttpOptions,
        accounts: impl FnOnce(Handler<Fixture>) -> Accounts<Handler<Fixture>>,
    ) -> Self {
        let (fixture, metrics, stop) =
            (Arc::<Fixture>::default(), Metrics::default(), CancellationToken::new());
        let tools = Locations::one(Arc::new(catalogue_of(Arc::clone(&fixture))));
        let handler = Handler::for_locations(tools, "Be kind.".to_owned(), metrics.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let running =
            tokio::spawn(serve_http(listener, accounts(handler), options, metrics.clone(), stop.clone()));
        Self { at, fixture, metrics, stop, running }
    }

    pub async fn ask(&self, ask: Ask) -> Answer {
        ask.send(self.at).await
    }

    /// Whether another client is served.
    pub async fn is_well(&self) -> bool {
        let greeted = self.ask(crate::http::client::post(&greet("Jane"))).await;
        greeted.status == 200 && greeted.json()["result"]["isError"] == false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

#[expect(clippy::needless_pass_by_value, reason = "callers pass a literal")]
pub fn request(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params })
}

#[expect(clippy::needless_pass_by_value, reason = "callers pass a literal")]
pub fn call(tool: &str, arguments: Value) -> Value {
    request("tools/call", json!({ "name": tool, "arguments": arguments }))
}

pub fn greet(name: &str) -> Value {
    call("greet", json!({ "name": name }))
}

/// A call that reports progress.
pub fn save() -> Value {
    request("tools/call", json!({ "name": "save", "arguments": {}, "_meta": { "progressToken": "p" } }))
}

pub fn initialize(version: &str) -> Value {
    let client = json!({ "name": "spec", "version": "1" });
    request("initialize", json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client }))
}

/// The short timeout that a spec gives its server.
pub const MOMENT: Duration = Duration::from_millis(40);
