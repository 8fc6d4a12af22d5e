//! The client of `benches/drive/compare.py`: it loads one server and counts. The script says what to do, one JSON a line on
//! stdin; each answer is one JSON line on stdout.
//!
//! ```sh
//! bench_client stdio COMMAND..      # an MCP server on pipes, which this starts
//! bench_client http URL             # an MCP server over HTTP
//! bench_client direct URL           # no MCP: the upstream itself
//! ```
//!
//! | order | does |
//! | --- | --- |
//! | `{"do":"spawns","times":9}` | starts the server, waits for the answer to `initialize`, ends it, so many times |
//! | `{"do":"open"}` | starts the server or connects, begins a session; answers the process id |
//! | `{"do":"load","tool":..,"arguments":..,"expect":..,"first":0,"atOnce":32,"seconds":1}` | calls; or `"calls":100` instead of seconds |
//! | `{"do":"list"}` | the bytes of the answer to `tools/list` |
//! | `{"do":"hold","connections":1000}`, `{"do":"release"}` | opens connections, each answered once; closes them |
//!
//! In `arguments` and `expect`, `{id}` is the contact of the call and `{n}` its number: no two calls of a run are the same.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measuring program: it ends at the first error, and it reads the clock"
)]

mod http;
mod load;
mod stdio;

use std::io::BufRead as _;

use serde_json::{Value, json};

use crate::http::Http;
use crate::load::Load;
use crate::stdio::Stdio;

const HELLO: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1.0.0"}}}"#;
const BEGUN: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
const LIST: &str = r#"{"jsonrpc":"2.0","id":0,"method":"tools/list","params":{}}"#;

enum Way {
    Stdio(Stdio),
    Http(Http),
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().unwrap();
    let rest: Vec<String> = arguments.collect();
    let mut way = match kind.as_str() {
        "stdio" => Way::Stdio(Stdio::new(rest)),
        "http" => Way::Http(Http::new(&rest[0], false)),
        _ => Way::Http(Http::new(&rest[0], true)),
    };
    for line in std::io::stdin().lock().lines() {
        let order: Value = serde_json::from_str(&line.unwrap()).unwrap();
        println!("{}", obey(&mut way, &order));
    }
}

fn obey(way: &mut Way, order: &Value) -> Value {
    match (order["do"].as_str().unwrap(), way) {
        ("spawns", Way::Stdio(stdio)) => json!({ "ms": stdio.spawns(order["times"].as_u64().unwrap()) }),
        ("open", Way::Stdio(stdio)) => json!({ "pid": stdio.open() }),
        ("open", Way::Http(http)) => json!({ "session": http.open() }),
        ("list", Way::Stdio(stdio)) => json!({ "bytes": stdio.ask(LIST).len() }),
        ("list", Way::Http(http)) => json!({ "bytes": http.ask(LIST).len() }),
        ("load", Way::Stdio(stdio)) => stdio.load(Load::new(order)),
        ("load", Way::Http(http)) => http.load(Load::new(order)),
        ("hold", Way::Http(http)) => json!({ "held": http.hold(order["connections"].as_u64().unwrap()) }),
        ("release", Way::Http(http)) => json!({ "released": http.release() }),
        (other, _) => json!({ "error": format!("{other} is not known here") }),
    }
}
