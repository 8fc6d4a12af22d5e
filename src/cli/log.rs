//! The log. It goes to stderr, since stdout may carry MCP.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use crate::cli::error::CliError;
use crate::config::{Config, ConfigError};
use crate::ghl::model::text::clean_line;

/// Prefixes of targets that may log personal data below `error`: rmcp logs whole requests and responses, the others what
/// goes over the wire.
const ERRORS_ONLY: [&str; 5] = ["rmcp", "hyper", "h2", "reqwest", "rustls"];

/// The lines that may wait to be written. The queue takes its whole memory at the start: 32 KB.
const MAX_QUEUED: usize = 1_024;

/// Parses a filter, as `--log` takes it. No filter lets the content of calls into the log; see `ERRORS_ONLY`.
#[must_use]
pub fn log_filter(text: &str) -> Option<Targets> {
    let filter: Targets = text.parse().ok()?;
    let base = Targets::new().with_default(filter.default_level().unwrap_or(LevelFilter::OFF));
    let base = ERRORS_ONLY.iter().fold(base, |base, target| base.with_target(*target, LevelFilter::ERROR));
    Some(filter.into_iter().fold(base, |base, (target, level)| {
        let held = ERRORS_ONLY.iter().any(|prefix| target.starts_with(prefix));
        base.with_target(target, if held { level.min(LevelFilter::ERROR) } else { level })
    }))
}

/// Starts the log. The message of a panic is not logged, since it may quote a value.
///
/// `default_filter` is used if no filter is set. A separate thread writes the lines until the guard is dropped: a host that
/// does not read stderr fills the pipe, and no call may wait for that. At most `MAX_QUEUED` lines are queued; more are dropped.
pub(crate) fn start(config: &Config, default_filter: &str) -> Result<WorkerGuard, CliError> {
    let filter = log_filter(config.log.as_deref().unwrap_or(default_filter))
        .ok_or_else(|| ConfigError::new("--log", "is not a filter like info or ghl_contacts_mcp=debug"))?;
    let (stderr, guard) =
        NonBlockingBuilder::default().buffered_lines_limit(MAX_QUEUED).finish(std::io::stderr());
    let color = config.color && !config.log_json && io::stderr().is_terminal();
    let lines =
        fmt::layer().with_writer(move || CleanLines { inner: stderr.clone(), color }).with_ansi(false);
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

/// Takes what a terminal would obey out of each event, which the layer writes at once: one line stays one line. The colours
/// are added after that, so that they are the program's own.
struct CleanLines<W> {
    inner: W,
    color: bool,
}

impl<W: Write> Write for CleanLines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let line = clean_line(text.strip_suffix('\n').unwrap_or(&text));
        let line = if self.color { painted(&line) } else { line };
        self.inner.write_all(format!("{line}\n").as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The line of the log with a dim time and a coloured level.
fn painted(line: &str) -> Cow<'_, str> {
    let Some((time, rest)) = line.split_once(' ') else { return line.into() };
    let Some((level, message)) = rest.trim_start().split_once(' ') else { return line.into() };
    let color = match level {
        "ERROR" => 31,
        "WARN" => 33,
        "INFO" => 32,
        "DEBUG" => 34,
        "TRACE" => 35,
        _ => return line.into(),
    };
    format!("\u{1b}[2m{time}\u{1b}[0m \u{1b}[{color}m{level:>5}\u{1b}[0m {message}").into()
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn no_filter_lets_a_call_into_the_log() {
        for text in [
            "rmcp::service=debug",
            "trace,rmcp::transport=trace",
            "rmcp=trace",
            "trace",
            "debug",
            "rmcp",
            "rmcp::service",
            "rm=trace",
            "r=trace",
            "rmcp::service::server=trace,rmcp=trace",
            "rmcp::=trace",
            "rmcp::transport::async_rw=trace",
            "info,rmcp::handler=info",
            "rmcp=off,rmcp::service=warn",
            "hyper=trace",
            "hyper_util::client=trace",
            "h2::codec=trace",
            "reqwest::connect=trace",
            "rustls::client=debug",
        ] {
            let filter = log_filter(text).unwrap();
            for target in [
                "rmcp",
                "rmcp::service",
                "rmcp::service::server",
                "rmcp::transport::async_rw",
                "rmcp::handler",
                "hyper::proto",
                "hyper_util::client",
                "h2::codec",
                "reqwest::connect",
                "rustls::client::hs",
            ] {
                for level in [Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE] {
                    assert!(!filter.would_enable(target, &level), "{text} enables {target} at {level}");
                }
            }
        }
        let own = log_filter("info,ghl_contacts_mcp::ghl=debug").unwrap();
        assert!(own.would_enable("ghl_contacts_mcp::ghl::client", &Level::DEBUG));
        assert!(own.would_enable("audit", &Level::INFO) && !own.would_enable("audit", &Level::DEBUG));
        assert!(!log_filter("rmcp=off").unwrap().would_enable("rmcp::service", &Level::ERROR));
    }

    #[test]
    fn a_line_of_the_log_holds_nothing_that_a_terminal_obeys() {
        for dirty in [
            "\u{202e}",
            "\u{1b}[2J",
            "\n",
            "\r\n",
            "\u{9b}31m",
            "\u{7}",
            "\u{2028}",
            "\u{2066}",
            "\u{200b}",
            "\u{0}",
            "\u{8}",
            "\u{e0041}",
        ] {
            let mut out = CleanLines { inner: Vec::new(), color: false };
            out.write_all(format!("a{dirty}b\n").as_bytes()).unwrap();
            let line = String::from_utf8(out.inner).unwrap();
            let inner = line.strip_suffix('\n').unwrap();
            assert!(inner.starts_with('a') && inner.ends_with('b') && !inner.contains(dirty), "{line:?}");
            assert!(!inner.contains(char::is_control), "{line:?}");
        }
    }

    #[test]
    fn on_a_terminal_the_level_has_a_colour_and_the_message_has_none() {
        let mut out = CleanLines { inner: Vec::new(), color: true };
        out.write_all(b"2026-11-27T01:02:03Z  WARN call{tool=\"x\"}: a \x1b[31mcall failed\n").unwrap();
        let line = String::from_utf8(out.inner).unwrap();
        assert_eq!(
            line,
            "\u{1b}[2m2026-11-27T01:02:03Z\u{1b}[0m \u{1b}[33m WARN\u{1b}[0m call{tool=\"x\"}: a [31mcall failed\n"
        );
        for other in ["", "word", "two words", "no level here"] {
            assert_eq!(painted(other), other);
        }
    }
}
