//! The fault matrix: the fifty things that go wrong, each test named by its row and asserting how many requests reached
//! HighLevel.
//!
//! | rows | where |
//! | --- | --- |
//! | 1-6, 36-38, 45: limits, and who waits for them | `limits`: a transport in memory and a paused clock |
//! | 7, 11, 13, 15, 16, 28-30: what comes instead of an answer | `answers`: the same |
//! | 12-14, 30, 31, 50: bytes on a wire | `wire`: a raw TCP upstream, milliseconds for seconds |
//! | 15-17, 50: no connection | `connect`: a full backlog, no such host, no good certificate, IPv6 alone |
//! | 17, 50: certificates that expired or are another host's; a name of two addresses | `src/ghl/http/wire/tests.rs` |
//! | 8-10, 12, 18, 32-35: contacts | `crm`: the sandbox's faults behind a session |
//! | 39-41: many contacts, or too many | `lists`: the same |
//! | 19-27: OAuth | `src/ghl/auth/oauth/tests.rs` and its folder; `tests/it/oauth.rs` with the real binary |
//! | 42, 43, 45, 46, 50: a process | `process`: the real binary on pipes |
//! | 31, 48, 49: memory, readers and file descriptors | `scarce`: the same |
//! | 44: a tool that panics | `tests/it/seam.rs`, where such a tool is at hand: the program has none |
//! | 47: signals, a kill | `ends`; the token file: `tests/it/oauth.rs` |
//! | 46, 47 over HTTP | `tests/it/http/signals.rs` |
//!
//! What is odd:
//!
//! - 8, 9, 12, 18, 33 count from the first write. Every operation begins with a lookup, which is one request more.
//! - 10: no tool creates blindly, so the row's "never again" is `row_07`'s create beneath the tools; through a tool the
//!   second create comes after a lookup that found nobody, as in row 8, and there is no third.
//! - 14: the row allows two requests, and the policy for reads three attempts. The policy is kept: an upstream that
//!   stalls once costs two, one that always does costs three.
//! - 16: the real binary asks the machine's own resolver for a name in `.invalid`, which never exists; the test beside it
//!   uses a name that no resolver asks anybody about.
//! - 17: the program trusts Mozilla's roots and has no setting that adds one. What needs a trusted authority is therefore
//!   a unit test beside the transport, and the real binary is shown a certificate that signed itself.
//! - 40: the cursor names a position and not a page number, so no page can lie beyond the 10,000th contact.
//! - 43: the SDK drops the answer to one of two calls of one id; which of them is not said here.
//! - 49: Rust ends a program whose memory is refused, and so the cap that is too low ends it.
//! - 50: a machine without IPv6 shows nothing of `row_50_an_upstream_with_ipv6_alone_is_reached`.

mod answers;
mod connect;
mod crm;
mod ends;
mod limits;
mod lists;
mod process;
mod scarce;
mod wire;

use std::time::Duration;

use ghl_contacts_mcp::sandbox::{Options, Sandbox, Seed};
use serde_json::json;

use crate::support::process::{Program, wait_for};

/// An empty sandbox whose creates take a while, as real ones do.
pub async fn slow() -> Sandbox {
    let insert_window = Duration::from_millis(400);
    Sandbox::start(Options { seed: Seed::Empty, insert_window, ..Options::default() }).await.unwrap()
}

pub fn hits(sandbox: &Sandbox, method: &str) -> usize {
    sandbox.wire().iter().filter(|exchange| exchange.method == method).count()
}

/// A create on its way.
pub fn creating(sandbox: &Sandbox) -> Program {
    let mut program = Program::before(sandbox);
    program.call(7, "ghl_upsert_contact", &json!({ "email": "ada@example.com" }));
    wait_for(|| hits(sandbox, "POST") == 1);
    program
}
