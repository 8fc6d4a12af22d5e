//! Who we are to HighLevel: a private integration token.

use secrecy::{ExposeSecret, SecretString};

use crate::ghl::error::{Error, Happened, Kind};

/// What stands in `Authorization: Bearer`.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A private integration token (`pit-…`): static until somebody rotates it in HighLevel.
    Token(SecretString),
    /// Nothing is configured. Start-up and `tools/list` work; the first call says what is missing.
    Missing,
}

impl Credential {
    /// The header's value, marked sensitive so that no `Debug` prints it. Only visible ASCII can be a token.
    pub(in crate::ghl) fn bearer(&self) -> Result<reqwest::header::HeaderValue, Error> {
        let Self::Token(token) = self else { return Err(Error::new(Kind::NotConfigured, Happened::No)) };
        let token = token.expose_secret();
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::new(Kind::NotConfigured, Happened::No));
        }
        let mut value = reqwest::header::HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| Error::new(Kind::NotConfigured, Happened::No))?;
        value.set_sensitive(true);
        Ok(value)
    }
}
