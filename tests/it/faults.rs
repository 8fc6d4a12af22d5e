//! The fault matrix. Each test has the number of its row in its name and checks how many requests reached
//! HighLevel.
//!
//! | rows | where |
//! | --- | --- |
//! | 1-6, 36-38, 45: rate limits | `limits`: a transport in memory and a paused clock |
//! | 7, 11, 13, 15, 16, 28-30: bad answers | `answers`: the same |
//! | 12-14, 30, 31, 50: bytes on the wire | `wire`: a raw TCP upstream, with milliseconds instead of seconds |
//! | 15-17, 50: no connection | `connect`: a full backlog, an unknown host, a bad certificate, IPv6 only |
//! | 17, 50: expired certificates, certificates of another host, a name with two addresses | `src/ghl/wire/reqwest/tests.rs` |
//! | 8-10, 12, 18, 32-35: contacts | `crm`: the sandbox's faults behind a session |
//! | 39-41: many contacts | `lists`: the same |
//! | 19-27: OAuth | `src/ghl/auth/oauth/tests.rs` and its folder; `tests/it/oauth.rs` with the real binary |
//! | 42, 43, 45, 46, 50: a process | `process`: the real binary on pipes |
//! | 31, 48, 49: memory, unread output, file descriptors | `scarce`: the same |
//! | 44: a tool that panics | `tests/it/protocol.rs`, which has such a tool; the program has none |
//! | 47: signals, a kill | `ends`; for the token file: `tests/it/oauth.rs` |
//! | 70, 72-79: receipts | `receipts`: the sandbox's faults behind a session |
//! | 71: calls that wait for another call | `waiting`: a transport in memory and a paused clock |
//! | 80-83: a client that reads nothing, SIGHUP, the end amid an upsert | `ends` |
//! | 84-88: settings, files and arguments that are not what they seem; the log's hashes of e-mails | `settings` |
//! | 46, 47, 82 over HTTP | `tests/it/http/signals.rs` |
//! | 68, 69: routes that are missing | `dialect`: the same |
//! | 60-67: answers with another shape, or about another contact | `odd`: the sandbox's faults behind a session |
//! | 100-103: answers that show a part | `partial`: the same |
//! | 51, 52: a token that is refused under load | `load`: a transport in memory and a paused clock; `tests/it/oauth/upserts.rs`: the sandbox |
//! | 53, 54, 56, 57: an outage, a day that is used up | `outage`: a transport in memory and a paused clock |
//! | 55: repeats of a quiet process | `answers` |
//! | 58: lifetimes of a token | `src/ghl/auth/oauth/tests.rs` |
//!
//! Notes:
//!
//! - 8, 9, 12, 18, 33 count from the first write. Every operation begins with a lookup, which is one more request.
//! - 10: no tool creates without a lookup. The row's "never again" is tested by `row_07` without a tool. Through a tool the
//!   second create follows a lookup that found nothing, as in row 8, and there is no third.
//! - 14: the row allows two requests, the policy for reads three attempts. The policy applies: an upstream that stalls
//!   once costs two requests, one that always stalls costs three.
//! - 16: the real binary asks the machine's resolver for a name in `.invalid`, which never exists. The test beside it uses a
//!   name that is too long to be asked for.
//! - 17: the program trusts Mozilla's roots and has no setting that adds one. Tests that need a trusted authority are unit
//!   tests beside the transport. The real binary gets a self-signed certificate.
//! - 40: the cursor is a position, not a page number, so no page can lie beyond the 10,000th contact.
//! - 43: the SDK drops the answer to one of two calls with one id. Either is accepted.
//! - 49: Rust aborts a program that gets no memory, so a too low cap ends it.
//! - 50: a machine without IPv6 skips `row_50_an_upstream_with_ipv6_only_is_reached`.

mod answers;
mod connect;
mod crm;
mod dialect;
mod ends;
mod framing;
mod http;
mod large;
mod limits;
mod lists;
mod load;
mod odd;
mod outage;
mod partial;
mod process;
mod receipts;
mod scarce;
mod settings;
mod waiting;
mod wire;

use std::time::Duration;

use ghl_contacts_mcp::sandbox::{Options, Sandbox, Seed};
use serde_json::json;

use crate::support::process::{Program, wait_for};

/// An empty sandbox with slow creates, as HighLevel's are.
pub async fn slow() -> Sandbox {
    let insert_window = Duration::from_millis(400);
    Sandbox::start(Options { seed: Seed::Empty, insert_window, ..Options::default() }).await.unwrap()
}

pub fn hits(sandbox: &Sandbox, method: &str) -> usize {
    sandbox.wire().iter().filter(|exchange| exchange.method == method).count()
}

/// The program during a create.
pub fn creating(sandbox: &Sandbox) -> Program {
    let mut program = Program::before(sandbox);
    program.call(7, "ghl_upsert_contact", &json!({ "email": "ada@example.com" }));
    wait_for(|| hits(sandbox, "POST") == 1);
    program
}
