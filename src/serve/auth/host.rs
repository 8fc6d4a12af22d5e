//! Names of hosts, in one spelling.

use std::net::IpAddr;

use hyper::http::uri::Authority;

/// A host with a port, or with any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostPort {
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
}

impl HostPort {
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

    pub(crate) fn of(authority: &Authority) -> Self {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        Self { host: host.trim_end_matches('.').to_ascii_lowercase(), port: authority.port_u16() }
    }

    /// Whether it is this machine, by one of the names that no other can have.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether `host` is meant: this host, and this port where one is given.
    pub(crate) fn covers(&self, host: &Self) -> bool {
        self.host == host.host && (self.port.is_none() || self.port == host.port)
    }
}
