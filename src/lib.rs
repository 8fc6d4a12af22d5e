//! An MCP server for the contacts of HighLevel (GoHighLevel), whose writes can be trusted.
//!
//! The program is `main.rs`, which calls [`cli::main`]. The library exists for the program, its tests, its benches and its
//! fuzz targets; it promises no stable interface to other crates.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`cli`] | one file for each subcommand; it wires the modules together, and nothing else prints |
//! | [`config`] | the only reader of the environment and of files |
//! | [`serve`] | the protocol: stdio, Streamable HTTP, HTTP+SSE, authentication of clients, metrics |
//! | [`tools`] | one file for each tool, and the one list of them |
//! | [`tool`] | everything between an async function and an MCP tool |
//! | [`contacts`] | what an operation on a contact means, without HTTP and MCP |
//! | [`ghl`] | HighLevel's API as Rust |
//! | [`sign_in`] | who a client is by the token of an authorization server |
//! | [`sandbox`] | a simulated HighLevel that speaks HTTP |
//!
//! `docs/architecture.md` shows which module and layer may import which, and follows one upsert from the tool to the
//! wire. `docs/decisions/` says why. `CONTRIBUTING.md` begins with the first hour.
#![cfg_attr(
    not(feature = "redis"),
    expect(
        dead_code,
        unreachable_code,
        unused_variables,
        unused_imports,
        reason = "without the feature no store exists"
    )
)]

// The files that unit tests share with the specs name the crate as the specs do.
#[cfg(test)]
extern crate self as ghl_contacts_mcp;

pub mod cli;
pub mod config;
pub mod contacts;
pub mod ghl;
pub mod sandbox;
pub mod serve;
pub mod sign_in;
pub mod tool;
pub mod tools;
