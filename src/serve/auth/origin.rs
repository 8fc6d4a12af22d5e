//! Origins of web pages, normalized.

use crate::serve::auth::host::HostPort;

/// Scheme, host and port of a web page. The port is known where the scheme has a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// Reads an `Origin` header or an entry of the list of allowed origins.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let HostPort { host, port } = HostPort::parse(rest.strip_suffix('/').unwrap_or(rest))?;
        let default = match scheme.as_str() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        };
        Some(Self { scheme, host, port: port.or(default) })
    }

    /// Whether a page that `host` serves has this origin. A proxy that terminates TLS may hide the port.
    pub(crate) fn is_served_by(&self, host: &HostPort) -> bool {
        self.host == host.host
            && match host.port {
                Some(port) => self.port == Some(port),
                None => {
                    matches!((self.scheme.as_str(), self.port), ("http", Some(80)) | ("https", Some(443)))
                }
            }
    }
}
