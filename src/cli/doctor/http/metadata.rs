//! The metadata of the server, as clients ask for it (RFC 9728).

use reqwest::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap, HeaderValue, ORIGIN};
use serde_json::{Map, Value};

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::answer::{header, media_type, none, shown, unexpected};
use crate::cli::doctor::http::site::Site;
use crate::sign_in::{Seen, Settings};

/// A page that may read the metadata, as every page may.
const PAGE: &str = "https://client.example";

/// The lines of both forms; none without a sign-in.
pub(crate) async fn checks(site: &Site<'_>) -> Vec<Check> {
    let Some(sign_in) = site.sign_in() else { return Vec::new() };
    let mut checks = Vec::new();
    for (id, name, address, resource) in [
        ("http.metadata.mcp", "metadata of /mcp", site.mcp_metadata(), site.mcp()),
        ("http.metadata.root", "metadata", site.root_metadata(), site.root()),
    ] {
        let headers = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(PAGE))]);
        let check = match site.get(&address, headers).await {
            Err(error) => {
                let (seen, todo) = none(site, &error);
                Check::failed(id, seen, todo)
            }
            Ok(seen) => judged(site, sign_in, &seen, id, &address, &resource),
        };
        checks.push(check.named(name).value("address", address));
    }
    checks
}

fn judged(
    site: &Site<'_>,
    sign_in: &Settings,
    seen: &Seen,
    id: &str,
    address: &str,
    resource: &str,
) -> Check {
    let says = serde_json::from_slice::<Map<String, Value>>(&seen.body).ok();
    let (200, Some(says)) = (seen.status.as_u16(), says) else {
        let (seen, todo) = unexpected(site, address, seen);
        return Check::failed(id, seen, todo);
    };
    let restart = format!("Start it with these settings: {}.", site.start());
    let named = says.get("resource").and_then(Value::as_str).unwrap_or_default();
    if named != resource {
        let seen = format!("is of the resource {}, and not of {resource}: clients refuse it", shown(named));
        return Check::failed(id, seen, restart);
    }
    let expected: Vec<_> = sign_in.issuers.iter().map(|issuer| issuer.text.as_str()).collect();
    let servers = says.get("authorization_servers").and_then(Value::as_array);
    let servers: Vec<_> = servers.into_iter().flatten().filter_map(Value::as_str).collect();
    if servers != expected {
        let seen = format!(
            "names the authorization servers {}, and not {}",
            shown(&servers.join(", ")),
            expected.join(", ")
        );
        return Check::failed(id, seen, restart);
    }
    let proxy = "Let the proxy pass the answer on as it came";
    if media_type(seen) != "application/json" {
        let seen = format!("has the content type {}, and not application/json", shown(&media_type(seen)));
        return Check::failed(id, seen, format!("{proxy}, with its header Content-Type."));
    }
    if !matches!(header(seen, ACCESS_CONTROL_ALLOW_ORIGIN), "*" | PAGE) {
        return Check::warning(
            id,
            "is right, but pages cannot read it (CORS): the MCP Inspector cannot connect from a browser",
            format!("{proxy}, with its header Access-Control-Allow-Origin."),
        );
    }
    Check::ok(id, "names this address and the authorization servers, readable for pages too")
}
