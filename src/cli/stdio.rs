//! `stdio`: MCP on stdin and stdout.

use std::time::Duration;

use crate::cli::error::CliError;
use crate::cli::{assembly, signal};
use crate::config::Config;
use crate::serve;

/// Time for calls that are running when the client disconnects.
const DRAIN: Duration = Duration::from_secs(10);

#[expect(clippy::disallowed_methods, reason = "the time for running calls is measured here")]
pub(crate) async fn run(config: Config) -> Result<(), CliError> {
    let (handler, _sandbox) = assembly::assemble(config).await?.into_handler();
    let result = serve::serve_stdio(handler.clone(), signal::stop()).await;
    if tokio::time::timeout(DRAIN, handler.idle()).await.is_err() {
        tracing::warn!("stopped while a call was running; its outcome is not known");
    }
    Ok(result?)
}
