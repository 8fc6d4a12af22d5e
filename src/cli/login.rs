//! `login`: a person authorises the app in a browser, and its tokens are written to the store.

mod callback;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use tokio::net::TcpListener;

use crate::cli::error::CliError;
use crate::cli::fleet;
use crate::cli::login::callback::Callback;
use crate::cli::output::{print_stderr, print_stdout};
use crate::config::{Config, ConfigError};
use crate::ghl::auth::{Granted, TokenEndpoint, UserType, authorize_url, scope};
use crate::ghl::wire::ReqwestTransport;
use crate::ghl::{Clock, NoopObserver, Observer, SystemClock};

/// The additional scopes for an agency, whose token is exchanged for one of a sub-account.
const AGENCY_SCOPES: &str = "oauth.write oauth.readonly";
/// Time for the person to authorise the app.
const AUTHORIZATION_TIME: Duration = Duration::from_secs(15 * 60);
/// Random bytes of `state`, which tells the response to this request from a forged one.
const STATE_BYTES: usize = 24;

/// Flags of `login`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// The port of the redirect URI <http://127.0.0.1:PORT/callback>, which must be in the app's settings at HighLevel
    #[arg(long, default_value_t = 8789, value_name = "PORT")]
    port: u16,
    /// The scopes to request, separated by spaces [default: the scopes that the tools need]
    #[arg(long, value_name = "SCOPES")]
    scope: Option<String>,
    /// Authorise the app for an agency; its token is exchanged for a token of the configured location
    #[arg(long)]
    agency: bool,
}

pub(crate) async fn run(config: Config, arguments: Arguments) -> Result<(), CliError> {
    let Some(oauth) = config.oauth.clone()? else {
        let reason = "is not set; login needs it, GHL_CLIENT_SECRET (or GHL_CLIENT_SECRET_FILE) and GHL_TOKEN_STORE (or --token-store)";
        return Err(ConfigError::new("GHL_CLIENT_ID", reason).into());
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let observer: Arc<dyn Observer> = Arc::new(NoopObserver);
    fleet::join(fleet::store(&config, &clock, &observer)?.as_ref(), &config).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port))
        .await
        .map_err(|error| CliError::Io("cannot listen on the port of the redirect URI (see --port)", error))?;
    let port = listener.local_addr().map_err(|error| CliError::Io("cannot read the port", error))?.port();
    let redirect_uri = format!("http://127.0.0.1:{port}/callback");
    let state = random_state()?;
    let user_type = if arguments.agency { UserType::Company } else { UserType::Location };
    let scopes = arguments.scope.unwrap_or_else(|| match user_type {
        UserType::Location => scope::ALL.join(" "),
        UserType::Company => format!("{} {AGENCY_SCOPES}", scope::ALL.join(" ")),
    });
    print_stderr(&format!(
        "The app's settings in HighLevel's marketplace must have this redirect URI: {redirect_uri}"
    ));
    print_stderr("Open this address in a browser, and choose the sub-account:");
    print_stdout(&authorize_url(oauth.client_id(), &redirect_uri, &scopes, &state));
    let code = wait_for_code(&listener, &state, &clock).await?;
    let place = fleet::place(&config, &oauth);
    let endpoint = TokenEndpoint {
        base_url: config.base_url,
        location: None,
        clock,
        transport: Arc::new(ReqwestTransport::default()),
    };
    let granted = oauth.authorize(&endpoint, &code, &redirect_uri, user_type).await?;
    for line in summary(&granted) {
        print_stdout(&line);
    }
    print_stdout(&format!("The tokens are in {place}."));
    Ok(())
}

/// The code of the first callback with the right `state`.
async fn wait_for_code(
    listener: &TcpListener,
    state: &str,
    clock: &Arc<dyn Clock>,
) -> Result<SecretString, CliError> {
    let timeout = clock.sleep(AUTHORIZATION_TIME);
    let callback = tokio::select! {
        callback = callback::wait(listener, state, clock) => callback,
        () = timeout => return Err(CliError::Login(format!("no authorization arrived within {} minutes", AUTHORIZATION_TIME.as_secs() / 60))),
    };
    match callback.map_err(|error| CliError::Io("cannot receive the callback", error))? {
        Callback::Code(code) => Ok(code),
        Callback::Refused(reason) => Err(CliError::Login(format!("HighLevel says: {reason}"))),
    }
}

/// A random text of characters that need no percent-encoding.
fn random_state() -> Result<String, CliError> {
    let mut bytes = [0; STATE_BYTES];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random
        .fill(&mut bytes)
        .map_err(|_| CliError::Login("the operating system gave no random numbers".to_owned()))?;
    Ok(base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes))
}

/// What was granted, without the tokens.
fn summary(granted: &Granted) -> [String; 3] {
    let subject = match (granted.user_type, &granted.location, &granted.company) {
        (UserType::Location, Some(location), _) => {
            format!("Authorised for the sub-account {location}. Set GHL_LOCATION_ID={location}.")
        }
        (UserType::Company, _, Some(company)) => format!(
            "Authorised for the agency {company}. Set GHL_LOCATION_ID to one of its sub-accounts that has installed the app."
        ),
        _ => "Authorised.".to_owned(),
    };
    let scopes = granted.scope.as_deref().unwrap_or("unknown");
    let hours = granted.lifetime.as_secs().div_ceil(3600);
    [
        subject,
        format!("Scopes: {scopes}."),
        format!("The access token is valid for {hours} hours and is renewed automatically."),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_is_new_and_needs_no_percent_encoding() {
        let (a, b) = (random_state().unwrap(), random_state().unwrap());
        assert!(
            a != b && a.len() == 32 && a.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
    }
}
