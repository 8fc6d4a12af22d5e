//! An authorization server: its metadata, and its keys.

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::answer::shown;
use crate::cli::doctor::http::clock;
use crate::cli::doctor::http::site::Site;
use crate::cli::doctor::http::support;
use crate::cli::doctor::words::counted;
use crate::sign_in::{Described, DiscoveryError, FetchError, IssuerUrl, Settings};

/// The lines of one authorization server.
pub(crate) async fn checks(site: &Site<'_>, sign_in: &Settings, issuer: &IssuerUrl) -> Vec<Check> {
    let id = "http.issuer";
    let found = match site.probe.issuer(issuer).await {
        Ok(found) => found,
        Err(error) => {
            let todo = todo(issuer, &error);
            return vec![Check::failed(id, error.to_string(), todo).named("issuer")];
        }
    };
    let metadata = Check::ok(id, format!("{}, to the letter, in {}", issuer.text, shown(found.at.as_str())));
    let mut checks = vec![metadata.named("issuer").value("metadata", found.at.as_str()), keys(&found)];
    checks.extend(support::checks(&found.says, sign_in));
    checks.push(clock::of_the_issuer(found.clock_ahead));
    checks
}

fn todo(issuer: &IssuerUrl, error: &DiscoveryError) -> String {
    let host = issuer.url.host_str().unwrap_or_default();
    match error {
        DiscoveryError::OtherIssuer { named, .. } => {
            let slash = named.trim_end_matches('/') == issuer.text.trim_end_matches('/');
            let why = if slash { " (its last slash counts)" } else { "" };
            format!(
                "Write --oauth-issuer {}{why}, if tokens have that in iss: clients and this server compare it to the letter.",
                shown(named)
            )
        }
        DiscoveryError::Fetch(FetchError::Tls(_)) => {
            format!("Correct the certificate of {host}: from an authority that Mozilla trusts, with its intermediate certificates.")
        }
        DiscoveryError::Fetch(FetchError::NotConnected(_) | FetchError::NoAnswer(_)) => format!(
            "Check --oauth-issuer, and that this machine reaches {host}: without its keys no token is accepted."
        ),
        DiscoveryError::Fetch(_) | DiscoveryError::Unreadable(_) => {
            "Write --oauth-issuer as tokens have it in iss. Its metadata must be at /.well-known/oauth-authorization-server or /.well-known/openid-configuration of it.".to_owned()
        }
        DiscoveryError::NoKeys(_) => {
            "Let the authorization server name its keys (jwks_uri) at an address with https.".to_owned()
        }
    }
}

fn keys(found: &Described) -> Check {
    let id = "http.issuer.keys";
    let at = shown(found.keys_at.as_str());
    let check = match &found.keys {
        Err(error) => Check::failed(
            id,
            format!("{error} ({at})"),
            "Check that this machine reaches the keys: without them no token is accepted.",
        ),
        Ok(keys) if keys.is_empty() => Check::failed(
            id,
            format!("{at} has no key that can be used"),
            "Let the authorization server sign access tokens by RS256, PS256, ES256 or EdDSA, with a key for signatures.",
        ),
        Ok(keys) => {
            let mut names = keys.clone();
            names.sort();
            names.dedup();
            Check::ok(id, format!("{}: {}", counted(keys.len(), "key"), names.join(", ")))
        }
    };
    check.named("keys").value("keys", found.keys.as_ref().map(Vec::len).ok())
}
