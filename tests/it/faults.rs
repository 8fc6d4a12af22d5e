//! The fault matrix: one test a row, named by its number, each asserting how many requests reached HighLevel.
//!
//! | rows | where |
//! | --- | --- |
//! | 1-7, 11, 16, 28-30, 36-38: limits, 5xx, drift | `limits`, `answers`: a transport in memory and a paused clock |
//! | 11-18, 30, 31, 50: bytes on a wire | `wire`: a raw TCP upstream, milliseconds for seconds |
//! | 8-10, 12, 18, 32-35, 39-41: contacts | `crm`: the sandbox's faults behind a session |
//! | 42, 43, 45-50: a process | `process`: the real binary on pipes |
//!
//! Not here: 19-27 (OAuth) stand beside that room. 44 (a tool that panics) is in `tests/it/seam.rs`, where a tool that
//! does so is at hand: the program has none. Of 17 (TLS) there is the handshake with something that is not TLS; an
//! expired or foreign certificate needs a certificate authority, which the test binary does not bring. Of 40 "an item is
//! deleted between pages" is the cursor's nature (it names a position, not a page number) and has no test of its own.
//! Of 49 there is the cap on file descriptors, not the one on memory, which ends a Rust program by its own rules.
//!
//! In part only: 15 (a refused connection, no black hole), 16 (the text does not name the host), 31 (what is read is
//! bounded, its memory is not measured), 43 (one answer and a living session, no count upstream), 47 (no SIGKILL and
//! restart here; the token store's is in `tests/it/oauth.rs`), 50 (no network with IPv6 alone).

mod answers;
mod crm;
mod limits;
mod process;
mod wire;
