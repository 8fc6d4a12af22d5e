//! The credential for `Authorization: Bearer`, and how it is renewed.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::ghl::auth::bearer::{Bearer, bearer_header};
use crate::ghl::auth::oauth::OAuth;
use crate::ghl::auth::token_endpoint::TokenEndpoint;
use crate::ghl::model::{Clock, Error, Kind, Missing, Written};
use crate::ghl::wire::HttpResponse;

/// The credential for `Authorization: Bearer`.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A private integration token (`pit-…`): static until a person rotates it in HighLevel.
    Token(SecretString),
    /// A marketplace app's tokens, refreshed as they age.
    OAuth(Arc<OAuth>),
    /// Nothing is configured. Start-up and `tools/list` work; the first call says what is missing.
    Missing,
}

impl Credential {
    /// The header for a request. An OAuth token that ages is renewed first; the renewal goes on where the caller does
    /// not wait for it.
    pub(crate) async fn bearer(&self, endpoint: &TokenEndpoint) -> Result<Bearer, Error> {
        let missing = || Error::new(Kind::NotConfigured(Missing::Token), Written::No);
        match self {
            Self::Missing => Err(missing()),
            Self::Token(token) => {
                let header = bearer_header(token).ok_or_else(missing)?;
                Ok(Bearer { header, generation: 0 })
            }
            Self::OAuth(oauth) => oauth.bearer(endpoint).await,
        }
    }

    /// Whether there is another token after HighLevel answered 401 to `refused`; an OAuth token is renewed.
    pub(crate) async fn renew(&self, endpoint: &TokenEndpoint, refused: &Bearer) -> Result<bool, Error> {
        match self {
            Self::Missing | Self::Token(_) => Ok(false),
            Self::OAuth(oauth) => oauth.renew_refused(endpoint, refused).await,
        }
    }

    /// `answer` without the secrets of this credential; `bearer` is the token that the request carried.
    pub(crate) fn scrub(&self, bearer: &Bearer, answer: HttpResponse) -> HttpResponse {
        let header = bearer.header.to_str().unwrap_or_default();
        let mut secrets = vec![SecretString::from(header.trim_start_matches("Bearer ").to_owned())];
        if let Self::OAuth(oauth) = self {
            secrets.push(oauth.app().client_secret.clone());
            secrets.extend(oauth.state().secrets());
        }
        answer.without(&secrets.iter().map(ExposeSecret::expose_secret).collect::<Vec<_>>())
    }

    /// To be awaited before the process ends: resolves when no renewal is under way and the tokens are on disk, or
    /// cannot be put there. At once for a private integration token.
    pub async fn settled(&self, clock: &Arc<dyn Clock>) {
        if let Self::OAuth(oauth) = self {
            oauth.settled(clock).await;
        }
    }
}
