//! The log. It goes to stderr, since stdout may carry MCP.

use tracing::Level;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use crate::cli::error::CliError;
use crate::config::{Config, ConfigError};

/// Targets that log personal data below `error`: rmcp logs whole requests and responses.
const ERRORS_ONLY: [&str; 1] = ["rmcp"];

/// Parses a filter, as `--log` takes it. No filter lets the content of calls into the log; see `ERRORS_ONLY`.
#[must_use]
pub fn log_filter(text: &str) -> Option<Targets> {
    let filter: Targets = text.parse().ok()?;
    Some(ERRORS_ONLY.iter().fold(filter, |filter, target| filter.with_target(*target, Level::ERROR)))
}

/// Starts the log. The message of a panic is not logged, since it may quote a value.
///
/// `default_filter` is used if no filter is set. A separate thread writes the lines until the guard is dropped: a host that
/// does not read stderr fills the pipe, and no call may wait for that. At most 128,000 lines are queued; more are dropped.
pub(crate) fn start(config: &Config, default_filter: &str) -> Result<WorkerGuard, CliError> {
    let filter = log_filter(config.log.as_deref().unwrap_or(default_filter))
        .ok_or_else(|| ConfigError::new("--log", "is not a filter like info or ghl_contacts_mcp=debug"))?;
    let (stderr, guard) = tracing_appender::non_blocking(std::io::stderr());
    let lines = fmt::layer().with_writer(stderr).with_ansi(false);
    let registry = tracing_subscriber::registry();
    if config.log_json {
        registry.with(lines.json().with_filter(filter)).init();
    } else {
        registry.with(lines.with_target(false).with_filter(filter)).init();
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a bug: the code panicked; the call was answered with an internal error");
    }));
    Ok(guard)
}
