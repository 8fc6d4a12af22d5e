//! Whether the server answers at its public address, through what is in front of it.

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::answer::{header, none, shown, unexpected};
use crate::cli::doctor::http::site::Site;
use crate::sign_in::Seen;

/// The first message of a client.
const INITIALIZE: &str = concat!(
    r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"#,
    r#""clientInfo":{"name":"ghl-contacts-mcp-doctor","version":""#,
    env!("CARGO_PKG_VERSION"),
    r#""}}}"#
);
/// How a server without a sign-in asks for a token.
const REALM: &str = r#"Bearer realm="ghl-contacts-mcp""#;

/// The lines, and the answer of `/mcp` if there was one.
pub(crate) async fn checks(site: &Site<'_>) -> (Vec<Check>, Option<Seen>) {
    let id = "http.public";
    let named = |check: Check| {
        check.named("public address").value("address", site.mcp()).value("tls", !site.is_plain())
    };
    match site.post_message(INITIALIZE).await {
        Err(error) => {
            let (seen, todo) = none(site, &error);
            (vec![named(Check::failed(id, seen, todo))], None)
        }
        Ok(seen) => {
            let check = judged(site, &seen).value("status", seen.status.as_u16());
            (vec![named(check), health(site).await], Some(seen))
        }
    }
}

fn judged(site: &Site<'_>, seen: &Seen) -> Check {
    let id = "http.public";
    let expected = match seen.status.as_u16() {
        401 => challenged(site, header(seen, WWW_AUTHENTICATE)),
        200 if is_a_message(&seen.body) => Some(open(site)),
        _ => None,
    };
    expected.unwrap_or_else(|| {
        let (seen, todo) = unexpected(site, &site.mcp(), seen);
        Check::failed(id, seen, todo)
    })
}

/// The line of a 401, by its header; none if it is not this server's.
fn challenged(site: &Site<'_>, challenge: &str) -> Option<Check> {
    let id = "http.public";
    let how = if site.is_plain() {
        "over plain HTTP on this machine"
    } else {
        "over TLS, with a certificate that is valid"
    };
    let metadata = challenge.split_once("resource_metadata=\"").and_then(|(_, rest)| rest.split('"').next());
    let is_static = challenge.starts_with(REALM);
    Some(match (site.sign_in(), metadata) {
        (Some(_), Some(named)) if named == site.mcp_metadata() => {
            Check::ok(id, format!("asks for a token and names its metadata, {how}"))
        }
        (Some(_), Some(named)) => Check::failed(
            id,
            format!("names its metadata at {}, and not at {}", shown(named), site.mcp_metadata()),
            format!("What runs there has another --public-url. Start it with this one: {}.", site.start()),
        ),
        (Some(_), None) if is_static => Check::failed(
            id,
            "what runs there takes static tokens only, so no client signs in",
            format!("Start it with these settings: {}.", site.start()),
        ),
        (None, Some(_)) => Check::warning(
            id,
            "what runs there lets people sign in, but these settings have no --oauth-issuer",
            "Give doctor the flags and variables of the server that runs there.",
        ),
        (None, None) if is_static && site.config.tokens.is_empty() => Check::warning(
            id,
            "what runs there asks for a token, but these settings have none",
            "Give doctor the flags and variables of the server that runs there.",
        ),
        (None, None) if is_static => Check::ok(id, format!("asks for a token, {how}")),
        (_, None) => return None,
    })
}

/// The line of a server that answers without a token.
fn open(site: &Site<'_>) -> Check {
    let id = "http.public";
    let needs_none = site.sign_in().is_none() && site.config.tokens.is_empty();
    if needs_none && site.is_local() {
        return Check::ok(id, "answers, for each program on this machine, over plain HTTP");
    }
    Check::failed(
        id,
        "answers without a token: each program that reaches this address can read and write the CRM",
        format!("End what runs there now, and start it with a token or a sign-in: {}.", site.start()),
    )
}

fn is_a_message(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains("\"jsonrpc\"")
}

/// A proxy need not pass it on: no client asks for it.
async fn health(site: &Site<'_>) -> Check {
    let id = "http.healthz";
    let answer = site.get(&format!("{}/healthz", site.root()), HeaderMap::new()).await;
    let check = match answer {
        Ok(seen) if seen.status == 200 && seen.body.as_ref() == b"ok\n" => Check::ok(id, "answers"),
        Ok(seen) => {
            Check::skipped(id, format!("not passed on ({}), and no client asks for it", seen.status.as_u16()))
        }
        Err(error) => Check::skipped(id, format!("not passed on ({error}), and no client asks for it")),
    };
    check.named("/healthz")
}
