//! Owns: the command line, what it prints, and how the modules are assembled; the process's signals, log and exit code.
//! May import: every module.
//! Never: decides what an operation means; prints to stdout while stdout carries MCP.
//! Tests: `tests/it/program.rs`, `tests/it/import.rs`, `tests/it/export.rs`, `tests/it/faults/ends.rs`.

mod assembly;
mod call;
mod client;
mod command_line;
mod completions;
mod demo;
mod doctor;
mod error;
#[cfg(feature = "import")]
mod export;
#[cfg(feature = "import")]
mod files;
mod fleet;
mod healthz;
pub mod hosts;
mod http;
#[cfg(feature = "import")]
mod import;
mod install;
mod log;
mod login;
mod observer;
mod output;
mod sandbox;
mod schemas;
mod signal;
mod stdio;
mod terminal;

use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use futures_util::future::join_all;
use tokio::runtime::Builder;

use crate::cli::error::CliError;
use crate::cli::output::print_stderr;
use crate::config::{Config, Flags, HttpConfig, HttpFlags, ProcessEnvironment, warn_of_readable};
use crate::ghl::auth::Credential;
use crate::ghl::{Clock, SystemClock};
use crate::serve::Drain;

pub use crate::cli::log::log_filter;

/// An MCP server for HighLevel (GoHighLevel) contacts, whose writes can be trusted.
#[derive(Debug, Parser)]
#[command(name = "ghl-contacts-mcp", version, about, max_term_width = 110, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

/// The arguments of `stdio`, or of no command.
#[derive(Debug, Parser)]
struct Stdio {
    #[command(flatten)]
    flags: Flags,
}

/// HighLevel's quotas leave no work for more.
const MAX_WORKERS: usize = 4;

const AFTER_HELP: &str = "Set the token with GHL_PIT_TOKEN (or GHL_API_KEY, or GHL_PIT_TOKEN_FILE), and the location with GHL_LOCATION_ID.
No flag takes a token, since other users of the machine can see flags.
For OAuth set GHL_CLIENT_ID, GHL_CLIENT_SECRET (or GHL_CLIENT_SECRET_FILE) and GHL_TOKEN_STORE, and run login once.
To try it without an account: ghl-contacts-mcp demo";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve MCP on stdin and stdout (the default)
    Stdio,
    /// Serve MCP over HTTP: /mcp (Streamable HTTP), /sse and /messages (HTTP+SSE), /healthz, /readyz, /metrics
    Http(HttpFlags),
    /// Check that `http` answers on this machine; the exit code is 1 if it does not
    Healthz(healthz::Arguments),
    /// Show the tools in a real MCP session with the built-in sandbox
    Demo,
    /// Call one tool and print its result; the exit code is 1 if the tool reports an error
    Call {
        /// The name of the tool
        tool: String,
        /// The arguments of the tool as a JSON object, or - to read them from stdin
        #[arg(default_value = "{}")]
        arguments: String,
    },
    /// Create or update the contacts of a CSV, TSV or XLSX file
    #[cfg(feature = "import")]
    Import(import::Arguments),
    /// Write the contacts of a search, or all, to a CSV or JSON Lines file
    #[cfg(feature = "import")]
    Export(export::Arguments),
    /// Serve the simulated HighLevel API alone, as a test server for other programs
    Sandbox(sandbox::Arguments),
    /// Check token, scopes, location, duplicate policy, limits and hosts; say what to do about each red line
    Doctor(doctor::Arguments),
    /// Authorise an OAuth app in the browser and store its tokens
    Login(login::Arguments),
    /// Put this server into a host's settings, after showing the difference
    Install(install::Arguments),
    /// Take this server out of a host's settings
    Uninstall(install::Removal),
    /// Write tool-schemas/ and docs/errors.md, or check that they are current
    Schemas(schemas::Arguments),
    /// Print a script for the completion of a shell
    Completions(completions::ForShell),
    /// Print a manual page
    Man(completions::Page),
}

