//! Who may come in: the `Host` that was asked for, the `Origin` of a page in a browser, and the bearer token.

use hyper::header::{HOST, ORIGIN};
use hyper::{HeaderMap, Uri};

use crate::serve::auth::host::HostPort;
use crate::serve::auth::origin::Origin;
use crate::serve::headers::only;

/// Why a request was turned away before anything of it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// No `Host`, or more than one, or one that is none: 400.
    NoHost,
    /// Another host: 403.
    Host,
    /// A page of another origin: 403.
    Origin,
}

/// The hosts and origins that are served.
///
/// A browser lets any page send requests to `127.0.0.1`, and a name of an attacker's can be made to point there. The
/// first shows in `Origin`, the second in `Host`; both are checked on every path that carries MCP.
#[derive(Debug, Clone)]
pub struct Guard {
    hosts: Vec<HostPort>,
    origins: Vec<Origin>,
}

impl Guard {
    /// Loopback names are always served. `hosts` are names with or without a port, `origins` are like
    /// `https://app.example.com`.
    ///
    /// # Errors
    /// The first entry that is neither.
    pub fn new<T: AsRef<str>>(hosts: &[T], origins: &[T]) -> Result<Self, NotAGuard> {
        let mut allowed = Vec::with_capacity(hosts.len());
        for text in hosts {
            let text = text.as_ref().trim();
            allowed.push(HostPort::parse(text).ok_or_else(|| NotAGuard::Host(text.to_owned()))?);
        }
        let mut pages = Vec::with_capacity(origins.len());
        for text in origins {
            let text = text.as_ref().trim();
            pages.push(Origin::parse(text).ok_or_else(|| NotAGuard::Origin(text.to_owned()))?);
        }
        Ok(Self { hosts: allowed, origins: pages })
    }

    /// Checks where a request was sent to and from which page.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Foreign> {
        let host = only(headers, &HOST).and_then(HostPort::parse).ok_or(Foreign::NoHost)?;
        let named = uri.authority().map(HostPort::of);
        if ![Some(&host), named.as_ref()].into_iter().flatten().all(|host| self.serves(host)) {
            return Err(Foreign::Host);
        }
        if !headers.contains_key(ORIGIN) {
            return Ok(());
        }
        let origin = only(headers, &ORIGIN).and_then(Origin::parse).ok_or(Foreign::Origin)?;
        if self.names(&origin) || origin.is_of(&host) { Ok(()) } else { Err(Foreign::Origin) }
    }

    /// The request's origin where it is one that may read answers in a browser.
    pub(crate) fn named_origin<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let text = only(headers, &ORIGIN)?;
        self.names(&Origin::parse(text)?).then_some(text)
    }

    fn names(&self, origin: &Origin) -> bool {
        self.origins.contains(origin)
    }

    fn serves(&self, host: &HostPort) -> bool {
        host.is_loopback() || self.hosts.iter().any(|allowed| allowed.covers(host))
    }
}

/// An entry of a list of hosts or origins that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAGuard {
    /// No host.
    #[error("\"{0}\" is not a host like mcp.example.com or mcp.example.com:8443")]
    Host(String),
    /// No origin.
    #[error("\"{0}\" is not an origin like https://app.example.com")]
    Origin(String),
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use crate::serve::auth::policy::{Foreign, Guard};

    fn check(host: &str, origin: Option<&str>) -> Result<(), Foreign> {
        let guard = Guard::new(&["mcp.example.com"], &["https://app.example.com"]).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        guard.check(&"/mcp".parse().unwrap(), &headers)
    }

    #[test]
    fn this_machine_and_the_named_hosts_are_served_and_no_others() {
        for host in
            ["localhost:8787", "127.0.0.1", "[::1]:1", "LOCALHOST.", "mcp.example.com:443", "127.1.2.3"]
        {
            assert_eq!(check(host, None), Ok(()), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "example.com", "0.0.0.0"] {
            assert_eq!(check(host, None), Err(Foreign::Host), "{host}");
        }
        for host in ["", "a b", "user@localhost", "localhost:", "localhost:99999", "localhost:1:2", "*"] {
            assert_eq!(check(host, None), Err(Foreign::NoHost), "{host:?}");
        }
    }

    #[test]
    fn a_page_of_the_same_or_a_named_origin_is_served_and_no_other() {
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
            assert_eq!(check("localhost:8787", Some(origin)), Err(Foreign::Origin), "{origin}");
        }
    }

    #[test]
    fn an_address_that_names_another_host_is_foreign_whatever_the_header_says() {
        let guard = Guard::new::<&str>(&[], &[]).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("host", "localhost".parse().unwrap());
        assert_eq!(guard.check(&"http://evil.example/mcp".parse().unwrap(), &headers), Err(Foreign::Host));
        headers.append("host", "localhost".parse().unwrap());
        assert_eq!(guard.check(&"/mcp".parse().unwrap(), &headers), Err(Foreign::NoHost));
    }

    #[test]
    fn a_list_with_a_word_that_is_no_host_or_origin_is_told() {
        let wrong = |hosts: &[&str], origins: &[&str]| Guard::new(hosts, origins).unwrap_err().to_string();
        assert!(wrong(&["*"], &[]).starts_with("\"*\" is not a host"));
        assert!(wrong(&["https://x.example"], &[]).contains("is not a host"));
        assert!(wrong(&[], &["app.example.com"]).contains("is not an origin"));
        assert!(wrong(&[], &["*"]).contains("is not an origin"));
    }
}
