//! Names of hosts and origins, in one spelling.

use std::net::IpAddr;

use hyper::http::uri::Authority;

/// A host with a port, or with any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve::guard) struct HostPort {
    host: String,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve::guard) struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl HostPort {
    pub(in crate::serve::guard) fn parse(text: &str) -> Option<Self> {
        if text.contains(['@', '/', '*']) {
            return None;
        }
        let authority = Authority::try_from(text).ok()?;
        // `host:` and `host:99999` parse as authorities without a port.
        let colons = text.rsplit_once(']').map_or(text, |(_, rest)| rest).matches(':').count();
        (colons == usize::from(authority.port_u16().is_some()) && !authority.host().is_empty())
            .then(|| Self::of(&authority))
    }

    pub(in crate::serve::guard) fn of(authority: &Authority) -> Self {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        Self { host: host.trim_end_matches('.').to_ascii_lowercase(), port: authority.port_u16() }
    }

    /// Whether it is this machine, by one of the names that no other can have.
    pub(in crate::serve::guard) fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether `host` is meant: this host, and this port where one is given.
    pub(in crate::serve::guard) fn covers(&self, host: &Self) -> bool {
        self.host == host.host && (self.port.is_none() || self.port == host.port)
    }
}

impl Origin {
    pub(in crate::serve::guard) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let HostPort { host, port } = HostPort::parse(rest.strip_suffix('/').unwrap_or(rest))?;
        let usual = match scheme.as_str() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        };
        Some(Self { scheme, host, port: port.or(usual) })
    }

    /// Whether this is the origin of a page that `host` itself would serve. A proxy that ends TLS may hide the port.
    pub(in crate::serve::guard) fn is_of(&self, host: &HostPort) -> bool {
        self.host == host.host
            && match host.port {
                Some(port) => self.port == Some(port),
                None => {
                    matches!((self.scheme.as_str(), self.port), ("http", Some(80)) | ("https", Some(443)))
                }
            }
    }
}
