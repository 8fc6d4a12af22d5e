//! `sandbox`: serves the simulated HighLevel API alone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::cli::assembly;
use crate::cli::error::CliError;
use crate::cli::output::print_stdout;
use crate::config::Config;
use crate::ghl::auth::scope;
use crate::sandbox::{Options, Sandbox, WrongClock};

/// A clock is never more wrong than ten years, in seconds.
const MOST_WRONG: i64 = 315_360_000;

/// Flags of `sandbox`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:8788", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Milliseconds until the search finds a written contact
    #[arg(long, default_value_t = 2_000, value_name = "MS")]
    search_lag: u64,
    /// Allow several contacts with the same e-mail or phone
    #[arg(long)]
    allow_duplicates: bool,
    /// Milliseconds between the check for duplicates and the insert of a create, so that two at once make two contacts
    #[arg(long, default_value_t = 0, value_name = "MS")]
    insert_window: u64,
    /// By which keys the location tells contacts apart, in this order; comma-separated
    #[arg(long, default_value = "email,phone", value_delimiter = ',', value_parser = ["email", "phone"], value_name = "KEYS")]
    identifiers: Vec<String>,
    /// A scope that the token lacks, like contacts.write; may be repeated
    #[arg(long, value_parser = PossibleValuesParser::new(scope::ALL), value_name = "SCOPE")]
    deny_scope: Vec<String>,
    /// By how many seconds its clock is ahead of this machine's; negative for behind
    #[arg(long, default_value_t = 0, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(-MOST_WRONG..=MOST_WRONG), value_name = "SECONDS")]
    clock_ahead: i64,
    /// How many percent of the requests fail, chosen at random; some fail after they were carried out
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT")]
    faults: f64,
    /// How many percent of the other requests are answered 200 with a body that HighLevel does not describe: keys are
    /// missing, values have another type, the answer is about another contact
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT")]
    odd: f64,
    /// Milliseconds that each answer takes
    #[arg(long, default_value_t = 0, value_name = "MS")]
    latency: u64,
    /// Requests that are allowed in one window
    #[arg(long, default_value_t = 100, value_name = "N")]
    burst: u32,
    /// Requests that are allowed on one UTC day
    #[arg(long, default_value_t = 200_000, value_name = "N")]
    daily: u32,
    /// The length of the window
    #[arg(long, default_value_t = 10_000, value_name = "MS")]
    window: u64,
}

/// The same requests fail in every run.
const SEED: u64 = 7;

pub(crate) async fn run(config: Config, arguments: Arguments) -> Result<(), CliError> {
    let mut options = Options {
        listen: arguments.listen,
        search_lag: Duration::from_millis(arguments.search_lag),
        latency: Duration::from_millis(arguments.latency),
        insert_window: Duration::from_millis(arguments.insert_window),
        allow_duplicate_contact: arguments.allow_duplicates,
        unique_identifiers: arguments.identifiers,
        denied_scopes: arguments.deny_scope,
        clock: Arc::new(WrongClock(arguments.clock_ahead)),
        burst: arguments.burst,
        daily: arguments.daily,
        burst_window: Duration::from_millis(arguments.window),
        ..Options::default()
    };
    if let Some(dialect) = &config.sandbox_dialect {
        options.dialect = assembly::sandbox_dialect(dialect)?;
    }
    let sandbox = Sandbox::start(options)
        .await
        .map_err(|error| CliError::Io("the sandbox cannot listen on this address", error))?;
    sandbox.random_faults(arguments.faults, SEED);
    sandbox.random_odd_answers(arguments.odd, SEED + 1);
    print_stdout(&format!("GHL_BASE_URL={}", sandbox.url()));
    print_stdout(&format!("GHL_PIT_TOKEN={}", sandbox.token()));
    print_stdout(&format!("GHL_LOCATION_ID={}", sandbox.location_id()));
    let _ = tokio::signal::ctrl_c().await;
    Ok(())
}
