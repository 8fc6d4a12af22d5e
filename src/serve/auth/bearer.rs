//! A bearer token, of which only the hash is kept.

use std::fmt;

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::serve::headers::only;

/// The SHA-256 of a bearer token. The token itself is kept nowhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bearer([u8; 32]);

impl Bearer {
    /// The hash of `token`.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// A hash that was made elsewhere.
    #[must_use]
    pub fn from_hash(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// Whether both are the hash of one token, in a time that tells nothing of either.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// The bearer of a request. One header of the form `Bearer <token>`; a token in the address counts for nothing.
    pub(crate) fn in_request(headers: &HeaderMap) -> Option<Self> {
        let value = only(headers, &AUTHORIZATION)?;
        let (scheme, token) = value.split_once(' ')?;
        let token = token.trim();
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Self::of(token))
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
            Bearer::in_request(&headers)
        };
        assert!(of("Bearer secret").unwrap().is(&Bearer::of("secret")));
        assert!(of("bearer  secret ").unwrap().is(&Bearer::of("secret")));
        assert!(!of("Bearer secret2").unwrap().is(&Bearer::of("secret")));
        for none in ["", "Bearer", "Bearer ", "Basic secret", "secret"] {
            assert!(of(none).is_none(), "{none:?}");
        }
        assert!(!format!("{:?}", Bearer::of("secret")).contains("secret"));
    }
}
