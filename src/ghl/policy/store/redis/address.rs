//! The address of a Redis server. It may hold a password, so it is never shown.

use std::fmt;

use redis::{ConnectionInfo, IntoConnectionInfo as _};
use url::Url;

/// `redis://`, or `rediss://` for TLS; with `user:password@` and a number of a database, if needed.
#[derive(Clone)]
pub struct RedisAddress {
    info: ConnectionInfo,
    shown: String,
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// The text is no address of a Redis server. The text itself, which may hold a password, is not part of the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// It is no URL.
    #[error(
        "is no address: write redis://HOST:PORT, or rediss://USER:PASSWORD@HOST:PORT for TLS and an ACL user"
    )]
    NoUrl,
    /// Another scheme.
    #[error("must begin with redis:// or, for TLS, rediss://")]
    Scheme,
    /// The URL has a part that would be ignored, as `#insecure` for TLS without a check.
    #[error("must have no query and no fragment: certificates are always checked")]
    Extra,
}

impl RedisAddress {
    /// Reads an address. Connects to nothing.
    ///
    /// # Errors
    /// The text is no address of a Redis server.
    pub fn read(text: &str) -> Result<Self, InvalidAddress> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidAddress::NoUrl)?;
        if !["redis", "rediss"].contains(&url.scheme()) {
            return Err(InvalidAddress::Scheme);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidAddress::Extra);
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(InvalidAddress::NoUrl)?;
        let port = url.port().unwrap_or(6379);
        let shown = format!("{}://{host}:{port}", url.scheme());
        let info = url.into_connection_info().map_err(|_| InvalidAddress::NoUrl)?;
        Ok(Self { info, shown })
    }

    /// Scheme, host and port, without the user and the password.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    pub(crate) fn info(&self) -> ConnectionInfo {
        self.info.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let address = RedisAddress::read(" rediss://fleet:canary@store.example.com:6380/2\n").unwrap();
        assert_eq!(address.shown(), "rediss://store.example.com:6380");
        assert_eq!(format!("{address:?}"), "rediss://store.example.com:6380");
        assert_eq!(RedisAddress::read("redis://127.0.0.1").unwrap().shown(), "redis://127.0.0.1:6379");
    }

    #[test]
    fn what_is_no_address_is_refused_without_the_text() {
        for text in ["", "canary", "redis://", "http://canary@x", "unix:///canary", "redis+unix:///canary"] {
            let error = RedisAddress::read(text).unwrap_err().to_string();
            assert!(!error.contains("canary"), "{text}: {error}");
        }
        let unchecked = RedisAddress::read("rediss://x/#insecure").unwrap_err();
        assert_eq!(unchecked, InvalidAddress::Extra);
    }
}
