//! The real binary on pipes, for what only a process has.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

use ghl_contacts_mcp::sandbox::Sandbox;
use serde_json::{Value, json};

pub struct Program {
    pub child: Child,
    pub stdin: Option<ChildStdin>,
    pub lines: BufReader<ChildStdout>,
    log: Option<JoinHandle<String>>,
}

/// Ends the process where a spec fails before it does so itself.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    /// A server in front of that sandbox, begun; run by this shell line, in which `"$0"` is the program.
    pub fn by_shell(line: &str, sandbox: &Sandbox) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", line, env!("CARGO_BIN_EXE_ghl-contacts-mcp")]).env_clear();
        command.env("GHL_BASE_URL", sandbox.url()).env("GHL_PIT_TOKEN", sandbox.token());
        command.env("GHL_LOCATION_ID", sandbox.location_id());
        // Nobody listens there: whoever obeyed would reach nothing.
        command.env("HTTP_PROXY", "http://127.0.0.1:9").env("http_proxy", "http://127.0.0.1:9");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a shell");
        let lines = BufReader::new(child.stdout.take().expect("its output"));
        // Read as it comes: a host that leaves it would stop the program at 64 KiB.
        let mut stderr = child.stderr.take().expect("its log");
        let log = Some(std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        }));
        let mut program = Self { stdin: child.stdin.take(), child, lines, log };
        let hello = program.ask(&json!({"jsonrpc": "2.0", "id": "begin", "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "spec", "version": "1"}}}));
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

    /// Reads until the answer to a ping, which shows that it lives; what came before it.
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

    /// Resident memory in bytes.
    pub fn resident(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let mut status = String::new();
        std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut status)).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).expect("a number") * 1024
    }

    pub fn signal(&self, name: &str) {
        // A process that has just ended and has not been waited for takes it without harm.
        let line = format!("kill {name} {}", self.child.id());
        Command::new("/bin/sh").args(["-c", &line]).status().expect("a shell");
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_some()
    }

    /// Closes the reading end of its stdout.
    pub fn stop_reading(&mut self) {
        let mut nothing =
            Command::new("/bin/sh").args(["-c", "exit 0"]).stdout(Stdio::piped()).spawn().expect("a shell");
        self.lines = BufReader::new(nothing.stdout.take().expect("an output"));
        nothing.wait().expect("an end");
    }

    /// Closes stdin and waits for the end: exit code, the rest of stdout, stderr.
    pub fn close(mut self) -> (Option<i32>, String, String) {
        drop(self.stdin.take());
        self.end()
    }

    pub fn end(&mut self) -> (Option<i32>, String, String) {
        let mut out = String::new();
        self.lines.read_to_string(&mut out).expect("text");
        let err = self.log.take().map(|log| log.join().expect("a log")).unwrap_or_default();
        (self.child.wait().expect("an end").code(), out, err)
    }
}
