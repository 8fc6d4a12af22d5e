//! The real binary on pipes.
#![expect(clippy::disallowed_methods, reason = "whatever a process is waited for, the wait has an end")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ghl_contacts_mcp::sandbox::Sandbox;
use serde_json::{Value, json};

/// No process here lives longer, and nothing is waited for longer.
const LONGEST: Duration = Duration::from_secs(60);

/// Waits until `what` is true.
#[track_caller]
pub fn wait_for(mut what: impl FnMut() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < LONGEST, "it did not come");
        std::thread::yield_now();
    }
}

/// What stdin and stdout are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Pipes, as most hosts have them.
    Pipes,
    /// Sockets, as Node.js has them.
    Sockets,
}

impl Ends {
    /// Our end of a socket, and the process's end.
    fn open(self) -> (Option<OwnedFd>, Stdio) {
        match self {
            Self::Pipes => (None, Stdio::piped()),
            Self::Sockets => {
                let (ours, theirs) = UnixStream::pair().expect("two sockets");
                (Some(ours.into()), Stdio::from(OwnedFd::from(theirs)))
            }
        }
    }
}

pub struct Program {
    pub child: Child,
    pub stdin: Option<ChildStdin>,
    pub lines: BufReader<ChildStdout>,
    log: Arc<Mutex<String>>,
    logging: Option<JoinHandle<()>>,
    watch: Option<Sender<()>>,
}

/// Kills the process if a spec fails before the process has ended.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        self.watch = None;
        let _ = self.child.wait();
    }
}

impl Program {
    /// An initialized server in front of that sandbox, started by this shell line. `"$0"` is the program.
    pub fn by_shell(line: &str, sandbox: &Sandbox) -> Self {
        let url = sandbox.url();
        let (token, location) = (("GHL_PIT_TOKEN", sandbox.token()), sandbox.location_id());
        Self::run(line, &[("GHL_BASE_URL", &url), token, ("GHL_LOCATION_ID", location)])
    }

    /// The same in front of this address.
    pub fn at(url: &str) -> Self {
        Self::run("exec \"$0\" stdio", &settings(url))
    }

    /// The same with these variables.
    pub fn run(line: &str, settings: &[(&str, &str)]) -> Self {
        Self::start(line, settings, Ends::Pipes)
    }

