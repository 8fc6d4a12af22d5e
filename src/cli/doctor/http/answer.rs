//! What it means if something else answers than was asked for: a proxy, a login page, another server.

use reqwest::header::{CONTENT_TYPE, LOCATION};
use url::Url;

use crate::cli::doctor::http::site::Site;
use crate::ghl::model::text::{clean_line, cut};
use crate::sign_in::{FetchError, Seen};

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

/// A text of others, for one line.
pub(crate) fn shown(text: &str) -> String {
    cut(&clean_line(text), SHOWN)
}

/// A header of the answer.
pub(crate) fn header(seen: &Seen, name: impl reqwest::header::AsHeaderName) -> &str {
    seen.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The media type of the answer.
pub(crate) fn media_type(seen: &Seen) -> String {
    let whole = header(seen, CONTENT_TYPE);
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// What was seen at `address` instead, and what to do.
pub(crate) fn unexpected(site: &Site<'_>, address: &str, seen: &Seen) -> (String, String) {
    let status = seen.status.as_u16();
    let path = Url::parse(address).map(|url| url.path().to_owned()).unwrap_or_default();
    let (host, listens) = (site.host(), site.listens());
    match status {
        300..=399 => redirect(address, header(seen, LOCATION), &path),
        403 if seen.body.starts_with(HOST_NOT_SERVED) => (
            format!("{path} answers 403: the server does not serve the host that it is asked for"),
            format!(
                "Start it with --allowed-host {host} (--public-url does it too), and let the proxy pass the header Host on as it came: {}.",
                site.start()
            ),
        ),
        404 if seen.body.as_ref() == NOT_FOUND => nothing_there(site, &path),
        403 if seen.body.starts_with(ORIGIN_NOT_ALLOWED) => nothing_there(site, &path),
        404 => (
            format!("{path} answers 404, and not from this server"),
            format!("Let the proxy of {host} pass {path} on to {listens}."),
        ),
        502..=504 | 520..=530 => (
            format!("the proxy answers {status}: it does not reach the server"),
            format!("Start it: {}. And let the proxy pass {path} on to {listens}.", site.start()),
        ),
        401 | 407 => (
            format!("{path} answers {status} by a login of the proxy's own"),
            format!(
                "Let the proxy pass {path} on without a login of its own: the server asks for the token itself."
            ),
        ),
        403 | 429 => (
            format!("{path} answers {status}, and not from this server: something in front refuses programs"),
            format!("Let the firewall or the bot protection of {host} pass {path} on to {listens}."),
        ),
        _ if media_type(seen) == "text/html" => (
            format!("{path} answers a web page (status {status})"),
            format!("Let the proxy of {host} pass {path} on to {listens}: a web site answers there."),
        ),
        _ => (
            format!(
                "{path} answers {status} ({}), which is not what this server says",
                shown(&media_type(seen))
            ),
            format!("Check what runs at {host}, and let the proxy pass {path} on to {listens}."),
        ),
    }
}

/// The server has no such path: it runs with other settings, or the proxy changes the path.
fn nothing_there(site: &Site<'_>, path: &str) -> (String, String) {
    let start = format!("Start it with these settings: {}.", site.start());
    let todo = if site.mcp().ends_with(path) && path != "/mcp" {
        format!("Let the proxy pass {path} on as /mcp. {start}")
    } else {
        format!("{start} And let the proxy pass {path} on as it came.")
    };
    (format!("the server answers, but has nothing at {path}"), todo)
}

/// A redirect. Its query may hold a token, and is not shown.
fn redirect(address: &str, location: &str, path: &str) -> (String, String) {
    let from = Url::parse(address).ok();
    let to = from.as_ref().and_then(|from| from.join(location).ok());
    let Some((from, mut to)) = from.zip(to) else {
        return (format!("{path} redirects"), "Let the proxy pass it on to the server instead.".to_owned());
    };
    to.set_query(None);
    to.set_fragment(None);
    let target = shown(to.as_str());
    let same_host = from.host_str() == to.host_str();
    let lower = target.to_ascii_lowercase();
    if same_host && from.scheme() == "http" && to.scheme() == "https" {
        return (
            format!("{path} redirects from http to {target}"),
            "Set --public-url to the address with https: clients do not follow it with a token.".to_owned(),
        );
    }
    if LOGINS.iter().any(|login| lower.contains(login)) {
        return (
            format!("{path} redirects to a login page, {target}"),
            format!(
                "Let what is in front, such as Cloudflare Access, pass {path} on without a login of its own (a bypass policy): a connector has no browser there, and signs in by --oauth-issuer."
            ),
        );
    }
    let todo = if same_host {
        "Let the proxy answer at this path itself: clients do not follow a redirect with a token."
    } else {
        "Set --public-url to the address that answers itself: clients do not follow a redirect with a token."
    };
    (format!("{path} redirects to {target}"), todo.to_owned())
}

/// No answer of this server's address, and what to do.
pub(crate) fn none(site: &Site<'_>, error: &FetchError) -> (String, String) {
    let (host, listens) = (site.host(), site.listens());
    let todo = match error {
        FetchError::Tls(_) => format!(
            "Correct the certificate in the proxy: for {host}, valid now, with its intermediate certificates, and from an authority that Mozilla trusts. Connectors accept no other."
        ),
        FetchError::NotConnected(_) | FetchError::NoAnswer(_) if site.is_local() => {
            format!("Start the server: {}.", site.start())
        }
        FetchError::NotConnected(_) | FetchError::NoAnswer(_) => format!(
            "Start the server: {}. Then check that {host} has a DNS record and an open port, and that the proxy there passes requests on to {listens}.",
            site.start()
        ),
        FetchError::Status(..) | FetchError::TooLarge(_) => {
            format!("Another server answers: let the proxy of {host} pass requests on to {listens}.")
        }
    };
    (error.to_string(), todo)
}
