//! What must not be there: metadata by which clients would look for a sign-in at this address.

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::site::{Asker, Site};

/// The line of the paths that must be a 404. None is asked after one that is not.
pub(crate) async fn check(site: &Site<'_>) -> Check {
    let (id, name) = ("http.wellKnown", "other metadata");
    let origin = site.url.origin();
    if site.sign_in.is_some_and(|on| on.issuers.iter().any(|issuer| issuer.url.origin() == origin)) {
        return Check::skipped(id, "not asked: an authorization server has the same host").named(name);
    }
    let own = format!("{}/.well-known/oauth-authorization-server", origin.ascii_serialization());
    let addresses = match site.sign_in {
        Some(_) => vec![&own],
        None => vec![&own, &site.mcp_metadata, &site.root_metadata],
    };
    for address in addresses {
        let found = match site.ask(address, Asker::Program).await {
            Ok(seen) if seen.status == 404 => continue,
            Ok(seen) => format!("{address} answers {}", seen.status.as_u16()),
            Err(error) => format!("{address}: {error}"),
        };
        return found_there(site, id, &found).named(name);
    }
    Check::ok(id, "a clean 404, so clients do not look for a sign-in there").named(name)
}

fn found_there(site: &Site<'_>, id: &str, found: &str) -> Check {
    let todo = "Let the proxy answer 404 there, or pass the path on to the server.";
    if site.sign_in.is_some() {
        Check::warning(id, format_args!("{found}, not 404: older clients take it for the sign-in"), todo)
    } else {
        Check::failed(id, format_args!("{found}, not 404: clients try to sign in there and fail"), todo)
    }
}
