//! `stdio`: MCP on stdin and stdout.

use crate::cli::error::CliError;
use crate::cli::{assembly, signal};
use crate::config::Config;
use crate::serve::{self, Drain};

pub(crate) async fn run(config: Config, drain: Drain) -> Result<(), CliError> {
    let (handler, _sandbox) = assembly::assemble(config).await?.into_handler();
    signal::end_by(&drain);
    Ok(serve::serve_stdio(handler, drain).await?)
}
