//! `stdio`: MCP on stdin and stdout.
#![expect(clippy::disallowed_methods, reason = "the process's own end is timed here")]

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::cli::{Stop, wiring};
use crate::config::Config;
use crate::serve;

/// Writes that are on their way when the client goes are given this long.
const DRAIN: Duration = Duration::from_secs(10);

pub(in crate::cli) async fn run(config: Config) -> Result<(), Stop> {
    let (handler, _sandbox) = wiring::wire(config).await?.handler();
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    let ended = serve::stdio_until(handler.clone(), stop).await;
    if tokio::time::timeout(DRAIN, handler.idle()).await.is_err() {
        tracing::warn!("stopped with a call still running; its outcome is not known");
    }
    Ok(ended?)
}

/// The first signal asks for an orderly end, a second one ends at once.
async fn stop_on_signal(stop: CancellationToken) {
    signal().await;
    stop.cancel();
    signal().await;
    std::process::exit(130);
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
