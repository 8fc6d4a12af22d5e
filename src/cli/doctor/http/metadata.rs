//! The metadata of the server, as clients ask for it (RFC 9728).

use reqwest::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use serde_json::Value;

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::answer::{Answer, header, media_type, none, shown, unexpected};
use crate::cli::doctor::http::site::{PAGE, Site};
use crate::ghl::wire::HttpResponse;
use crate::sign_in::Settings;

/// One form of the metadata.
pub(crate) struct Document<'a> {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) address: &'a str,
    /// What it must be of.
    resource: &'a str,
    sign_in: &'a Settings,
}

/// Both forms; none without a sign-in.
pub(crate) fn documents<'a>(site: &'a Site<'_>) -> Vec<Document<'a>> {
    let Some(sign_in) = site.sign_in else { return Vec::new() };
    let document = |id, name, address, resource| Document { id, name, address, resource, sign_in };
    vec![
        document("http.metadata.mcp", "metadata of /mcp", &site.mcp_metadata, &site.mcp),
        document("http.metadata.root", "metadata", &site.root_metadata, &site.root),
    ]
}

/// The line of one form.
#[inline(never)]
pub(crate) fn check(site: &Site<'_>, document: &Document<'_>, answer: &Answer) -> Check {
    let check = match answer {
        Err(error) => none(site, document.id, error),
        Ok(seen) => judged(site, document, seen),
    };
    check.named(document.name).value("address", document.address)
}

fn judged(site: &Site<'_>, document: &Document<'_>, seen: &HttpResponse) -> Check {
    let Document { id, address, resource, sign_in, .. } = *document;
    let says = serde_json::from_slice(&seen.body);
    let (200, Ok(Value::Object(says))) = (seen.status.as_u16(), says) else {
        return unexpected(site, id, address, seen);
    };
    let named = says.get("resource").and_then(Value::as_str).unwrap_or_default();
    let expected: Vec<_> = sign_in.issuers.iter().map(|issuer| issuer.text.as_str()).collect();
    let servers = says.get("authorization_servers").and_then(Value::as_array);
    let servers: Vec<_> = servers.into_iter().flatten().filter_map(Value::as_str).collect();
    let restart = format_args!("Start it with these settings: {}.", site.start);
    let proxy = "Let the proxy pass the answer on as it came";
    if named != resource {
        let named = shown(named);
        let seen = format_args!("is of the resource {named}, and not of {resource}: clients refuse it");
        Check::failed(id, seen, restart)
    } else if servers != expected {
        let (servers, expected) = (servers.join(", "), expected.join(", "));
        let servers = shown(&servers);
        let seen = format_args!("names the authorization servers {servers}, and not {expected}");
        Check::failed(id, seen, restart)
    } else if media_type(seen) != "application/json" {
        Check::failed(
            id,
            format_args!("has the content type {}, and not application/json", shown(&media_type(seen))),
            format_args!("{proxy}, with its header Content-Type."),
        )
    } else if !matches!(header(seen, ACCESS_CONTROL_ALLOW_ORIGIN), "*" | PAGE) {
        Check::warning(
            id,
            "is right, but pages cannot read it (CORS): the MCP Inspector cannot connect from a browser",
            format_args!("{proxy}, with its header Access-Control-Allow-Origin."),
        )
    } else {
        Check::ok(id, "names this address and the authorization servers, readable for pages too")
    }
}
