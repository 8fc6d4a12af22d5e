//! What MCP adds to the time of a call: a contact is read in process, over stdio and over HTTP, alternately in one run.
//!
//! ```sh
//! cargo bench --bench calls                      # a table
//! cargo bench --bench calls -- --json FILE       # and the same as JSON
//! ```
//!
//! Each call reads another contact of the built-in sandbox by one request. The server
//! is the real program as a child process, the client only a pipe or a socket. Blocks of the three ways alternate, and the
//! first round is dropped. The added time is the median of the differences within each round, so that a change of the
//! machine's load affects all three ways.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measuring program: it ends at the first error, and it reads the clock"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ghl_contacts_mcp::contacts::{self, Contacts, Target};
use ghl_contacts_mcp::ghl::SystemClock;
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::ReqwestTransport;
use ghl_contacts_mcp::ghl::{Client, Settings};
use ghl_contacts_mcp::sandbox::{Options, Sandbox, Seed};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

const ROUNDS: usize = 21;
const BLOCK: usize = 100;
/// One for each call, so that no two calls share a read.
const PEOPLE: usize = ROUNDS * BLOCK * 3;
const BINARY: &str = env!("CARGO_BIN_EXE_ghl-contacts-mcp");

/// A way to read a contact, by its name, as a function that returns the answer.
type Way<'a> = (&'static str, Box<dyn FnMut(&str) -> Value + 'a>);

fn main() {
    let runtime = Runtime::new().unwrap();
    let options = Options { seed: Seed::Empty, burst: 10_000_000, daily: 100_000_000, ..Options::default() };
    let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
    for n in 0..PEOPLE {
        sandbox.insert(json!({ "id": id(n), "email": format!("c{n}@example.com"), "firstName": "Ada" }));
    }
    let contacts = in_process(&sandbox);
    let (mut stdio, mut http) = (Pipe::start(&sandbox), Socket::start(&sandbox));
    let mut ways: [Way<'_>; 3] = [
        ("in process", Box::new(|id| read(&runtime, &contacts, id))),
        ("over stdio", Box::new(|id| stdio.call(id))),
        ("over HTTP", Box::new(|id| http.call(id))),
    ];
    let mut times = [const { Vec::new() }; 3];
    let mut next = 0;
    for round in 0..ROUNDS {
        for turn in 0..ways.len() {
            let at = (round + turn) % ways.len();
            let block = block(&mut ways[at].1, &mut next);
            sandbox.clear_wire();
            if round > 0 {
                times[at].push(block);
            }
        }
    }
    tell(&ways.each_ref().map(|way| way.0), &times);
}

fn id(n: usize) -> String {
    format!("BenchContact{n:08}")
}

/// The microseconds of each call of a block.
fn block(way: &mut dyn FnMut(&str) -> Value, next: &mut usize) -> Vec<f64> {
    let mut times = Vec::with_capacity(BLOCK);
    for _ in 0..BLOCK {
        let id = id(*next);
        *next += 1;
        let began = Instant::now();
        let answer = way(&id);
        times.push(began.elapsed().as_secs_f64() * 1e6);
        assert!(answer.to_string().contains(&id), "{answer}");
    }
    times
}

fn in_process(sandbox: &Sandbox) -> Contacts {
    let client = Client::new(Settings {
        base_url: sandbox.url().parse().unwrap(),
        credential: Credential::Token(sandbox.token().to_owned().into()),
        location: Some(sandbox.location_id().parse().unwrap()),
        dialect: None,
        clock: Arc::new(SystemClock::default()),
        transport: Arc::new(ReqwestTransport::default()),
        deadline: Duration::from_secs(35),
    });
    Contacts::new(client, contacts::Options::default())
}

fn read(runtime: &Runtime, contacts: &Contacts, id: &str) -> Value {
    let target = Target::id(id.parse().unwrap());
    let scope = contacts.scope(CancellationToken::new());
    let contact = runtime.block_on(contacts.show(&scope, &target)).unwrap();
    json!(contact.id.as_str())
}

fn spawn(sandbox: &Sandbox, arguments: &[&str]) -> Child {
    Command::new(BINARY)
        .args(arguments)
        .env("GHL_BASE_URL", sandbox.url())
        .env("GHL_PIT_TOKEN", sandbox.token())
        .env("GHL_LOCATION_ID", sandbox.location_id())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn call(id: &str) -> String {
    let params = json!({ "name": "ghl_get_contact", "arguments": { "contactId": id } });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
}

/// The program on pipes.
struct Pipe {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Pipe {
    fn start(sandbox: &Sandbox) -> Self {
        let mut child = spawn(sandbox, &["stdio", "--log", "error"]);
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut pipe = Self { child, input, output };
        let info = json!({ "name": "calls", "version": "1.0.0" });
        let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info });
        pipe.say(&json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello }).to_string());
        pipe.hear();
        pipe.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        pipe
    }

    fn say(&mut self, line: &str) {
        self.input.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn call(&mut self, id: &str) -> Value {
        self.say(&call(id));
        self.hear()
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program behind one open connection.
struct Socket {
    child: Child,
    stream: BufReader<TcpStream>,
}

impl Socket {
    fn start(sandbox: &Sandbox) -> Self {
        let mut child = spawn(sandbox, &["http", "--listen", "127.0.0.1:0"]);
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the program does not print its address");
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split('/').next().unwrap().to_owned();
            }
        };
        // The rest of the log is read too: a full pipe would stop the program.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { child, stream: BufReader::new(stream) }
    }

    fn call(&mut self, id: &str) -> Value {
        let body = call(id);
        let head = "POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream";
        let request = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().unwrap();
                }
                _ if line == "\r\n" => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn at(times: &[f64], part: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = ((sorted.len() - 1) as f64 * part).round() as usize;
    sorted[index]
}

fn tell(names: &[&str; 3], times: &[Vec<Vec<f64>>; 3]) {
    println!("{:12} {:>10} {:>10} {:>10} {:>14}", "microseconds", "median", "p90", "p99", "added, median");
    let mut found = serde_json::Map::new();
    for (name, blocks) in names.iter().zip(times) {
        let all = blocks.concat();
        let added: Vec<f64> = blocks.iter().zip(&times[0]).map(|(a, b)| at(a, 0.5) - at(b, 0.5)).collect();
        let [median, p90, p99, added] =
            [at(&all, 0.5), at(&all, 0.9), at(&all, 0.99), at(&added, 0.5)].map(f64::round);
        println!("{name:12} {median:>10} {p90:>10} {p99:>10} {added:>14}");
        found.insert(
            (*name).to_owned(),
            json!({ "medianUs": median, "p90Us": p90, "p99Us": p99, "addedUs": added }),
        );
    }
    let mut arguments = std::env::args().skip_while(|argument| argument != "--json").skip(1);
    if let Some(path) = arguments.next() {
        std::fs::write(path, Value::Object(found).to_string()).unwrap();
    }
}
