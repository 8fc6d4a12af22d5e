//! The time of a place in the quota that processes share, beside that of a plain PING on the same kind of connection:
//! `cargo bench --bench reserve`. It starts a `redis-server` of its own on loopback; without one it says so and ends.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measuring program: it ends at the first error"
)]

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::{HttpRequest, HttpResponse, Transport, TransportError};
use ghl_contacts_mcp::ghl::{
    Client, Clock as _, Observer, RedisAddress, Settings, Store, StoreKey, SystemClock, api,
};
use reqwest::header::HeaderMap;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

const TIMES: usize = 20_000;
const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// A HighLevel that answers at once.
#[derive(Debug)]
struct HighLevel;

impl Transport for HighLevel {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let body = Bytes::from_static(br#"{"contact":{"id":"a"}}"#);
        std::future::ready(Ok(HttpResponse {
            status: 200.try_into().unwrap(),
            headers: HeaderMap::new(),
            body,
        }))
        .boxed()
    }
}

/// The times of each place in the quota.
#[derive(Debug, Default)]
struct Places(Mutex<Vec<Duration>>);

impl Observer for Places {
    fn ended(&self, _: &'static str, _: Option<u16>, _: Duration) {}
    fn waited(&self, _: &'static str, _: Duration) {}
    fn repeated(&self, _: &'static str) {}
    fn store_asked(&self, verb: &'static str, _: bool, took: Duration) {
        if verb == "reserve" {
            self.0.lock().unwrap().push(took);
        }
    }
}

/// A server of its own, which ends with this program.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]).stdout(Stdio::null());
    let Ok(server) = command.spawn() else { return println!("skipped: there is no redis-server on PATH") };
    let _server = Server(server);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::yield_now();
    }
    Builder::new_current_thread().enable_all().build().unwrap().block_on(measure(port));
}

async fn measure(port: u16) {
    let address = format!("redis://127.0.0.1:{port}");
    let mut plain = redis::Client::open(&*address).unwrap().get_multiplexed_async_connection().await.unwrap();
    let (id, run) = ("settled", run_id(&mut plain).await);
    let epoch: redis::RedisResult<()> = redis::cmd("HSET")
        .arg("ghl:{fleet}:epoch")
        .arg(&["id", id, "born", "0", "run", &run])
        .query_async(&mut plain)
        .await;
    epoch.unwrap();
    let places = Arc::new(Places::default());
    let client = client(&address, &places);
    let contact = "a".parse().unwrap();
    let read =
        async || api::get(&client.scope(CancellationToken::new()), &contact).await.map(|_| ()).unwrap();
    read().await;
    // Each in turn, so that both have the same machine.
    let clock = SystemClock::default();
    let mut pings = Vec::with_capacity(TIMES);
    for number in 0..TIMES {
        if number % 10 == 0 {
            forget_requests(&mut plain).await;
        }
        read().await;
        let began = clock.now();
        let answer: redis::RedisResult<String> = redis::cmd("PING").query_async(&mut plain).await;
        pings.push(clock.now().saturating_sub(began));
        answer.unwrap();
    }
    let places = std::mem::take(&mut *places.0.lock().unwrap());
    let (place, ping) = (median(places), median(pings));
    println!(
        "a place in the quota: {:.4} ms; PING: {:.4} ms; ratio {:.2} (medians of {TIMES})",
        place * 1000.0,
        ping * 1000.0,
        place / ping
    );
}

fn client(address: &str, places: &Arc<Places>) -> Client {
    let clock = Arc::new(SystemClock::default());
    let (address, key) = (RedisAddress::read(address).unwrap(), StoreKey::read(KEY).unwrap());
    let observer = Arc::clone(places) as Arc<dyn Observer>;
    let store = Store::redis(&address, key, clock.clone(), Arc::clone(&observer)).unwrap();
    let settings = Settings {
        base_url: "https://highlevel.example".parse().unwrap(),
        credential: Credential::Token("pit-1".to_owned().into()),
        location: Some("location".parse().unwrap()),
        dialect: None,
        clock,
        transport: Arc::new(HighLevel),
        deadline: Duration::from_secs(35),
    };
    Client::in_fleet(settings, observer, store, None)
}

/// The quota is never used up: what is measured is a place that is free.
async fn forget_requests(plain: &mut redis::aio::MultiplexedConnection) {
    let logs: Vec<String> = redis::cmd("KEYS").arg("ghl:*:log").query_async(plain).await.unwrap();
    let forgotten: redis::RedisResult<()> = redis::cmd("DEL").arg(logs).query_async(plain).await;
    forgotten.unwrap();
}

async fn run_id(plain: &mut redis::aio::MultiplexedConnection) -> String {
    let info: String = redis::cmd("INFO").arg("server").query_async(plain).await.unwrap();
    info.lines().find_map(|line| line.strip_prefix("run_id:")).unwrap().to_owned()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).unwrap().as_secs_f64()
}
