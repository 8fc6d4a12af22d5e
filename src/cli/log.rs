//! The log: stderr only, since stdout may carry MCP.

use tracing::Level;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use crate::cli::error::Stop;
use crate::config::{Config, Wrong};

/// rmcp logs whole requests and answers below `error`, which is personal data.
const QUIET: [&str; 1] = ["rmcp"];

/// The filter of these words, as `--log` takes them; whatever they ask for, what others log of a call's content stays
/// out of it.
#[must_use]
pub fn log_filter(words: &str) -> Option<Targets> {
    let filter: Targets = words.parse().ok()?;
    Some(QUIET.iter().fold(filter, |filter, target| filter.with_target(*target, Level::ERROR)))
}

/// Starts it, and keeps what panicked out of it: a panic's words may quote a value.
///
/// `usual` is the filter where none is set. Lines are written by a thread of their own until the guard is dropped: a
/// host that does not read stderr fills the pipe, and no call may wait for that. Lines beyond 128,000 are dropped.
pub(crate) fn start(config: &Config, usual: &str) -> Result<WorkerGuard, Stop> {
    let filter = log_filter(config.log.as_deref().unwrap_or(usual))
        .ok_or_else(|| Wrong::new("--log", "is not a filter like info or ghl_contacts_mcp=debug"))?;
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
        tracing::error!(place, "a bug: something panicked; the call was answered with an internal error");
    }));
    Ok(guard)
}
