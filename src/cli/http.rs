//! `http`: MCP over HTTP.

use tokio::net::TcpListener;

use crate::cli::error::Stop;
use crate::cli::output::say;
use crate::cli::{assembly, signal};
use crate::config::{Config, Http, Wrong};
use crate::contacts::Contacts;
use crate::ghl::auth::Credential;
use crate::serve::{self, Accounts, Bearer, Handler, HostPolicy, HttpOptions, InvalidHostOrOrigin, Metrics};

pub(crate) async fn run(mut config: Config, http: Http) -> Result<(), Stop> {
    let host_policy =
        HostPolicy::new(&http.allowed_hosts, &http.allowed_origins).map_err(|error| match &error {
            InvalidHostOrOrigin::Host(_) => Wrong::new("--allowed-host", error.to_string()),
            InvalidHostOrOrigin::Origin(_) => Wrong::new("--allowed-origin", error.to_string()),
        })?;
    let metrics = Metrics::default();
    let _sandbox = assembly::sandbox(&mut config).await?;
    let accounts_ = accounts_(&config, &http, &metrics)?;
    let mut options = HttpOptions::new(host_policy);
    options.legacy_sse = http.legacy_sse;
    options.not_ready = not_ready(&config).map(str::to_owned);
    let listener = TcpListener::bind(http.listen)
        .await
        .map_err(|error| Stop::System("the address cannot be listened on", error))?;
    let address = listener.local_addr().map_err(|error| Stop::System("the address is not known", error))?;
    // The last line before requests are answered: whoever started this program may wait for it.
    say(&format!("listening on http://{address}/mcp"));
    serve::serve_http(listener, accounts_, options, metrics, signal::stop()).await;
    Ok(())
}

/// One server behind every token, or one for each account.
fn accounts_(config: &Config, http: &Http, metrics: &Metrics) -> Result<Accounts<Handler<Contacts>>, Wrong> {
    let workshop = assembly::Workshop::new(config, metrics.clone())?;
    let Some(accounts) = &config.accounts else {
        let handler = assembly::handler(workshop.of_all()?, metrics);
        if http.keys.is_empty() {
            return Ok(Accounts::unauthenticated(handler));
        }
        // What one token may do all may do, so each may see what all did.
        let lock = |accounts_: Accounts<_>, key: &crate::config::Key| {
            let bearer = Bearer::from_hash(key.hash);
            accounts_.with_token(bearer, handler.clone()).with_metrics_token(bearer)
        };
        return Ok(http.keys.iter().fold(Accounts::authenticated(), lock));
    };
    let mut handlers = Vec::with_capacity(accounts.all.len());
    for account in &accounts.all {
        handlers.push(assembly::handler(workshop.of_account(account)?, metrics));
    }
    let opens = |at: Option<usize>| at.and_then(|at| handlers.get(at)).cloned();
    let mut accounts_ = Accounts::authenticated();
    for key in &http.keys {
        if let Some(handler) = opens(key.account) {
            accounts_ = accounts_.with_token(Bearer::from_hash(key.hash), handler);
        }
    }
    Ok(match http.metrics {
        Some(hash) => accounts_.with_metrics_token(Bearer::from_hash(hash)),
        None => accounts_,
    })
}

/// Why every call would fail, if that is known without asking HighLevel.
fn not_ready(config: &Config) -> Option<&'static str> {
    match &config.credential {
        _ if config.accounts.is_some() => None,
        Credential::Missing => Some("no token of HighLevel is configured (GHL_PIT_TOKEN)"),
        _ if config.location.is_none() => Some("no location is configured (GHL_LOCATION_ID)"),
        Credential::Token(_) | Credential::OAuth(_) => None,
    }
}