/// Runs the program. The exit code is 0, 1 for a failure, or 2 for a setting that cannot be used.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match command_line::parse_without_command::<Stdio>("stdio") {
        Some(Stdio { flags }) => Arguments { command: None, flags },
        None => match command_line::parse::<Arguments>() {
            Ok(arguments) => arguments,
            Err(code) => return code,
        },
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(CliError::Reported) => ExitCode::FAILURE,
        Err(error) => {
            print_stderr(&format!("ghl-contacts-mcp: {error}"));
            if matches!(error, CliError::Config(_)) { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn run(arguments: Arguments) -> Result<(), CliError> {
    let Arguments { command, flags } = arguments;
    // These are asked for whatever the settings are: a shell prints completions at its start, and a wrong setting must not
    // keep the server in a host.
    match &command {
        Some(Command::Completions(shell)) => {
            completions::print_completions::<Arguments>(*shell);
            return Ok(());
        }
        Some(Command::Man(page)) => return completions::print_page::<Arguments>(page),
        Some(Command::Uninstall(removal)) => return install::run_uninstall(&ProcessEnvironment, removal),
        _ => {}
    }
    let config = match &command {
        Some(Command::Doctor(options)) => {
            doctor::settings(options, &flags).inspect_err(|error| doctor::unusable(options, error))?
        }
        _ => Config::read(&flags, &ProcessEnvironment)?,
    };
    let default_filter = match command {
        // They print the failures of tools themselves.
        Some(Command::Demo | Command::Call { .. }) => "error",
        #[cfg(feature = "import")]
        Some(Command::Import(_) | Command::Export(_)) => "error",
        // Each failure of HighLevel is one of its lines.
        Some(Command::Doctor(_)) => "error,ghl_contacts_mcp::ghl=off",
        _ => "info",
    };
    let _log = log::start(&config, default_filter)?;
    warn_of_readable();
    let runtime = runtime(command.as_ref())
        .enable_all()
        .build()
        .map_err(|error| CliError::Io("cannot start the async runtime", error))?;
    let credentials: Vec<Credential> = config.credentials().cloned().collect();
    let drain = Drain::default();
    let result = runtime.block_on(async {
        let result = match command.unwrap_or(Command::Stdio) {
            Command::Stdio => stdio::run(config, drain.clone()).await,
            Command::Http(flags) => {
                let http = HttpConfig::read(&flags, &ProcessEnvironment, &config)?;
                warn_of_readable();
                http::run(config, http, &drain).await
            }
            Command::Healthz(options) => healthz::run(options).await,
            Command::Demo => demo::run(config).await,
            Command::Call { tool, arguments } => call::run(config, &tool, &arguments, &drain).await,
            Command::Doctor(options) => doctor::run(config, options).await,
            #[cfg(feature = "import")]
            Command::Import(options) => import::run(config, options, &drain).await,
            #[cfg(feature = "import")]
            Command::Export(options) => export::run(config, options, &drain).await,
            Command::Sandbox(options) => sandbox::run(config, options).await,
            Command::Login(options) => login::run(config, options).await,
            Command::Install(options) => install::run(&config, &flags, &ProcessEnvironment, &options),
            Command::Schemas(options) => schemas::run(&options),
            // Carried out above.
            Command::Completions(_) | Command::Man(_) | Command::Uninstall(_) => Ok(()),
        };
        finish_renewals(&credentials, &drain).await;
        result
    });
    // A thread that reads an open stdin, or writes to a full stdout, is not waited for.
    runtime.shutdown_background();
    result
}

/// One thread for one client: it starts sooner, takes less memory, and no call is handed from thread to thread. A server of
/// many clients uses several cores.
fn runtime(command: Option<&Command>) -> Builder {
    if !matches!(command, Some(Command::Http(_) | Command::Sandbox(_))) {
        return Builder::new_current_thread();
    }
    let mut several = Builder::new_multi_thread();
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    several.worker_threads(cores.min(MAX_WORKERS));
    several
}

/// Waits for token renewals that are running. A new refresh token that is not stored is lost, and the next start could not
/// renew its tokens.
async fn finish_renewals(credentials: &[Credential], drain: &Drain) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let settled = join_all(credentials.iter().map(|credential| credential.settled(&clock)));
    if drain.finish(settled).await.is_none() {
        tracing::warn!("stopped while a token was being renewed; the new token may be lost");
    }
}
