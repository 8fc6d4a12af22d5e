//! Everything that the program logs while the specs run, at level `trace`, and a check for what must not be in it.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use ghl_contacts_mcp::cli::log_filter;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// Personal data and secrets that every spec works with: e-mails on example domains, fictional phones, the token.
const CANARIES: [&str; 6] = ["example.com", "example.org", "+1415555", "4155550", "pit-0000", "+442079460"];

static LEAKS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static AUDIT: Mutex<Vec<String>> = Mutex::new(Vec::new());
static LINES: Mutex<u64> = Mutex::new(0);

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Installs the program's own log at level `trace` for the whole test binary.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = log_filter("trace").expect("trace is a level");
        let lines = fmt::layer().json().with_writer(|| Watch(Vec::new())).with_filter(filter);
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines));
    });
}

/// The audit lines about one location.
pub fn audit_of(location: &str) -> Vec<serde_json::Value> {
    let lines = lock(&AUDIT);
    let of_location = lines.iter().filter(|line| line.contains(location));
    of_location.map(|line| serde_json::from_str(line).expect("the log is JSON")).collect()
}

/// How many lines have been logged so far.
pub fn lines() -> u64 {
    *lock(&LINES)
}

#[track_caller]
pub fn assert_clean() {
    let leaks = lock(&LEAKS);
    assert!(leaks.is_empty(), "personal data in the log: {leaks:#?}");
}

/// One event, written in parts.
struct Watch(Vec<u8>);

impl Write for Watch {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let line = String::from_utf8_lossy(&self.0);
        *lock(&LINES) += 1;
        if CANARIES.iter().any(|canary| line.contains(canary)) {
            lock(&LEAKS).push(line.clone().into_owned());
        }
        if line.contains("\"target\":\"audit\"") {
            lock(&AUDIT).push(line.into_owned());
        }
    }
}
