//! The log of requests and responses, for tests.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::{Display, Formatter};

use serde_json::{Map, Value};

use crate::sandbox::request::Request;

/// The most exchanges in the log; the oldest is dropped for a new one. A sandbox may run for days.
const MOST: usize = 10_000;

/// One request and its response.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The HTTP method.
    pub method: String,
    /// The path with its query as received.
    pub path: String,
    /// The request's headers, with names in lower case. `Bearer ***` replaces the token.
    pub headers: Vec<(String, String)>,
    /// The request's JSON body. A form is an object, and `***` replaces its secret.
    pub body: Option<Value>,
    /// The status of the response; 0 if the connection closed before a whole response, or if there is no response yet.
    pub status: u16,
    /// The body of the response; text that is not JSON is a string.
    pub response: Option<Value>,
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

/// The last exchanges, in the order in which the requests arrived.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    next: u64,
    entries: VecDeque<(u64, Exchange)>,
    /// `METHOD path` of the requests that no route serves.
    pub(crate) unexpected: Vec<String>,
    /// The responses by their status, since the start.
    pub(crate) answers: BTreeMap<u16, u64>,
}

impl RequestLog {
    /// Adds a request. Returns its number for [`RequestLog::set_response`].
    pub(crate) fn add(&mut self, request: &Request) -> u64 {
        self.next += 1;
        let exchange = Exchange {
            method: request.method.clone(),
            path: request.target(),
            headers: request.headers.iter().map(masked).collect(),
            body: body_of(request),
            status: 0,
            response: None,
        };
        if self.entries.len() == MOST {
            self.entries.pop_front();
        }
        self.entries.push_back((self.next, exchange));
        self.next
    }

    /// Adds the response to the request with this number.
    pub(crate) fn set_response(&mut self, number: u64, status: u16, body: Option<Value>) {
        *self.answers.entry(status).or_default() += 1;
        if let Some((_, exchange)) = self.entries.iter_mut().rev().find(|(n, _)| *n == number) {
            exchange.status = status;
            exchange.response = body;
        }
    }

    /// Adds a request to those that no route of the dialect serves.
    pub(crate) fn add_unexpected(&mut self, request: &Request) {
        self.unexpected.push(format!("{} {}", request.method, request.path));
    }

    /// A copy of the exchanges.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.entries.iter().map(|(_, exchange)| exchange.clone()).collect()
    }

    /// Removes the exchanges; `unexpected` stays.
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
