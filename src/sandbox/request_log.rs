//! The record of what went over the wire, for tests to read.

use std::fmt::{Display, Formatter};

use serde_json::{Map, Value};

use crate::sandbox::request::Request;

/// One request and what was answered.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The HTTP method.
    pub method: String,
    /// The path with its query, as received.
    pub path: String,
    /// The request's headers: names in lower case, the token replaced by `Bearer ***`.
    pub headers: Vec<(String, String)>,
    /// The request's JSON body; a form body as an object with its secret masked.
    pub body: Option<Value>,
    /// The status answered; 0 where the connection was cut before a whole answer, or the answer is still due.
    pub status: u16,
    /// The body answered; text that is not JSON as a string.
    pub answer: Option<Value>,
}

impl Display for Exchange {
    /// `POST /contacts/ {"email":"ana@example.com"} -> 201`
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if let Some(body) = &self.body {
            write!(f, " {body}")?;
        }
        match self.status {
            0 => write!(f, " -> cut"),
            status => write!(f, " -> {status}"),
        }
    }
}

/// All exchanges in the order in which the requests arrived.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    next: u64,
    entries: Vec<(u64, Exchange)>,
    pub(crate) unexpected: Vec<String>,
}

impl RequestLog {
    /// Notes a request; the number closes it.
    pub(crate) fn open(&mut self, request: &Request) -> u64 {
        self.next += 1;
        let exchange = Exchange {
            method: request.method.clone(),
            path: request.target(),
            headers: request.headers.iter().map(masked).collect(),
            body: body_of(request),
            status: 0,
            answer: None,
        };
        self.entries.push((self.next, exchange));
        self.next
    }

    pub(crate) fn close(&mut self, number: u64, status: u16, answer: Option<Value>) {
        if let Some((_, exchange)) = self.entries.iter_mut().rev().find(|(n, _)| *n == number) {
            exchange.status = status;
            exchange.answer = answer;
        }
    }

    /// Notes a request that no route of the dialect serves.
    pub(crate) fn note_unexpected(&mut self, request: &Request) {
        self.unexpected.push(format!("{} {}", request.method, request.path));
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.entries.iter().map(|(_, exchange)| exchange.clone()).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

fn masked((name, value): &(String, String)) -> (String, String) {
    let value = if name == "authorization" { String::from("Bearer ***") } else { value.clone() };
    (name.clone(), value)
}

fn body_of(request: &Request) -> Option<Value> {
    if !request.is_form() {
        return serde_json::from_slice(&request.body).ok();
    }
    let mut pairs = Map::new();
    for (name, value) in request.form() {
        let value = if name == "client_secret" { String::from("***") } else { value };
        pairs.insert(name, Value::String(value));
    }
    Some(Value::Object(pairs))
}
