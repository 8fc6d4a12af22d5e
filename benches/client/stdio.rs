//! A server on pipes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio as Pipe};
use std::time::Instant;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::load::Load;
use crate::{BEGUN, HELLO};

/// What says which call a line answers.
#[derive(Deserialize)]
struct Head {
    id: Option<usize>,
    method: Option<IgnoredAny>,
}

struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
}

pub(crate) struct Stdio {
    command: Vec<String>,
    running: Option<Process>,
}

impl Process {
    fn start(command: &[String]) -> Self {
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .stdin(Pipe::piped())
            .stdout(Pipe::piped())
            .stderr(Pipe::null())
            .spawn()
            .unwrap();
        let output = BufReader::with_capacity(1 << 16, child.stdout.take().unwrap());
        Self { child, output }
    }

    fn say(&mut self, lines: &str) {
        self.child.stdin.as_mut().unwrap().write_all(lines.as_bytes()).unwrap();
    }

    /// The next answer, and the call that it answers.
    fn hear(&mut self, line: &mut String) -> usize {
        loop {
            line.clear();
            assert!(self.output.read_line(line).unwrap() > 0, "the server has ended");
            // Some servers log on stdout, or send notifications.
            if let Ok(Head { id: Some(id), method: None }) = serde_json::from_str(line) {
                return id;
            }
        }
    }

    fn ask(&mut self, message: &str) -> String {
        let mut line = String::new();
        self.say(&format!("{message}\n"));
        self.hear(&mut line);
        line
    }
}

impl Drop for Process {
    /// Ends the server as a host does: its stdin closes.
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        for _ in 0..500 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Stdio {
    pub(crate) fn new(command: Vec<String>) -> Self {
        Self { command, running: None }
    }

    /// The milliseconds from each spawn to the answer of `initialize`.
    pub(crate) fn spawns(&mut self, times: u64) -> Vec<f64> {
        let once = |_| {
            let began = Instant::now();
            let mut process = Process::start(&self.command);
            process.ask(HELLO);
            began.elapsed().as_secs_f64() * 1e3
        };
        (0..times).map(once).collect()
    }

    pub(crate) fn open(&mut self) -> u32 {
        let mut process = Process::start(&self.command);
        process.ask(HELLO);
        process.say(&format!("{BEGUN}\n"));
        let pid = process.child.id();
        self.running = Some(process);
        pid
    }

    pub(crate) fn ask(&mut self, message: &str) -> String {
        self.running.as_mut().unwrap().ask(message)
    }

    pub(crate) fn load(&mut self, mut load: Load) -> Value {
        let process = self.running.as_mut().unwrap();
        let (mut line, mut lines) = (String::new(), String::new());
        for _ in 0..load.at_once {
            if let Some(call) = load.next() {
                lines += &load.message(call);
                lines.push('\n');
            }
        }
        while load.waits() {
            // What is due is written when all answers that have come are read.
            if !lines.is_empty() && !process.output.buffer().contains(&b'\n') {
                process.say(&lines);
                lines.clear();
            }
            let answered = process.hear(&mut line);
            load.answered(answered, &line);
            if let Some(call) = load.next() {
                lines += &load.message(call);
                lines.push('\n');
            }
        }
        load.found()
    }
}
