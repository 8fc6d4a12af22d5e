//! `login`: a person agrees in the browser, and the app's tokens land in the store.

mod callback;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use tokio::net::TcpListener;

use crate::cli::error::Stop;
use crate::cli::login::callback::Callback;
use crate::cli::output::{print, say};
use crate::config::{Config, Wrong};
use crate::ghl::Settings;
use crate::ghl::auth::{Credential, Granted, UserType, authorize_url};
use crate::ghl::clock::{Clock, SystemClock};
use crate::ghl::http::Wire;

/// What the tools need; the names of highlevel-api-docs, docs/oauth/Scopes.md.
const SCOPES: &str = "contacts.readonly contacts.write locations.readonly locations/customFields.readonly";
/// What an agency's token needs on top, to be exchanged for a sub-account's.
const AGENCY_SCOPES: &str = "oauth.write oauth.readonly";
/// How long a person has for the browser.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// For the exchange of the code.
const DEADLINE: Duration = Duration::from_secs(45);
/// Bytes of the `state` that tells our own request from a forged one.
const STATE: usize = 24;

/// Flags of `login`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// Port of the redirect URI <http://127.0.0.1:PORT/callback>, which the app must list in HighLevel's marketplace
    #[arg(long, default_value_t = 8789, value_name = "PORT")]
    port: u16,
    /// Scopes to ask for, separated by spaces; else what the tools need
    #[arg(long, value_name = "SCOPES")]
    scope: Option<String>,
    /// Authorise for an agency: its token is exchanged for one of the configured location
    #[arg(long)]
    agency: bool,
}

pub(crate) async fn run(config: Config, arguments: Arguments) -> Result<(), Stop> {
    let Some(oauth) = config.oauth.clone()? else {
        let reason = "login needs it, GHL_CLIENT_SECRET (or GHL_CLIENT_SECRET_FILE) and GHL_TOKEN_STORE (or --token-store)";
        return Err(Wrong::new("GHL_CLIENT_ID", reason).into());
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await.map_err(|error| {
        Stop::System("the port for the browser's answer cannot be opened (see --port)", error)
    })?;
    let port = listener.local_addr().map_err(|error| Stop::System("the port is not known", error))?.port();
    let redirect_uri = format!("http://127.0.0.1:{port}/callback");
    let state = state()?;
    let user_type = if arguments.agency { UserType::Company } else { UserType::Location };
    let scopes = arguments.scope.unwrap_or_else(|| match user_type {
        UserType::Location => SCOPES.to_owned(),
        UserType::Company => format!("{SCOPES} {AGENCY_SCOPES}"),
    });
    say(&format!("The app must list this redirect URI in HighLevel's marketplace: {redirect_uri}"));
    say("Open this address, and choose the sub-account:");
    print(&authorize_url(oauth.client_id(), &redirect_uri, &scopes, &state));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let code = code(&listener, &state, &clock).await?;
    let settings = Settings {
        base_url: config.base_url,
        credential: Credential::Missing,
        location: None,
        dialect: None,
        clock,
        transport: Arc::new(Wire::default()),
        deadline: DEADLINE,
    };
    let granted = oauth.authorize(&settings, &code, &redirect_uri, user_type).await?;
    print(&told(&granted));
    print(&format!("The tokens are in {}.", oauth.store().path().display()));
    Ok(())
}

/// The code of the first callback that carries our own `state`.
async fn code(listener: &TcpListener, state: &str, clock: &Arc<dyn Clock>) -> Result<SecretString, Stop> {
    let late = clock.sleep(PATIENCE);
    let answered = tokio::select! {
        answered = callback::wait(listener, state, clock) => answered,
        () = late => return Err(Stop::Login(format!("nobody agreed within {} minutes", PATIENCE.as_secs() / 60))),
    };
    match answered.map_err(|error| Stop::System("the browser's answer cannot be received", error))? {
        Callback::Code(code) => Ok(code),
        Callback::Refused(reason) => Err(Stop::Login(format!("HighLevel says: {reason}"))),
    }
}

/// Unguessable, in letters that need no escape.
fn state() -> Result<String, Stop> {
    let mut bytes = [0; STATE];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut bytes).map_err(|_| Stop::Login("this machine has no random numbers".to_owned()))?;
    Ok(base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes))
}

/// What was granted, without a token.
fn told(granted: &Granted) -> String {
    let whom = match (granted.user_type, &granted.location, &granted.company) {
        (UserType::Location, Some(location), _) => {
            format!("Authorised for the sub-account {location}. Set GHL_LOCATION_ID={location}.")
        }
        (UserType::Company, _, Some(company)) => format!(
            "Authorised for the agency {company}. Set GHL_LOCATION_ID to one of its sub-accounts that installed the app."
        ),
        _ => "Authorised.".to_owned(),
    };
    let scopes = granted.scope.as_deref().unwrap_or("not named");
    let hours = granted.lifetime.as_secs().div_ceil(3600);
    format!("{whom}\nScopes: {scopes}.\nThe access token lives {hours} hours and is renewed by itself.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_never_the_same_and_needs_no_escape() {
        let (a, b) = (state().unwrap(), state().unwrap());
        assert!(
            a != b && a.len() == 32 && a.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
    }
}
