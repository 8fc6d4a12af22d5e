//! `http`: MCP over HTTP.

use tokio::net::TcpListener;

use crate::cli::error::Stop;
use crate::cli::output::say;
use crate::cli::{assembly, signal};
use crate::config::{Config, Http, Wrong};
use crate::contacts::Contacts;
use crate::ghl::auth::Credential;
use crate::serve::{self, Bearer, Doors, Guard, Handler, HttpOptions, Metrics, NotAGuard};

pub(crate) async fn run(mut config: Config, http: Http) -> Result<(), Stop> {
    let guard = Guard::new(&http.allowed_hosts, &http.allowed_origins).map_err(|error| match &error {
        NotAGuard::Host(_) => Wrong::new("--allowed-host", error.to_string()),
        NotAGuard::Origin(_) => Wrong::new("--allowed-origin", error.to_string()),
    })?;
    let metrics = Metrics::default();
    let _sandbox = assembly::sandbox(&mut config).await?;
    let doors = doors(&config, &http, &metrics)?;
    let mut options = HttpOptions::new(guard);
    options.legacy_sse = http.legacy_sse;
    options.not_ready = not_ready(&config).map(str::to_owned);
    let listener = TcpListener::bind(http.listen)
        .await
        .map_err(|error| Stop::System("the address cannot be listened on", error))?;
    let address = listener.local_addr().map_err(|error| Stop::System("the address is not known", error))?;
    // The last line before requests are answered: whoever started this program may wait for it.
    say(&format!("listening on http://{address}/mcp"));
    serve::http(listener, doors, options, metrics, signal::stop()).await;
    Ok(())
}

/// One server behind every token, or one for each account.
fn doors(config: &Config, http: &Http, metrics: &Metrics) -> Result<Doors<Handler<Contacts>>, Wrong> {
    let workshop = assembly::Workshop::new(config, metrics.clone())?;
    let Some(accounts) = &config.accounts else {
        let handler = assembly::handler(workshop.of_all()?, metrics);
        if http.keys.is_empty() {
            return Ok(Doors::open(handler));
        }
        // What one token may do all may do, so each may see what all did.
        let lock = |doors: Doors<_>, key: &crate::config::Key| {
            let bearer = Bearer::from_hash(key.hash);
            doors.with(bearer, handler.clone()).with_metrics(bearer)
        };
        return Ok(http.keys.iter().fold(Doors::locked(), lock));
    };
    let mut handlers = Vec::with_capacity(accounts.all.len());
    for account in &accounts.all {
        handlers.push(assembly::handler(workshop.of_account(account)?, metrics));
    }
    let opens = |at: Option<usize>| at.and_then(|at| handlers.get(at)).cloned();
    let mut doors = Doors::locked();
    for key in &http.keys {
        if let Some(handler) = opens(key.account) {
            doors = doors.with(Bearer::from_hash(key.hash), handler);
        }
    }
    Ok(match http.metrics {
        Some(hash) => doors.with_metrics(Bearer::from_hash(hash)),
        None => doors,
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
