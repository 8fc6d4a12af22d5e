//! `stdio`: MCP on stdin and stdout.
#![expect(clippy::disallowed_methods, reason = "the process's own end is timed here")]

use std::time::Duration;

use crate::cli::error::Stop;
use crate::cli::{assembly, signal};
use crate::config::Config;
use crate::serve;

/// Writes that are on their way when the client goes are given this long.
const DRAIN: Duration = Duration::from_secs(10);

pub(crate) async fn run(config: Config) -> Result<(), Stop> {
    let (handler, _sandbox) = assembly::wire(config).await?.handler();
    let ended = serve::serve_stdio(handler.clone(), signal::stop()).await;
    if tokio::time::timeout(DRAIN, handler.idle()).await.is_err() {
        tracing::warn!("stopped with a call still running; its outcome is not known");
    }
    Ok(ended?)
}
