//! From a token to the person who has signed in.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use crate::ghl::Clock;
use crate::ghl::wire::Transport;
use crate::sign_in::crypto;
use crate::sign_in::fetch::Fetcher;
use crate::sign_in::introspection::Introspector;
use crate::sign_in::issuer::Issuer;
use crate::sign_in::jwt::Jwt;
use crate::sign_in::person::{Person, SignedIn};
use crate::sign_in::refusal::Refusal;
use crate::sign_in::settings::Settings;

/// The longest token. Those with many groups have up to 8 KB.
const LONGEST: usize = 12 * 1024;

/// Checks tokens of authorization servers. A clone shares their keys.
#[derive(Debug, Clone)]
pub struct SignIn {
    settings: Arc<Settings>,
    issuers: Vec<Arc<Issuer>>,
    introspector: Option<Arc<Introspector>>,
    clock: Arc<dyn Clock>,
}

impl SignIn {
    /// Sends no request: keys are fetched for the first token.
    #[must_use]
    pub fn new(settings: Settings, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        crypto::install();
        let (fetcher, settings) = (Fetcher::new(transport), Arc::new(settings));
        let issuer = |url: &_| Arc::new(Issuer::new(Clone::clone(url), fetcher.clone(), Arc::clone(&clock)));
        let introspector = |introspection: &_| {
            let introspection = Clone::clone(introspection);
            let (settings, clock) = (Arc::clone(&settings), Arc::clone(&clock));
            Arc::new(Introspector::new(introspection, settings, fetcher.clone(), clock))
        };
        Self {
            issuers: settings.issuers.iter().map(issuer).collect(),
            introspector: settings.introspection.as_ref().map(introspector),
            settings,
            clock,
        }
    }

    /// What was decided about it.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// It is not a valid token for this resource, or that cannot be found out now.
    pub async fn verify(&self, token: &str) -> Result<SignedIn, Refusal> {
        let verified = self.check(token).await;
        if let Err(refusal) = &verified {
            tracing::debug!(?refusal, "a token of the sign-in is refused");
        }
        verified
    }

    async fn check(&self, token: &str) -> Result<SignedIn, Refusal> {
        if token.len() > LONGEST {
            return Err(Refusal::Invalid("the token is longer than 12 KiB"));
        }
        match (Jwt::read(token), &self.introspector) {
            (Some(jwt), _) => self.check_jwt(jwt?).await,
            (None, Some(introspector)) => introspector.verify(token).await,
            (None, None) => Err(Refusal::Invalid("the token is not known here")),
        }
    }

    async fn check_jwt(&self, jwt: Jwt<'_>) -> Result<SignedIn, Refusal> {
        let issuer = self.issuers.iter().find(|issuer| Some(issuer.name()) == jwt.issuer());
        let issuer = issuer.ok_or(Refusal::Invalid("the token is of another issuer"))?;
        let now = self.clock.wall().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let valid_for = jwt.check(&self.settings.resource, now)?;
        let keys = issuer.keys(jwt.key_id(), jwt.algorithm()).await?;
        let claims = jwt.verified_by(&keys).ok_or(Refusal::Invalid("the token's signature is wrong"))?;
        let person = Person::of(issuer.name(), &claims, &self.settings.scopes)?;
        Ok(SignedIn { person: Arc::new(person), valid_for })
    }
}
