//! A Redis server of its own, a CRM, and processes in front of both.
#![expect(clippy::disallowed_methods, reason = "whatever a server is waited for, the wait has an end")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ghl_contacts_mcp::contacts::{Contacts, Options};
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::ReqwestTransport;
use ghl_contacts_mcp::ghl::{Client, Clock, Observer, RedisAddress, Settings, Store, StoreKey};
use ghl_contacts_mcp::sandbox::Sandbox;

use crate::support::Session;
use crate::support::process::wait_for;

pub const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// A server on a port of this machine, which ends with the spec.
pub struct Redis {
    port: u16,
    options: Vec<String>,
    child: Option<Child>,
}

impl Redis {
    /// None where this machine has no `redis-server`: the spec is skipped.
    pub fn start() -> Option<Self> {
        Self::with(&[])
    }

    pub fn with(options: &[&str]) -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut redis = Self { port, options, child: None };
        if redis.begin() {
            return Some(redis);
        }
        println!("skipped: there is no redis-server on PATH (apt-get install redis-server)");
        None
    }

    /// A store that has served for long: nothing of before can be under way.
    pub fn settled() -> Option<Self> {
        let redis = Self::start()?;
        redis.settle();
        Some(redis)
    }

    /// Starts the server, without any data. False where there is no such program.
    pub fn begin(&mut self) -> bool {
        let program = std::env::var("GHL_TEST_REDIS").unwrap_or_else(|_| "redis-server".to_owned());
        let port = self.port.to_string();
        let mut command = Command::new(program);
        command.args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command.args(&self.options).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(child) = command.spawn() else { return false };
        self.child = Some(child);
        wait_for(|| TcpStream::connect(("127.0.0.1", self.port)).is_ok());
        true
    }

    /// Ends it as a machine that fails does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it runs");
            child.wait().expect("it ends");
        }
    }

    pub fn settle(&self) {
        self.ask(&["HSET", "ghl:{fleet}:epoch", "id", "settled", "born", "0", "run", &self.run()]);
    }

    /// The run of the server: another one after each start.
    pub fn run(&self) -> String {
        let server = self.ask(&["INFO", "server"]);
        server.lines().find_map(|line| line.strip_prefix("run_id:")).expect("a run id").to_owned()
    }

    /// Makes the user `fleet` as `docs/operations/replicas.md` says.
    pub fn add_user_of_the_documents(&self) {
        let page = include_str!("../../../docs/operations/replicas.md");
        let line = page.split('`').find(|code| code.starts_with("ACL SETUSER")).expect("the command");
        assert_eq!(self.ask(&line.split(' ').collect::<Vec<_>>()), "OK");
    }

    /// The answer to a command, as it stands on the wire.
    pub fn ask(&self, words: &[&str]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
        let mut request = vec![format!("*{}\r\n", words.len())];
        request.extend(words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len())));
        stream.write_all(request.concat().as_bytes()).expect("it reads");
        let mut answer = BufReader::new(stream);
        Self::read(&mut answer)
    }

    fn read(answer: &mut BufReader<TcpStream>) -> String {
        let mut head = String::new();
        answer.read_line(&mut head).expect("an answer");
        let rest = head[1..].trim().to_owned();
        match (&head[..1], rest.parse::<i64>()) {
            ("$", Ok(length @ 0..)) => {
                let mut text = vec![0; usize::try_from(length).expect("a length") + 2];
                answer.read_exact(&mut text).expect("the text");
                String::from_utf8_lossy(&text[..text.len() - 2]).into_owned()
            }
            ("*", Ok(count @ 0..)) => (0..count).map(|_| Self::read(answer) + "\n").collect(),
            _ => rest,
        }
    }

    /// All keys, with the life of each in milliseconds.
    pub fn keys(&self) -> Vec<(String, i64)> {
        let keys = self.ask(&["KEYS", "*"]);
        keys.lines().map(|key| (key.to_owned(), self.ask(&["PTTL", key]).parse().expect("a life"))).collect()
    }

    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The store, as another process sees it.
    pub fn store(&self, clock: Arc<dyn Clock>) -> Store {
        self.store_as("", clock)
    }

    /// The same for this user.
    fn store_as(&self, user: &str, clock: Arc<dyn Clock>) -> Store {
        let address = self.address().replace("://", &format!("://{user}@")).replace("://@", "://");
        let address = RedisAddress::read(&address).expect("an address");
        let key = StoreKey::read(KEY).expect("a key");
        Store::redis(&address, key, clock, Arc::new(Silent)).expect("a store")
    }

    /// Another process in front of this CRM.
    pub async fn process(&self, sandbox: &Sandbox, clock: Arc<dyn Clock>) -> Session {
        self.process_as("", sandbox, clock).await
    }

    /// The same for this user of the server.
    pub async fn process_as(&self, user: &str, sandbox: &Sandbox, clock: Arc<dyn Clock>) -> Session {
        let store = self.store_as(user, Arc::clone(&clock));
        let client = Client::in_fleet(settings(sandbox, clock), Arc::new(Silent), store, None);
        Session::open(Contacts::new(client, Options::default())).await
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a process without a store is made from.
pub fn settings(sandbox: &Sandbox, clock: Arc<dyn Clock>) -> Settings {
    Settings {
        base_url: sandbox.url().parse().expect("the sandbox's address"),
        credential: Credential::Token(sandbox.token().to_owned().into()),
        location: Some(sandbox.location_id().parse().expect("the sandbox's location")),
        dialect: None,
        clock,
        transport: Arc::new(ReqwestTransport::default()),
        deadline: Duration::from_secs(35),
    }
}

#[derive(Debug)]
pub struct Silent;

impl Observer for Silent {
    fn ended(&self, _: &'static str, _: Option<u16>, _: Duration) {}
    fn waited(&self, _: &'static str, _: Duration) {}
    fn repeated(&self, _: &'static str) {}
}