    /// The same with stdin and stdout like this.
    pub fn start(line: &str, settings: &[(&str, &str)], ends: Ends) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", line, env!("CARGO_BIN_EXE_ghl-contacts-mcp")]).env_clear();
        command.envs(settings.iter().copied());
        // Nothing listens there: a program that used the proxy would reach nothing.
        command.env("HTTP_PROXY", "http://127.0.0.1:9").env("http_proxy", "http://127.0.0.1:9");
        let (stdin, theirs) = ends.open();
        command.stdin(theirs);
        let (stdout, theirs) = ends.open();
        command.stdout(theirs).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a shell");
        // The command holds the process's ends of sockets.
        drop(command);
        let stdin = stdin.map(ChildStdin::from).or(child.stdin.take());
        let stdout = stdout.map(ChildStdout::from).or(child.stdout.take());
        let lines = BufReader::new(stdout.expect("its output"));
        // Read at once: an unread pipe would stop the program after 64 KiB.
        let mut stderr = child.stderr.take().expect("its log");
        let log = Arc::<Mutex<String>>::default();
        let text = Arc::clone(&log);
        let logging = Some(std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = stderr.read(&mut piece) {
                text.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..length]));
            }
        }));
        let watch = Some(killed_late(child.id()));
        let mut program = Self { child, stdin, lines, log, logging, watch };
        let hello = program.ask(&initialize());
        assert!(hello["result"]["serverInfo"].is_object(), "{hello}");
        program.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        program
    }

    pub fn before(sandbox: &Sandbox) -> Self {
        Self::by_shell("exec \"$0\" stdio", sandbox)
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.stdin.as_mut().expect("an open input").write_all(bytes).expect("it reads");
    }

    pub fn send(&mut self, message: &Value) {
        self.raw(format!("{message}\n").as_bytes());
    }

    pub fn call(&mut self, id: u64, tool: &str, arguments: &Value) {
        let params = json!({ "name": tool, "arguments": arguments });
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }));
    }

    pub fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("not a message: {line:?}"))
    }

    fn ask(&mut self, message: &Value) -> Value {
        self.send(message);
        self.next()
    }

    /// Sends a ping and reads until its answer. Returns the messages before it.
    pub fn ping(&mut self, id: &str) -> Vec<Value> {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }));
        let mut before = Vec::new();
        loop {
            let message = self.next();
            if message["id"] == id {
                assert!(message["result"].is_object(), "{message}");
                return before;
            }
            before.push(message);
        }
    }

    /// The resident memory in bytes.
    pub fn resident(&self) -> u64 {
        self.memory("VmRSS:")
    }

    /// The peak of the resident memory in bytes.
    pub fn peak(&self) -> u64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, what: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with(what)).expect("its memory");
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).expect("a number") * 1024
    }

    /// Whether all its threads sleep.
    pub fn rests(&self) -> bool {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs");
        threads.flatten().all(|thread| {
            let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            // The state comes after the name, which is in parentheses.
            stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('S'))
        })
    }

    pub fn has_logged(&self, words: &str) -> bool {
        self.log.lock().unwrap().contains(words)
    }

    pub fn signal(&self, name: &str) {
        // A process that has ended and was not waited for ignores the signal.
        let line = format!("kill {name} {}", self.child.id());
        Command::new("/bin/sh").args(["-c", &line]).status().expect("a shell");
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_some()
    }

    /// Closes the reading end of stdout.
    pub fn stop_reading(&mut self) {
        let mut nothing =
            Command::new("/bin/sh").args(["-c", "exit 0"]).stdout(Stdio::piped()).spawn().expect("a shell");
        self.lines = BufReader::new(nothing.stdout.take().expect("an output"));
        nothing.wait().expect("an end");
    }

    /// Closes stdin and waits for the end. Returns the exit code, the rest of stdout, and stderr.
    pub fn close(mut self) -> (Option<i32>, String, String) {
        drop(self.stdin.take());
        self.end()
    }

    pub fn end(&mut self) -> (Option<i32>, String, String) {
        let mut out = String::new();
        self.lines.read_to_string(&mut out).expect("text");
        self.logging.take().map(JoinHandle::join).transpose().expect("a log");
        // From here on the process id may belong to another process.
        self.watch = None;
        let code = self.child.wait().expect("an end").code();
        (code, out, self.log.lock().unwrap().clone())
    }
}

/// A server in front of that sandbox that may fail to start. It gets `initialize`, `messages` and the end of stdin, and
/// ends by itself. Returns the exit code (`None` after a signal) and stdout.
pub fn starved(line: &str, sandbox: &Sandbox, messages: Vec<u8>) -> (Option<i32>, String) {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", line, env!("CARGO_BIN_EXE_ghl-contacts-mcp")]).env_clear();
    command.envs(settings(&sandbox.url())).env("GHL_PIT_TOKEN", sandbox.token());
    command.env("GHL_LOCATION_ID", sandbox.location_id());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("a shell");
    let watch = killed_late(child.id());
    let mut stdin = child.stdin.take().expect("its input");
    let writer = std::thread::spawn(move || {
        let begin = [initialize(), json!({"jsonrpc": "2.0", "method": "notifications/initialized"})];
        // The process may have ended.
        let _ = begin.iter().try_for_each(|message| writeln!(stdin, "{message}"));
        let _ = stdin.write_all(&messages);
    });
    let mut out = String::new();
    child.stdout.take().expect("its output").read_to_string(&mut out).expect("text");
    writer.join().expect("a writer");
    assert!(watch.send(()).is_ok(), "it hung");
    (child.wait().expect("an end").code(), out)
}

fn initialize() -> Value {
    json!({"jsonrpc": "2.0", "id": "begin", "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "spec", "version": "1"}}})
}

/// The environment of a program whose HighLevel has this address.
pub fn settings(url: &str) -> [(&'static str, &str); 3] {
    let token = "pit-00000000-0000-4000-8000-000000000000";
    [("GHL_BASE_URL", url), ("GHL_PIT_TOKEN", token), ("GHL_LOCATION_ID", "FaultLocation0000001")]
}

/// Kills that process after [`LONGEST`], so that a blocked read ends. Dropping the sender cancels this.
fn killed_late(process: u32) -> Sender<()> {
    let (watch, watched) = channel();
    std::thread::spawn(move || {
        if watched.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout) {
            let line = format!("kill -KILL {process}");
            let _ = Command::new("/bin/sh").args(["-c", &line]).status();
        }
    });
    watch
}
