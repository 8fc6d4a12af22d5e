//! What a token is by its form. HighLevel alone knows whether it is valid.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::ghl::auth::credential::Credential;

/// What a token is by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// There is none.
    Missing,
    /// The tokens of a marketplace app, which are renewed.
    App,
    /// A private integration token: `pit-` and a UUID. Whether it is an agency's cannot be seen.
    PrivateIntegration,
    /// `pit-` and something that is no UUID: a part of one, or with a mistake in it.
    DamagedPrivateIntegration,
    /// The access token of an app, which is valid for a day and is not renewed here.
    AccessToken {
        /// Whether it is an agency's, where it says so.
        agency: bool,
        /// When it ends, where it says so.
        ends: Option<SystemTime>,
    },
    /// A key of HighLevel's API v1, which this API has never accepted.
    ApiKeyV1,
    /// Something else.
    Unknown,
}

impl Credential {
    /// What the token is by its form.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        match self {
            Self::Missing => TokenKind::Missing,
            Self::OAuth(_) => TokenKind::App,
            Self::Token(token) => kind(token),
        }
    }
}

fn kind(token: &SecretString) -> TokenKind {
    let token = token.expose_secret();
    if let Some(rest) = token.strip_prefix("pit-") {
        let whole = rest.len() == 36 && uuid::Uuid::try_parse(rest).is_ok();
        return if whole { TokenKind::PrivateIntegration } else { TokenKind::DamagedPrivateIntegration };
    }
    let Some(claims) = claims(token) else { return TokenKind::Unknown };
    if claims.get("version") == Some(&Value::from(1)) || claims.get("location_id").is_some() {
        return TokenKind::ApiKeyV1;
    }
    let ends = claims.get("exp").and_then(Value::as_u64);
    TokenKind::AccessToken {
        agency: claims.get("authClass").and_then(Value::as_str) == Some("Company"),
        ends: ends.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds))),
    }
}

/// The claims of a JSON web token, unverified.
fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&claims).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_form() {
        let web = |claims: &str| format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        let access = |agency, ends: Option<u64>| TokenKind::AccessToken {
            agency,
            ends: ends.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds)),
        };
        for (token, expected) in [
            ("pit-0b1c2d3e-1234-4abc-9def-0123456789ab".to_owned(), TokenKind::PrivateIntegration),
            ("pit-0b1c2d3e-1234-4abc-9def-0123456789".to_owned(), TokenKind::DamagedPrivateIntegration),
            ("pit-0b1c2d3e12344abc9def0123456789ab".to_owned(), TokenKind::DamagedPrivateIntegration),
            ("pit-".to_owned(), TokenKind::DamagedPrivateIntegration),
            ("0b1c2d3e-1234-4abc-9def-0123456789ab".to_owned(), TokenKind::Unknown),
            ("PIT-0b1c2d3e-1234-4abc-9def-0123456789ab".to_owned(), TokenKind::Unknown),
            (String::new(), TokenKind::Unknown),
            ("..".to_owned(), TokenKind::Unknown),
            ("a.b.c.d".to_owned(), TokenKind::Unknown),
            (web("[]"), TokenKind::Unknown),
            (web("{"), TokenKind::Unknown),
            (web("{}"), access(false, None)),
            (web(r#"{"authClass":"Location","exp":1780304400}"#), access(false, Some(1_780_304_400))),
            (web(r#"{"authClass":"Company","exp":18446744073709551615}"#), access(true, None)),
            (web(r#"{"location_id":"x","version":1,"iat":1}"#), TokenKind::ApiKeyV1),
            (web(r#"{"company_id":"x","version":1}"#), TokenKind::ApiKeyV1),
        ] {
            assert_eq!(kind(&SecretString::from(token.clone())), expected, "{token}");
        }
    }
}
