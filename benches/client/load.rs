//! The calls of one load: what is sent, and what came back.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A load that runs.
pub(crate) struct Load {
    pub(crate) at_once: usize,
    tool: String,
    arguments: String,
    expect: String,
    first: usize,
    calls: usize,
    began: Instant,
    time: Duration,
    sent: Vec<Instant>,
    times: Vec<f64>,
    bytes: usize,
    wrong: usize,
    example: String,
}

impl Load {
    pub(crate) fn new(order: &Value) -> Self {
        let text = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| {
            order[name].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(usize::MAX)
        };
        Self {
            at_once: number("atOnce"),
            tool: text("tool"),
            arguments: text("arguments"),
            expect: text("expect"),
            first: number("first"),
            calls: number("calls"),
            began: Instant::now(),
            time: Duration::from_secs_f64(order["seconds"].as_f64().unwrap_or(600.0)),
            sent: Vec::new(),
            times: Vec::new(),
            bytes: 0,
            wrong: 0,
            example: String::new(),
        }
    }

    /// The number of the next call, unless enough were sent.
    pub(crate) fn next(&mut self) -> Option<usize> {
        let more = self.sent.len() < self.calls && self.began.elapsed() < self.time;
        more.then(|| {
            self.sent.push(Instant::now());
            self.sent.len() - 1
        })
    }

    /// Whether an answer is missing.
    pub(crate) fn waits(&self) -> bool {
        self.times.len() < self.sent.len()
    }

    /// The contact of a call.
    pub(crate) fn id(&self, call: usize) -> String {
        format!("BenchContact{:08}", self.first + call)
    }

    fn filled(&self, text: &str, call: usize) -> String {
        text.replace("{id}", &self.id(call)).replace("{n}", &(self.first + call).to_string())
    }

    /// The message of a call.
    pub(crate) fn message(&self, call: usize) -> String {
        let (tool, arguments) = (&self.tool, self.filled(&self.arguments, call));
        format!(
            r#"{{"jsonrpc":"2.0","id":{call},"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
        )
    }

    /// Notes the answer to a call.
    pub(crate) fn answered(&mut self, call: usize, answer: &str) {
        self.times.push(self.sent[call].elapsed().as_secs_f64() * 1e3);
        self.bytes += answer.len();
        let fails = answer.contains(r#""isError":true"#) || answer.contains(r#""error":{"code""#);
        if fails || !answer.contains(&self.filled(&self.expect, call)) {
            self.wrong += 1;
            self.example = answer.chars().take(300).collect();
        }
    }

    /// What the script is told.
    pub(crate) fn found(mut self) -> Value {
        let seconds = self.began.elapsed().as_secs_f64();
        self.times.sort_by(f64::total_cmp);
        let at = |hundredths: usize| self.times.get((self.times.len().max(1) - 1) * hundredths / 100);
        json!({
            "calls": self.times.len(), "seconds": seconds, "bytes": self.bytes, "wrong": self.wrong,
            "example": self.example, "medianMs": at(50), "p90Ms": at(90), "p99Ms": at(99),
        })
    }
}
