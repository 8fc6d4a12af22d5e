//! Bearer tokens, of which only the hash is kept, and the clients that they identify.

use std::fmt;

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::serve::headers::single_value;

/// The SHA-256 of a bearer token. The token itself is not stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bearer([u8; 32]);

/// The client that sent a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Principal {
    /// Any client of a server that needs no token.
    Anonymous,
    /// The client with this token.
    Bearer(Bearer),
    /// The person with this key, whichever of their tokens a request carries.
    Person([u8; 32]),
}

impl Bearer {
    /// Hashes `token`.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Takes a hash that was computed before.
    #[must_use]
    pub fn from_hash(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// Whether both are hashes of the same token. The time of the comparison does not depend on the hashes.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// The hash of the token of a request.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        presented(headers).map(Self::of)
    }
}

/// The token of a request: one `Authorization` header of the form `Bearer <token>`. A token in the URL is ignored.
pub(crate) fn presented(headers: &HeaderMap) -> Option<&str> {
    let value = single_value(headers, &AUTHORIZATION)?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

impl Principal {
    /// Whether both are the same client.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Anonymous, Self::Anonymous) => true,
            (Self::Bearer(a), Self::Bearer(b)) => a.matches(b),
            (Self::Person(a), Self::Person(b)) => a == b,
            _ => false,
        }
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer")
    }
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use crate::serve::auth::bearer::Bearer;

    #[test]
    fn a_bearer_is_the_hash_of_one_token_in_one_header() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("authorization", value.parse().unwrap());
            Bearer::from_headers(&headers)
        };
        assert!(of("Bearer secret").unwrap().matches(&Bearer::of("secret")));
        assert!(of("bearer  secret ").unwrap().matches(&Bearer::of("secret")));
        assert!(!of("Bearer secret2").unwrap().matches(&Bearer::of("secret")));
        for none in ["", "Bearer", "Bearer ", "Basic secret", "secret"] {
            assert!(of(none).is_none(), "{none:?}");
        }
        assert!(!format!("{:?}", Bearer::of("secret")).contains("secret"));
    }
}
