//! HighLevel's token endpoints, both form-encoded: `POST /oauth/token` and `POST /oauth/locationToken`.
//! The body of an answer is a secret: it is parsed, and stands in no error and in no log.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::ghl::auth::app::App;
use crate::ghl::auth::bearer::bearer_header;
use crate::ghl::auth::grant::{Grant, UserType};
use crate::ghl::model::{Clock, Effect, Error, Kind, LocationId, Missing, Written};
use crate::ghl::policy::{Verdict, decide_for_token};
use crate::ghl::wire::{
    Call, HttpResponse, Limits, Subject, Transport, TransportError, classify, clock_ahead, is_refusal,
    request,
};

/// All attempts of one request together.
const ALL: Duration = Duration::from_secs(20);
/// One of them.
const EACH: Duration = Duration::from_secs(8);
/// A clock that is further off than this many seconds is worth a line in the log.
const SKEW: u64 = 60;

/// Where tokens are asked for, and for which location.
#[derive(Debug, Clone)]
pub struct TokenEndpoint {
    /// HighLevel, or a stand-in.
    pub base_url: Url,
    /// The location that the tokens are for. An agency's token is exchanged for one of it.
    pub location: Option<LocationId>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// What carries the bytes.
    pub transport: Arc<dyn Transport>,
}

/// Why no token came.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The refresh token or the code is spent, revoked or expired.
    InvalidGrant,
    /// The access token that was shown is not accepted.
    Unauthorized,
    /// Anything else.
    Failed(Error),
}

impl TokenEndpoint {
    /// Spends a refresh token.
    pub(crate) async fn refresh(
        &self,
        app: &App,
        token: &SecretString,
        user_type: UserType,
    ) -> Result<Grant, Refusal> {
        let form = [
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose_secret()),
            ("grant_type", "refresh_token"),
            ("refresh_token", token.expose_secret()),
            ("user_type", user_type.as_str()),
        ];
        self.ask("token", None, &form).await
    }

    /// Spends an authorisation code.
    pub(crate) async fn exchange(
        &self,
        app: &App,
        code: &SecretString,
        redirect_uri: &str,
        user_type: UserType,
    ) -> Result<Grant, Refusal> {
        let form = [
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose_secret()),
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("user_type", user_type.as_str()),
            ("redirect_uri", redirect_uri),
        ];
        self.ask("token", None, &form).await
    }

    /// Exchanges an agency's token for one of its sub-account `location`.
    pub(crate) async fn location_token(
        &self,
        agency: &SecretString,
        company: &str,
        location: &LocationId,
    ) -> Result<Grant, Refusal> {
        let form = [("companyId", company), ("locationId", location.as_str())];
        self.ask("locationToken", Some(agency), &form).await
    }

    async fn ask(
        &self,
        route: &'static str,
        bearer: Option<&SecretString>,
        form: &[(&str, &str)],
    ) -> Result<Grant, Refusal> {
        let unusable = || Refusal::Failed(Error::new(Kind::NotConfigured(Missing::Token), Written::No));
        let bearer = bearer.map(|token| bearer_header(token).ok_or_else(unusable)).transpose()?;
        // A read: whatever becomes of a token, nothing changes in the CRM.
        let call = Call::new("oauth.token", Method::POST, Effect::Read, Subject::Token);
        let call = call.at("oauth").at(route).form(form);
        let request = request(&call, &self.base_url, bearer.as_ref(), None).map_err(|_| unusable())?;
        let end = self.clock.now() + ALL;
        let mut attempt = 1;
        loop {
            let mut request = request.clone();
            request.timeout = EACH.min(self.remaining(end));
            let answer = self.transport.send(request).await;
            let refusal = match self.read(&call, answer) {
                Ok(grant) => return Ok(grant),
                Err(refusal) => refusal,
            };
            let Refusal::Failed(error) = &refusal else { return Err(refusal) };
            // Again at once: HighLevel is not overloaded by one request for a token.
            if decide_for_token(attempt, error, self.remaining(end)) == Verdict::GiveUp {
                return Err(refusal);
            }
            tracing::debug!(route, attempt, "no answer from the token endpoint; asking again");
            attempt += 1;
        }
    }

    fn remaining(&self, end: Duration) -> Duration {
        end.saturating_sub(self.clock.now())
    }

    fn read(&self, call: &Call, answer: Result<HttpResponse, TransportError>) -> Result<Grant, Refusal> {
        let limits = answer.as_ref().ok().map(|answer| {
            warn_of_skew(&answer.headers, self.clock.wall());
            Limits::read(&answer.headers, self.clock.wall())
        });
        let refusing = answer.as_ref().ok().filter(|answer| is_refusal(answer));
        let refused = refusing.and_then(|answer| refused(&answer.body));
        let host = self.base_url.host_str().unwrap_or_default();
        let error = match classify(call, host, answer, &limits.unwrap_or_default()) {
            Ok(answer) => match Grant::parse(&answer.body) {
                Some(grant) => return Ok(grant),
                None => Error::new(Kind::Unreadable, Written::No).with_status(answer.status.as_u16()),
            },
            Err(error) => error,
        };
        Err(match (refused, error.kind()) {
            (Some(Refusal::Failed(named)), _) => {
                Refusal::Failed(error.status().into_iter().fold(named, Error::with_status))
            }
            (Some(refusal), _) => refusal,
            (None, Kind::Unauthorized) => Refusal::Unauthorized,
            (None, _) => Refusal::Failed(error.without_words()),
        })
    }
}

/// What the token endpoint alone refuses: known by `error`, and by its words where that names the status only.
fn refused(body: &[u8]) -> Option<Refusal> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let says = |words: &str| {
        let texts = ["error", "error_description", "message"];
        let mut texts = texts.iter().filter_map(|key| body.get(key).and_then(Value::as_str));
        texts.any(|text| text.to_lowercase().replace('_', " ").contains(words))
    };
    if says("invalid grant") || says("refresh token is invalid") {
        return Some(Refusal::InvalidGrant);
    }
    if says("invalid client") || says("unauthorized client") {
        let reason = "HighLevel does not accept the app: check GHL_CLIENT_ID and GHL_CLIENT_SECRET";
        return Some(Refusal::Failed(Error::new(Kind::Authorization(reason.to_owned()), Written::No)));
    }
    None
}

/// In the process the monotonic clock tells a token's age, and a 401 has the last word; on disk it is calendar time.
fn warn_of_skew(headers: &HeaderMap, ours: SystemTime) {
    let off = clock_ahead(headers, ours).map_or(0, i64::unsigned_abs);
    if off > SKEW {
        tracing::warn!(seconds = off, "this machine's clock and HighLevel's are apart");
    }
}

#[cfg(test)]
mod tests;
