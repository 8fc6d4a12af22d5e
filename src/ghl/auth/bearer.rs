//! The `Authorization` header of one request.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// The header of one request, and which of a credential's tokens it is.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    /// Marked sensitive, so that no `Debug` prints it.
    pub(crate) header: HeaderValue,
    /// Counts the tokens of an OAuth credential. A private integration token is the only one.
    pub(crate) generation: u64,
}

/// Only visible ASCII can be a token.
pub(crate) fn bearer_header(token: &SecretString) -> Option<HeaderValue> {
    let token = token.expose_secret();
    if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use crate::ghl::auth::bearer::bearer_header;

    #[test]
    fn only_visible_ascii_becomes_a_header_and_no_debug_prints_it() {
        for token in ["", " ", "pit 1", "pit-1\n", "pit-1\u{7f}", "pit-\u{e9}"] {
            assert!(bearer_header(&SecretString::from(token)).is_none(), "{token:?}");
        }
        let header = bearer_header(&SecretString::from("pit-!~")).unwrap();
        assert_eq!((header.to_str().unwrap(), header.is_sensitive()), ("Bearer pit-!~", true));
    }
}
