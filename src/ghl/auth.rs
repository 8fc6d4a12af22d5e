//! Who we are to HighLevel: a private integration token, or an app's OAuth tokens, which are kept alive here.

mod authorize;
mod endpoint;
mod grant;
mod oauth;
mod store;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::ghl::client::Settings;
use crate::ghl::clock::Clock;
use crate::ghl::error::{Error, Happened, Kind};

pub use crate::ghl::auth::authorize::{Granted, authorize_url};
pub use crate::ghl::auth::grant::UserType;
pub use crate::ghl::auth::oauth::{App, OAuth};
pub use crate::ghl::auth::store::{Store, StoreError};

/// What stands in `Authorization: Bearer`.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A private integration token (`pit-…`): static until somebody rotates it in HighLevel.
    Token(SecretString),
    /// A marketplace app's tokens, refreshed as they age.
    OAuth(Arc<OAuth>),
    /// Nothing is configured. Start-up and `tools/list` work; the first call says what is missing.
    Missing,
}

/// The header of one request, and which of a credential's tokens it is.
#[derive(Debug, Clone)]
pub(in crate::ghl) struct Bearer {
    /// Marked sensitive, so that no `Debug` prints it.
    pub(in crate::ghl) header: HeaderValue,
    /// Counts the tokens of an OAuth credential. A private integration token is the only one.
    generation: u64,
}

impl Credential {
    /// The header for a request. An OAuth token that ages is renewed first; the renewal goes on where the caller does
    /// not wait for it.
    pub(in crate::ghl) async fn bearer(&self, settings: &Settings) -> Result<Bearer, Error> {
        match self {
            Self::Missing => Err(Error::new(Kind::NotConfigured, Happened::No)),
            Self::Token(token) => {
                let header =
                    bearer_header(token).ok_or_else(|| Error::new(Kind::NotConfigured, Happened::No))?;
                Ok(Bearer { header, generation: 0 })
            }
            Self::OAuth(oauth) => Ok(oauth.bearer(settings).await?),
        }
    }

    /// To be awaited before the process ends: resolves when no renewal is on its way and the tokens are on disk, or
    /// cannot be put there. At once for a private integration token.
    pub async fn settled(&self, clock: &Arc<dyn Clock>) {
        if let Self::OAuth(oauth) = self {
            oauth.settled(clock).await;
        }
    }

    /// Another header after HighLevel answered 401 to `refused`; nothing where there is none to be had.
    pub(in crate::ghl) async fn another(
        &self,
        settings: &Settings,
        refused: &Bearer,
    ) -> Result<Option<Bearer>, Error> {
        match self {
            Self::Missing | Self::Token(_) => Ok(None),
            Self::OAuth(oauth) => Ok(oauth.another(settings, refused).await?),
        }
    }
}

/// Only visible ASCII can be a token.
fn bearer_header(token: &SecretString) -> Option<HeaderValue> {
    let token = token.expose_secret();
    if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Why there is no token, for everyone who waits for the same renewal. Nothing was written in any case: the request
/// that wanted the token was not sent, or was answered 401.
#[derive(Debug, Clone)]
struct Failed {
    kind: Kind,
    status: Option<u16>,
    wait: Option<Duration>,
    /// Why the token endpoint could not be reached; it names the host.
    reason: Option<String>,
}

impl Failed {
    fn new(kind: Kind) -> Self {
        Self { kind, status: None, wait: None, reason: None }
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::new(Kind::Authorization(format!("the token store {error}")))
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        let error =
            Self::new(failed.kind, Happened::No).with_retry_after(failed.wait).with_reason(failed.reason);
        match failed.status {
            Some(status) => error.with_status(status),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use crate::ghl::auth::bearer_header;

    #[test]
    fn only_visible_ascii_becomes_a_header_and_no_debug_prints_it() {
        for token in ["", " ", "pit 1", "pit-1\n", "pit-1\u{7f}", "pit-\u{e9}"] {
            assert!(bearer_header(&SecretString::from(token)).is_none(), "{token:?}");
        }
        let header = bearer_header(&SecretString::from("pit-!~")).unwrap();
        assert_eq!((header.to_str().unwrap(), header.is_sensitive()), ("Bearer pit-!~", true));
    }
}
