//! `http`: serves MCP over HTTP.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::cli::assembly::{self, Assembly};
use crate::cli::error::CliError;
use crate::cli::output::print_stderr;
use crate::cli::{fleet, signal};
use crate::config::{Account, Config, ConfigError, HttpConfig, SignInConfig};
use crate::contacts::Contacts;
use crate::ghl::SystemClock;
use crate::ghl::auth::Credential;
use crate::ghl::wire::{ReqwestTransport, Timeouts};
use crate::serve::{
    self, Accounts, Bearer, Drain, Handler, HostPolicy, HttpOptions, InvalidHostOrOrigin, Metrics, Notice,
    People,
};
use crate::sign_in::SignIn;

/// A client waits while keys are fetched.
const SIGN_IN_TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(3),
    idle: Duration::from_secs(5),
    attempt: Duration::from_secs(5),
};
/// Keys and metadata take a few kilobytes.
const SIGN_IN_LARGEST: usize = 256 * 1024;

pub(crate) async fn run(mut config: Config, http: HttpConfig, drain: &Drain) -> Result<(), CliError> {
    let host_policy = host_policy(&http)?;
    let metrics = Metrics::default();
    let _sandbox = assembly::sandbox(&mut config).await?;
    let assembly = Assembly::new(&config, metrics.clone())?;
    fleet::join(assembly.store(), &config).await?;
    let accounts = accounts(&config, &http, &metrics, &assembly)?;
    let mut options = HttpOptions::new(host_policy);
    options.legacy_sse = http.legacy_sse;
    options.not_ready = not_ready(&config).map(str::to_owned);
    options.notice = assembly.store().cloned().map(|store| Notice::new(move || fleet::notice(&store)));
    let listener =
        TcpListener::bind(http.listen).await.map_err(|error| not_listening(http.listen, &error))?;
    let address =
        listener.local_addr().map_err(|error| CliError::Io("cannot read the listening address", error))?;
    signal::end_by(drain);
    // A program that started this one may wait for this line. Requests are answered from here on.
    print_stderr(&format!("listening on http://{address}/mcp"));
    serve::serve_http(listener, accounts, options, metrics, drain.stop().clone()).await;
    Ok(())
}

/// The hosts and origins of these settings.
///
/// # Errors
/// The first that is none.
pub(crate) fn host_policy(http: &HttpConfig) -> Result<HostPolicy, ConfigError> {
    HostPolicy::new(&http.allowed_hosts, &http.allowed_origins).map_err(|error| match &error {
        InvalidHostOrOrigin::Host(_) => ConfigError::new("--allowed-host", error.to_string()),
        InvalidHostOrOrigin::Origin(_) => ConfigError::new("--allowed-origin", error.to_string()),
    })
}

fn not_listening(address: SocketAddr, error: &io::Error) -> CliError {
    let reason = match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "another program listens on {address}, maybe another ghl-contacts-mcp: end it, or choose another port with --listen"
        ),
        io::ErrorKind::PermissionDenied => {
            format!("this user may not listen on {address}: choose a port above 1023")
        }
        io::ErrorKind::AddrNotAvailable => format!("{address} is no address of this machine"),
        _ => format!("cannot listen on {address}: {error}"),
    };
    CliError::Listen(reason)
}

/// One server for all tokens and people, or one for each account.
fn accounts(
    config: &Config,
    http: &HttpConfig,
    metrics: &Metrics,
    assembly: &Assembly<'_>,
) -> Result<Accounts<Handler<Contacts>>, ConfigError> {
    let people = http.sign_in.as_ref().map(|sign_in| people(sign_in, assembly));
    let Some(file) = &config.accounts else {
        let handler = assembly::handler(assembly.for_settings()?, metrics);
        if http.tokens.is_empty() && people.is_none() {
            return Ok(Accounts::unauthenticated(handler));
        }
        // All tokens have the same permissions, so each of them may read the metrics.
        let accounts = http.tokens.iter().fold(Accounts::authenticated(), |accounts, token| {
            let bearer = Bearer::from_hash(token.hash);
            accounts.with_token(bearer, handler.clone()).with_metrics_token(bearer)
        });
        return Ok(match people {
            Some(people) => accounts.with_people(people.writes(!config.read_only).everyone(handler)),
            None => accounts,
        });
    };
    let mut handlers = Vec::with_capacity(file.all.len());
    for account in &file.all {
        handlers.push(assembly::handler(assembly.for_account(account)?, metrics));
    }
    let mut accounts = Accounts::authenticated();
    for token in &http.tokens {
        if let Some(handler) = token.account.and_then(|index| handlers.get(index)) {
            accounts = accounts.with_token(Bearer::from_hash(token.hash), handler.clone());
        }
    }
    if let Some(people) = people {
        let writes = |account: &Account| account.locations.iter().any(|location| !location.read_only);
        let for_people = || file.all.iter().zip(&handlers).filter(|(account, _)| !account.people.is_empty());
        let people = people.writes(!config.read_only && for_people().any(|(account, _)| writes(account)));
        accounts = accounts.with_people(for_people().fold(people, |people, (account, handler)| {
            people.account(&account.name, account.people.clone(), handler.clone())
        }));
    }
    Ok(match http.metrics_token {
        Some(hash) => accounts.with_metrics_token(Bearer::from_hash(hash)),
        None => accounts,
    })
}

/// What carries requests to authorization servers, apart from HighLevel's: other servers, and smaller answers.
pub(crate) fn sign_in_transport() -> Arc<ReqwestTransport> {
    Arc::new(ReqwestTransport::new(SIGN_IN_TIMEOUTS).largest(SIGN_IN_LARGEST))
}

/// The sign-in, for no one yet.
fn people(sign_in: &SignInConfig, assembly: &Assembly<'_>) -> People<Handler<Contacts>> {
    let clock = Arc::new(SystemClock::default());
    let sign_in = SignIn::new(sign_in.settings.clone(), sign_in_transport(), clock);
    let key = assembly.audit_key();
    People::new(sign_in, move |subject| key.hash(subject))
}

/// Why every call would fail, if that is known without a request to HighLevel.
fn not_ready(config: &Config) -> Option<&'static str> {
    match &config.credential {
        _ if config.accounts.is_some() => None,
        Credential::Missing => Some("no token of HighLevel is configured (GHL_PIT_TOKEN)"),
        _ if config.location.is_none() => Some("no location is configured (GHL_LOCATION_ID)"),
        Credential::Token(_) | Credential::OAuth(_) => None,
    }
}
