//! An authorization server: its metadata, and its keys.

use std::fmt::Arguments;

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::answer::shown;
use crate::cli::doctor::http::clock;
use crate::cli::doctor::http::support;
use crate::cli::doctor::words::counted;
use crate::sign_in::{Described, DiscoveryError, FetchError, IssuerUrl, Settings};

/// The lines of one authorization server. Where there are several, each line names its own.
#[inline(never)]
pub(crate) fn checks(
    sign_in: &Settings,
    issuer: &IssuerUrl,
    found: &Result<Described, DiscoveryError>,
) -> Vec<Check> {
    let mut checks = match found {
        Ok(found) => vec![described(issuer, found), keys(found)],
        Err(error) => vec![not_found(issuer, error)],
    };
    if let Ok(found) = found {
        checks.extend(support::checks(&found.says, sign_in));
        checks.push(clock::of_the_issuer(found.clock_ahead));
    }
    let host = issuer.url.host_str().filter(|_| sign_in.issuers.len() > 1);
    let named = |check: Check| {
        let name = check.name.clone();
        let check = match host {
            Some(host) => check.named(format_args!("{name} of {host}")),
            None => check,
        };
        check.value("issuer", issuer.text.as_str())
    };
    checks.into_iter().map(named).collect()
}

fn described(issuer: &IssuerUrl, found: &Described) -> Check {
    let seen = format_args!("{}, to the letter, in {}", issuer.text, shown(&found.at));
    Check::ok("http.issuer", seen).named("issuer").value("metadata", found.at.as_str())
}

fn not_found(issuer: &IssuerUrl, error: &DiscoveryError) -> Check {
    let failed =
        |todo: Arguments<'_>| Check::failed("http.issuer", format_args!("{error}"), todo).named("issuer");
    let host = issuer.url.host_str().unwrap_or_default();
    match error {
        DiscoveryError::OtherIssuer { named, .. } => {
            let slash = named.trim_end_matches('/') == issuer.text.trim_end_matches('/');
            let why = if slash { " (its last slash counts)" } else { "" };
            failed(format_args!(
                "Write --oauth-issuer {}{why}, if tokens have that in iss: clients and this server compare it to the letter.",
                shown(named)
            ))
        }
        DiscoveryError::Fetch(FetchError::Tls(_)) => failed(format_args!(
            "Correct the certificate of {host}: from an authority that Mozilla trusts, with its intermediate certificates."
        )),
        DiscoveryError::Fetch(FetchError::NotConnected(_) | FetchError::NoAnswer(_)) => failed(format_args!(
            "Check --oauth-issuer, and that this machine reaches {host}: without its keys no token is accepted."
        )),
        DiscoveryError::Fetch(_) | DiscoveryError::Unreadable(_) => failed(format_args!(
            "Write --oauth-issuer as tokens have it in iss. Its metadata must be at /.well-known/oauth-authorization-server or /.well-known/openid-configuration of it."
        )),
        DiscoveryError::NoKeys(_) => failed(format_args!(
            "Let the authorization server name its keys (jwks_uri) at an address with https."
        )),
    }
}

fn keys(found: &Described) -> Check {
    let id = "http.issuer.keys";
    let at = shown(found.keys_at.as_str());
    let check = match &found.keys {
        Err(error) => Check::failed(
            id,
            format_args!("{error} ({at})"),
            "Check that this machine reaches the keys: without them no token is accepted.",
        ),
        Ok(keys) if keys.is_empty() => Check::failed(
            id,
            format_args!("{at} has no key that can be used"),
            "Let the authorization server sign access tokens by RS256, PS256, ES256 or EdDSA, with a key for signatures.",
        ),
        Ok(keys) => {
            let mut names = keys.clone();
            names.sort();
            names.dedup();
            Check::ok(id, format_args!("{}: {}", counted(keys.len(), "key"), names.join(", ")))
        }
    };
    check.named("keys").value("keys", found.keys.as_ref().map(Vec::len).ok())
}
