//! What it means if something else answers than was asked for: a proxy, a login page, another server.

use std::fmt::Arguments;

use reqwest::header::{CONTENT_TYPE, HeaderName, LOCATION};
use url::Url;

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::site::Site;
use crate::ghl::model::text::{clean_line, cut};
use crate::ghl::wire::HttpResponse;
use crate::sign_in::FetchError;

/// What this server says of a host that is not allowed.
const HOST_NOT_SERVED: &[u8] = b"this host is not served";
/// What this server says of a path that it does not have.
const NOT_FOUND: &[u8] = b"not found\n";
/// The same to a page: only metadata is there for every page.
const ORIGIN_NOT_ALLOWED: &[u8] = b"this origin is not allowed";
/// Parts of addresses of login pages.
const LOGINS: [&str; 9] = [
    "login",
    "signin",
    "sign-in",
    "sign_in",
    "/sso",
    "/oauth2/",
    "/authorize",
    "cloudflareaccess",
    "/cdn-cgi/access",
];
/// The most characters of a text of others.
const SHOWN: usize = 120;

/// What an address answers, if anything.
pub(crate) type Answer = Result<HttpResponse, FetchError>;

/// A text of others, for one line.
pub(crate) fn shown(text: &str) -> String {
    cut(&clean_line(text), SHOWN)
}

/// A header of the answer.
pub(crate) fn header(seen: &HttpResponse, name: HeaderName) -> &str {
    seen.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The media type of the answer.
pub(crate) fn media_type(seen: &HttpResponse) -> String {
    let whole = header(seen, CONTENT_TYPE);
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The line of what was seen at `address` instead.
pub(crate) fn unexpected(site: &Site<'_>, id: &str, address: &str, seen: &HttpResponse) -> Check {
    let failed = |seen: Arguments<'_>, todo: Arguments<'_>| Check::failed(id, seen, todo);
    let status = seen.status.as_u16();
    let path = Url::parse(address).map(|url| url.path().to_owned()).unwrap_or_default();
    let Site { host, listens, start, .. } = site;
    match status {
        300..=399 => redirect(id, address, header(seen, LOCATION), &path),
        403 if seen.body.starts_with(HOST_NOT_SERVED) => failed(
            format_args!("{path} answers 403: the server does not serve the host that it is asked for"),
            format_args!(
                "Start it with --allowed-host {host} (--public-url does it too), and let the proxy pass the header Host on as it came: {start}."
            ),
        ),
        404 if seen.body.as_ref() == NOT_FOUND => nothing_there(site, id, &path),
        403 if seen.body.starts_with(ORIGIN_NOT_ALLOWED) => nothing_there(site, id, &path),
        404 => failed(
            format_args!("{path} answers 404, and not from this server"),
            format_args!("Let the proxy of {host} pass {path} on to {listens}."),
        ),
        502..=504 | 520..=530 => failed(
            format_args!("the proxy answers {status}: it does not reach the server"),
            format_args!("Start it: {start}. And let the proxy pass {path} on to {listens}."),
        ),
        401 | 407 => failed(
            format_args!("{path} answers {status} by a login of the proxy's own"),
            format_args!(
                "Let the proxy pass {path} on without a login of its own: the server asks for the token itself."
            ),
        ),
        403 | 429 => failed(
            format_args!(
                "{path} answers {status}, and not from this server: something in front refuses programs"
            ),
            format_args!("Let the firewall or the bot protection of {host} pass {path} on to {listens}."),
        ),
        _ if media_type(seen) == "text/html" => failed(
            format_args!("{path} answers a web page (status {status})"),
            format_args!("Let the proxy of {host} pass {path} on to {listens}: a web site answers there."),
        ),
        _ => failed(
            format_args!(
                "{path} answers {status} ({}), which is not what this server says",
                shown(&media_type(seen))
            ),
            format_args!("Check what runs at {host}, and let the proxy pass {path} on to {listens}."),
        ),
    }
}

/// The server has no such path: it runs with other settings, or the proxy changes the path.
fn nothing_there(site: &Site<'_>, id: &str, path: &str) -> Check {
    let seen = format_args!("the server answers, but has nothing at {path}");
    let start = format_args!("Start it with these settings: {}.", site.start);
    if site.mcp.ends_with(path) && path != "/mcp" {
        Check::failed(id, seen, format_args!("Let the proxy pass {path} on as /mcp. {start}"))
    } else {
        Check::failed(id, seen, format_args!("{start} And let the proxy pass {path} on as it came."))
    }
}

/// A redirect. Its query may hold a token, and is not shown.
fn redirect(id: &str, address: &str, location: &str, path: &str) -> Check {
    let failed = |seen: Arguments<'_>, todo: &str| Check::failed(id, seen, todo);
    let from = Url::parse(address).ok();
    let to = from.as_ref().and_then(|from| from.join(location).ok());
    let Some((from, mut to)) = from.zip(to) else {
        let todo = "Let the proxy pass it on to the server instead.";
        return failed(format_args!("{path} redirects"), todo);
    };
    to.set_query(None);
    to.set_fragment(None);
    let target = shown(to.as_str());
    let same_host = from.host_str() == to.host_str();
    let lower = target.to_ascii_lowercase();
    if same_host && from.scheme() == "http" && to.scheme() == "https" {
        let todo = "Set --public-url to the address with https: clients do not follow it with a token.";
        return failed(format_args!("{path} redirects from http to {target}"), todo);
    }
    if LOGINS.iter().any(|login| lower.contains(login)) {
        let seen = format_args!("{path} redirects to a login page, {target}");
        let todo = format_args!(
            "Let what is in front, such as Cloudflare Access, pass {path} on without a login of its own (a bypass policy): a connector has no browser there, and signs in by --oauth-issuer."
        );
        return Check::failed(id, seen, todo);
    }
    let todo = if same_host {
        "Let the proxy answer at this path itself: clients do not follow a redirect with a token."
    } else {
        "Set --public-url to the address that answers itself: clients do not follow a redirect with a token."
    };
    failed(format_args!("{path} redirects to {target}"), todo)
}

/// The line where this server's address does not answer.
pub(crate) fn none(site: &Site<'_>, id: &str, error: &FetchError) -> Check {
    let failed = |todo: Arguments<'_>| Check::failed(id, format_args!("{error}"), todo);
    let Site { host, listens, start, .. } = site;
    match error {
        FetchError::Tls(_) => failed(format_args!(
            "Correct the certificate in the proxy: for {host}, valid now, with its intermediate certificates, and from an authority that Mozilla trusts. Connectors accept no other."
        )),
        FetchError::NotConnected(_) | FetchError::NoAnswer(_) if site.is_local() => {
            failed(format_args!("Start the server: {start}."))
        }
        FetchError::NotConnected(_) | FetchError::NoAnswer(_) => failed(format_args!(
            "Start the server: {start}. Then check that {host} has a DNS record and an open port, and that the proxy there passes requests on to {listens}."
        )),
        FetchError::Status(..) | FetchError::TooLarge(_) => failed(format_args!(
            "Another server answers: let the proxy of {host} pass requests on to {listens}."
        )),
    }
}
