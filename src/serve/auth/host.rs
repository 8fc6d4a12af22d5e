//! Host names, normalized.

use std::net::IpAddr;

use hyper::http::uri::Authority;

/// A host name or address, with one port or with any port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostPort {
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
}

impl HostPort {
    /// Reads a `Host` header or an entry of the list of allowed hosts.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.contains(['@', '/', '*']) {
            return None;
        }
        let authority = Authority::try_from(text).ok()?;
        // `host:` and `host:99999` parse as authorities without a port.
        let colons = text.rsplit_once(']').map_or(text, |(_, rest)| rest).matches(':').count();
        (colons == usize::from(authority.port_u16().is_some()) && !authority.host().is_empty())
            .then(|| Self::of(&authority))
    }

    /// Lower-cases the name, and drops brackets and the final dot.
    pub(crate) fn of(authority: &Authority) -> Self {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        Self { host: host.trim_end_matches('.').to_ascii_lowercase(), port: authority.port_u16() }
    }

    /// Whether this is `localhost` or a loopback address. Other names may resolve to loopback, but are not accepted.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether `host` has the same name, and the same port if this entry has a port.
    pub(crate) fn matches(&self, host: &Self) -> bool {
        self.host == host.host && (self.port.is_none() || self.port == host.port)
    }
}
