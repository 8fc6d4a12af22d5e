//! What must not be there: metadata by which clients would look for a sign-in at this address.

use reqwest::header::HeaderMap;
use url::Url;

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::answer::none;
use crate::cli::doctor::http::site::Site;

/// The line of the paths that must be a 404.
pub(crate) async fn check(site: &Site<'_>) -> Check {
    let id = "http.wellKnown";
    let Ok(origin) = Url::parse(&site.mcp()).map(|url| url.origin()) else {
        return Check::skipped(id, "not asked: there is no address");
    };
    let is_here = |url: &Url| url.origin() == origin;
    if site.sign_in().is_some_and(|sign_in| sign_in.issuers.iter().any(|issuer| is_here(&issuer.url))) {
        let seen = "not asked: an authorization server has the same host";
        return Check::skipped(id, seen).named("other metadata");
    }
    let own = format!("{}/.well-known/oauth-authorization-server", origin.ascii_serialization());
    let mut addresses = vec![own];
    if site.sign_in().is_none() {
        addresses.extend([site.mcp_metadata(), site.root_metadata()]);
    }
    let mut check = Check::ok(id, "a clean 404, so clients do not look for a sign-in there");
    for address in addresses {
        let found = match site.get(&address, HeaderMap::new()).await {
            Ok(seen) if seen.status == 404 => continue,
            Ok(seen) => format!("{address} answers {}", seen.status.as_u16()),
            Err(error) => format!("{address}: {}", none(site, &error).0),
        };
        let todo = "Let the proxy answer 404 there, or pass the path on to the server.";
        check = if site.sign_in().is_some() {
            Check::warning(id, format!("{found}, not 404: older clients take it for the sign-in"), todo)
        } else {
            Check::failed(id, format!("{found}, not 404: clients try to sign in there and fail"), todo)
        };
        break;
    }
    check.named("other metadata")
}
