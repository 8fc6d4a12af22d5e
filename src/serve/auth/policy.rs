//! The hosts and origins that are served.

use hyper::header::{HOST, ORIGIN};
use hyper::{HeaderMap, Uri};

use crate::serve::auth::host::HostPort;
use crate::serve::auth::origin::Origin;
use crate::serve::headers::single_value;

/// Why a request is refused before anything else of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// `Host` is missing, malformed, or there more than once: 400.
    InvalidHost,
    /// The request is for another host: 403.
    HostNotServed,
    /// The page has another origin: 403.
    OriginNotAllowed,
}

/// The hosts and origins that are served.
///
/// A browser lets any page send requests to `127.0.0.1`, and an attacker can make a name of theirs resolve to it (DNS
/// rebinding). The first shows in `Origin`, the second in `Host`, so both are checked on every path that carries MCP.
#[derive(Debug, Clone)]
pub struct HostPolicy {
    hosts: Vec<HostPort>,
    origins: Vec<Origin>,
}

impl HostPolicy {
    /// Serves loopback names and `hosts`, which are names with or without a port, for pages of `origins`, which are
    /// like `https://app.example.com`.
    ///
    /// # Errors
    /// The first entry that is not a host or not an origin.
    pub fn new<T: AsRef<str>>(hosts: &[T], origins: &[T]) -> Result<Self, InvalidHostOrOrigin> {
        let host = |text: &T| {
            let text = text.as_ref().trim();
            HostPort::parse(text).ok_or_else(|| InvalidHostOrOrigin::Host(text.to_owned()))
        };
        let origin = |text: &T| {
            let text = text.as_ref().trim();
            Origin::parse(text).ok_or_else(|| InvalidHostOrOrigin::Origin(text.to_owned()))
        };
        Ok(Self {
            hosts: hosts.iter().map(host).collect::<Result<_, _>>()?,
            origins: origins.iter().map(origin).collect::<Result<_, _>>()?,
        })
    }

    /// Checks the host that a request is for, and the origin of the page that sent it.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Rejection> {
        let host = single_value(headers, &HOST).and_then(HostPort::parse).ok_or(Rejection::InvalidHost)?;
        let in_target = uri.authority().map(HostPort::of);
        if ![Some(&host), in_target.as_ref()].into_iter().flatten().all(|host| self.serves(host)) {
            return Err(Rejection::HostNotServed);
        }
        if !headers.contains_key(ORIGIN) {
            return Ok(());
        }
        let origin = single_value(headers, &ORIGIN).and_then(Origin::parse);
        let origin = origin.ok_or(Rejection::OriginNotAllowed)?;
        if self.origins.contains(&origin) || origin.is_served_by(&host) {
            Ok(())
        } else {
            Err(Rejection::OriginNotAllowed)
        }
    }

    /// The origin of a request, if it is in the list: a page of this origin may read the response.
    pub(crate) fn allowed_origin<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let text = single_value(headers, &ORIGIN)?;
        self.origins.contains(&Origin::parse(text)?).then_some(text)
    }

    fn serves(&self, host: &HostPort) -> bool {
        host.is_loopback() || self.hosts.iter().any(|allowed| allowed.matches(host))
    }
}

/// An entry of a list that is not a host or not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHostOrOrigin {
    /// Not a host.
    #[error("\"{0}\" is not a host like mcp.example.com or mcp.example.com:8443")]
    Host(String),
    /// Not an origin.
    #[error("\"{0}\" is not an origin like https://app.example.com")]
    Origin(String),
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use crate::serve::auth::policy::{HostPolicy, Rejection};

    fn check(host: &str, origin: Option<&str>) -> Result<(), Rejection> {
        let policy = HostPolicy::new(&["mcp.example.com"], &["https://app.example.com"]).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        policy.check(&"/mcp".parse().unwrap(), &headers)
    }

    #[test]
    fn loopback_and_allowed_hosts_are_served_and_other_hosts_are_not() {
        for host in
            ["localhost:8787", "127.0.0.1", "[::1]:1", "LOCALHOST.", "mcp.example.com:443", "127.1.2.3"]
        {
            assert_eq!(check(host, None), Ok(()), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "example.com", "0.0.0.0"] {
            assert_eq!(check(host, None), Err(Rejection::HostNotServed), "{host}");
        }
        for host in ["", "a b", "user@localhost", "localhost:", "localhost:99999", "localhost:1:2", "*"] {
            assert_eq!(check(host, None), Err(Rejection::InvalidHost), "{host:?}");
        }
    }

    #[test]
    fn the_same_origin_and_allowed_origins_are_served_and_other_origins_are_not() {
        for (host, origin) in [
            ("localhost:8787", "http://localhost:8787"),
            ("mcp.example.com", "https://mcp.example.com"),
            ("localhost:8787", "https://app.example.com"),
            ("localhost:8787", "https://APP.example.com:443"),
        ] {
            assert_eq!(check(host, Some(origin)), Ok(()), "{origin}");
        }
        for origin in [
            "http://localhost:3000",
            "http://app.example.com",
            "https://app.example.com.evil.example",
            "https://evil.example",
            "https://app.example.com@evil.example",
            "null",
            "",
            "file://",
        ] {
            assert_eq!(check("localhost:8787", Some(origin)), Err(Rejection::OriginNotAllowed), "{origin}");
        }
    }

    #[test]
    fn a_request_target_with_another_host_is_refused_whatever_the_header_says() {
        let policy = HostPolicy::new::<&str>(&[], &[]).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("host", "localhost".parse().unwrap());
        assert_eq!(
            policy.check(&"http://evil.example/mcp".parse().unwrap(), &headers),
            Err(Rejection::HostNotServed)
        );
        headers.append("host", "localhost".parse().unwrap());
        assert_eq!(policy.check(&"/mcp".parse().unwrap(), &headers), Err(Rejection::InvalidHost));
    }

    #[test]
    fn an_invalid_entry_of_a_list_is_an_error() {
        let error =
            |hosts: &[&str], origins: &[&str]| HostPolicy::new(hosts, origins).unwrap_err().to_string();
        assert!(error(&["*"], &[]).starts_with("\"*\" is not a host"));
        assert!(error(&["https://x.example"], &[]).contains("is not a host"));
        assert!(error(&[], &["app.example.com"]).contains("is not an origin"));
        assert!(error(&[], &["*"]).contains("is not an origin"));
    }
}
