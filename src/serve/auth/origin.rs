//! Origins of pages in a browser, in one spelling.

use crate::serve::auth::host::HostPort;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    pub(crate) fn parse(text: &str) -> Option<Self> {
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
    pub(crate) fn is_of(&self, host: &HostPort) -> bool {
        self.host == host.host
            && match host.port {
                Some(port) => self.port == Some(port),
                None => {
                    matches!((self.scheme.as_str(), self.port), ("http", Some(80)) | ("https", Some(443)))
                }
            }
    }
}
