//! Owns: what a person types and reads; the assembly of the modules; the process's signals, log and exit code.
//! May import: every module.
//! Never: decides what an operation means; prints to stdout while it carries MCP.
//! Tests: `tests/it/program.rs`, `tests/it/faults/ends.rs`.

mod assembly;
mod call;
mod demo;
mod error;
mod http;
mod log;
mod login;
mod output;
mod sandbox;
mod schemas;
mod signal;
mod stdio;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use futures_util::future::join_all;

use crate::cli::error::Stop;
use crate::cli::output::say;
use crate::config::{Config, Flags, Http, HttpFlags, Process};
use crate::ghl::auth::Credential;
use crate::ghl::clock::{Clock, SystemClock};

pub use crate::cli::log::log_filter;

/// A token that is on its way when the program ends is given this long.
const DRAIN: Duration = Duration::from_secs(10);

/// An MCP server for HighLevel (GoHighLevel) contacts, whose writes can be believed.
#[derive(Debug, Parser)]
#[command(name = "ghl-contacts-mcp", version, about, max_term_width = 110, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

const AFTER_HELP: &str = "The token is never a flag. Set GHL_PIT_TOKEN (or GHL_API_KEY, or GHL_PIT_TOKEN_FILE) and GHL_LOCATION_ID.
For OAuth set GHL_CLIENT_ID, GHL_CLIENT_SECRET (or GHL_CLIENT_SECRET_FILE) and GHL_TOKEN_STORE, and run login once.
Try it without an account: ghl-contacts-mcp demo";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve MCP on stdin and stdout (the default)
    Stdio,
    /// Serve MCP over HTTP: /mcp (Streamable HTTP), /sse and /messages (HTTP+SSE), /healthz, /readyz, /metrics
    Http(HttpFlags),
    /// A tour of the tools through a real MCP session against the built-in sandbox
    Demo,
    /// Call one tool and print its answer; exits 1 on a tool error
    Call {
        /// The tool's name
        tool: String,
        /// Its arguments as a JSON object
        #[arg(default_value = "{}")]
        arguments: String,
    },
    /// Serve the simulated HighLevel API alone, for other programs to be tested against
    Sandbox(sandbox::Arguments),
    /// OAuth: authorise an app in the browser and keep its tokens in the token store
    Login(login::Arguments),
    /// Write tool-schemas/ and docs/errors.md, or check that they are current
    Schemas(schemas::Arguments),
}

/// Runs the program: exit code 0, 1 for a failure, 2 for wrong settings.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Said) => ExitCode::FAILURE,
        Err(stop) => {
            say(&format!("ghl-contacts-mcp: {stop}"));
            if matches!(stop, Stop::Wrong(_)) { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Stop> {
    let config = Config::read(&arguments.flags, &Process)?;
    // The tour and a single call show their refusals themselves.
    let usual = if matches!(arguments.command, Some(Command::Demo | Command::Call { .. })) {
        "error"
    } else {
        "info"
    };
    let _log = log::start(&config, usual)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Stop::System("the runtime could not start", error))?;
    let credentials: Vec<Credential> = config.credentials().cloned().collect();
    runtime.block_on(async {
        let ended = match arguments.command.unwrap_or(Command::Stdio) {
            Command::Stdio => stdio::run(config).await,
            Command::Http(flags) => {
                let http = Http::read(&flags, &Process, &config)?;
                http::run(config, http).await
            }
            Command::Demo => demo::run(config).await,
            Command::Call { tool, arguments } => call::run(config, &tool, &arguments).await,
            Command::Sandbox(options) => sandbox::run(config, options).await,
            Command::Login(options) => login::run(config, options).await,
            Command::Schemas(options) => schemas::run(&options),
        };
        settled(&credentials).await;
        ended
    })
}

/// Tokens that are on their way are waited for, or the next start would have none.
async fn settled(credentials: &[Credential]) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    tokio::select! {
        _ = join_all(credentials.iter().map(|credential| credential.settled(&clock))) => {}
        () = clock.sleep(DRAIN) => tracing::warn!("stopped with a token still on its way"),
    }
}
