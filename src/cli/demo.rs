//! demo
use crate::cli::Stop;
use crate::config::Config;
pub(in crate::cli) async fn run(_config: Config) -> Result<(), Stop> {
    Ok(())
}
