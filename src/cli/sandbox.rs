//! `sandbox`: the simulated HighLevel alone.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use crate::cli::assembly;
use crate::cli::error::Stop;
use crate::cli::output::print;
use crate::config::Config;
use crate::sandbox::{Options, Sandbox};

/// Flags of `sandbox`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8788", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// How long the search index lags behind writes, in milliseconds
    #[arg(long, default_value_t = 2_000, value_name = "MS")]
    search_lag: u64,
    /// Let the location hold several contacts with one e-mail or phone
    #[arg(long)]
    allow_duplicates: bool,
    /// Let so many of a hundred requests fail by lot, some of them after being carried out
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT")]
    faults: f64,
    /// Requests that are allowed in ten seconds
    #[arg(long, default_value_t = 100, value_name = "N")]
    burst: u32,
}

/// The same requests fail in every run.
const SEED: u64 = 7;

pub(crate) async fn run(config: Config, arguments: Arguments) -> Result<(), Stop> {
    let mut options = Options {
        listen: arguments.listen,
        search_lag: Duration::from_millis(arguments.search_lag),
        allow_duplicate_contact: arguments.allow_duplicates,
        burst: arguments.burst,
        ..Options::default()
    };
    if let Some(dialect) = &config.sandbox_dialect {
        options.dialect = assembly::sandbox_dialect(dialect)?;
    }
    let sandbox =
        Sandbox::start(options).await.map_err(|error| Stop::System("the sandbox cannot listen", error))?;
    sandbox.random_faults(arguments.faults, SEED);
    print(&format!("GHL_BASE_URL={}", sandbox.url()));
    print(&format!("GHL_PIT_TOKEN={}", sandbox.token()));
    print(&format!("GHL_LOCATION_ID={}", sandbox.location_id()));
    let _ = tokio::signal::ctrl_c().await;
    Ok(())
}
