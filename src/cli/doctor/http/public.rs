//! Whether the server answers at its public address, through what is in front of it.

use std::fmt::Display;

use reqwest::header::WWW_AUTHENTICATE;

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::answer::{Answer, header, none, shown, unexpected};
use crate::cli::doctor::http::site::Site;
use crate::ghl::wire::HttpResponse;

/// How a server without a sign-in asks for a token.
const REALM: &str = r#"Bearer realm="ghl-contacts-mcp""#;
const ID: &str = "http.public";
const OTHER_SETTINGS: &str = "Give doctor the flags and variables of the server that runs there.";

/// The line of `/mcp`, by its answer to a client without a token.
#[inline(never)]
pub(crate) fn check(site: &Site<'_>, answer: &Answer) -> Check {
    let check = match answer {
        Err(error) => none(site, ID, error),
        Ok(seen) => judged(site, seen).value("status", seen.status.as_u16()),
    };
    check.named("public address").value("address", site.mcp.as_str()).value("tls", !site.is_plain())
}

fn judged(site: &Site<'_>, seen: &HttpResponse) -> Check {
    let expected = match seen.status.as_u16() {
        401 => challenged(site, header(seen, WWW_AUTHENTICATE)),
        200 if is_a_message(&seen.body) => Some(open(site)),
        _ => None,
    };
    expected.unwrap_or_else(|| unexpected(site, ID, &site.mcp, seen))
}

/// The line of a 401, by its header; none if it is not this server's.
fn challenged(site: &Site<'_>, challenge: &str) -> Option<Check> {
    let how = if site.is_plain() {
        "over plain HTTP on this machine"
    } else {
        "over TLS, with a certificate that is valid"
    };
    let metadata = challenge.split_once("resource_metadata=\"").and_then(|(_, rest)| rest.split('"').next());
    let is_static = challenge.starts_with(REALM);
    let start = &site.start;
    Some(match (site.sign_in, metadata) {
        (Some(_), Some(named)) if named == site.mcp_metadata => {
            Check::ok(ID, format_args!("asks for a token and names its metadata, {how}"))
        }
        (Some(_), Some(named)) => Check::failed(
            ID,
            format_args!("names its metadata at {}, and not at {}", shown(named), site.mcp_metadata),
            format_args!("What runs there has another --public-url. Start it with this one: {start}."),
        ),
        (Some(_), None) if is_static => Check::failed(
            ID,
            "what runs there takes static tokens only, so no client signs in",
            format_args!("Start it with these settings: {start}."),
        ),
        (None, Some(_)) => Check::warning(
            ID,
            "what runs there lets people sign in, but these settings have no --oauth-issuer",
            OTHER_SETTINGS,
        ),
        (None, None) if is_static && site.config.tokens.is_empty() => {
            let seen = "what runs there asks for a token, but these settings have none";
            Check::warning(ID, seen, OTHER_SETTINGS)
        }
        (None, None) if is_static => Check::ok(ID, format_args!("asks for a token, {how}")),
        (_, None) => return None,
    })
}

/// The line of a server that answers without a token.
fn open(site: &Site<'_>) -> Check {
    let needs_none = site.sign_in.is_none() && site.config.tokens.is_empty();
    if needs_none && site.is_local() {
        return Check::ok(ID, "answers, for each program on this machine, over plain HTTP");
    }
    Check::failed(
        ID,
        "answers without a token: each program that reaches this address can read and write the CRM",
        format_args!("End what runs there now, and start it with a token or a sign-in: {}.", site.start),
    )
}

fn is_a_message(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains("\"jsonrpc\"")
}

/// The line of `/healthz`. A proxy need not pass it on: no client asks for it.
pub(crate) fn health(answer: &Answer) -> Check {
    let id = "http.healthz";
    let why: &dyn Display = match answer {
        Ok(seen) if seen.status == 200 && seen.body.as_ref() == b"ok\n" => {
            return Check::ok(id, "answers").named("/healthz");
        }
        Ok(seen) => &seen.status.as_u16(),
        Err(error) => error,
    };
    Check::skipped(id, format_args!("not passed on ({why}), and no client asks for it")).named("/healthz")
}
