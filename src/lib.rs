//! An MCP server for the contacts of HighLevel (GoHighLevel), whose writes can be believed.
//!
//! # Rooms
//!
//! | room | what it is | may name |
//! | --- | --- | --- |
//! | [`cli`] | one file per subcommand; wires the rooms together; the only one that prints | all |
//! | [`config`] | the only reader of the environment and of files | `ghl` |
//! | [`serve`] | the protocol: handler, stdio, Streamable HTTP, HTTP+SSE, guard, metrics | `tool` |
//! | [`tools`] | one file per tool, and the one list of them | `tool`, `contacts`, `ghl` |
//! | [`tool`] | the seam between an async function and an MCP tool | `contacts`, `ghl` |
//! | [`contacts`] | what an operation on a contact means | `ghl` |
//! | [`ghl`] | HighLevel's API as Rust | none |
//! | [`sandbox`] | a simulated HighLevel that speaks HTTP | none |
//!
//! The sandbox never imports `ghl`: one misreading of HighLevel's documents cannot pass on both sides.
//!
//! # One call's journey
//!
//! A line on stdin → `serve` → `tool` parses the input (a bad argument is an answer that the model can act on) →
//! `tools/upsert_contact` → `contacts`: identity, lookup, plan, apply, verify, receipt → each endpoint through
//! `ghl::http` under `ghl::retry` → the output as `structuredContent` and the same JSON as text. Errors rise untouched
//! to `tool`, the one place that turns an error into words.
//!
//! # Decisions
//!
//! - **Look up, then write**, rather than HighLevel's own upsert: that one replaces tags, drops the second identifier
//!   (highlevel-api-docs issue 37) and replaces a primary e-mail (issue 337), all with a 200.
//! - **Effect, not verb, decides on a repeat**: `POST /contacts/search` reads, `POST /contacts/` must never be repeated
//!   blindly, `POST /contacts/{id}/tags` may.
//! - **Ids are parsed types** and paths are built one segment at a time: an id is what a model copied from a text that
//!   anybody may have written.
//! - **An exact sliding window, not a token bucket**: a bucket of 100 refilled at 10 a second sends 199 within one of
//!   HighLevel's windows.
//! - **Stateless HTTP**: no sessions at `/mcp`, so nothing grows with clients that come and go.
//! - **Mozilla's roots in the binary**, not the system's: no certificate is read from disk before the first request.

pub mod cli;
pub mod config;
pub mod contacts;
pub mod ghl;
pub mod sandbox;
pub mod serve;
pub mod tool;
pub mod tools;
