//! HighLevel's token endpoints, both form-encoded: `POST /oauth/token` and `POST /oauth/locationToken`.
//! The body of an answer is a secret: it is parsed, and stands in no error and in no log.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::form_urlencoded::Serializer;

use crate::ghl::auth::grant::{Grant, UserType};
use crate::ghl::auth::oauth::App;
use crate::ghl::auth::{Failed, bearer_header};
use crate::ghl::client::Settings;
use crate::ghl::error::Kind;
use crate::ghl::http::{AGENT, Broken, Incoming, Outgoing, VERSION, why};
use crate::ghl::id::LocationId;

/// Sends of one and the same form: the first, and two more where its answer was lost. HighLevel answers a refresh
/// that is repeated within 30 s as it did the first time (its change log, "Smarter Refresh Token Handling").
const SENDS: u32 = 3;
/// All of them together.
const ALL: Duration = Duration::from_secs(20);
/// One of them.
const EACH: Duration = Duration::from_secs(8);
/// Less time than this is not worth a send.
const SHORTEST: Duration = Duration::from_secs(1);
/// A clock that is further off than this is worth a line in the log.
const SKEW: Duration = Duration::from_secs(60);

/// Why no token came.
#[derive(Debug)]
pub(in crate::ghl::auth) enum Refusal {
    /// The refresh token or the code is spent, revoked or expired.
    InvalidGrant,
    /// The access token that was shown is not accepted.
    Unauthorized,
    /// Anything else.
    Failed(Failed),
}

impl Refusal {
    fn failed(kind: Kind, status: StatusCode) -> Self {
        Self::Failed(Failed { status: Some(status.as_u16()), ..Failed::new(kind) })
    }
}

/// Spends a refresh token.
pub(in crate::ghl::auth) async fn refresh(
    settings: &Settings,
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
    ask(settings, "token", None, &form).await
}

/// Spends an authorisation code.
pub(in crate::ghl::auth) async fn exchange(
    settings: &Settings,
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
    ask(settings, "token", None, &form).await
}

/// An agency's token for one of its sub-accounts.
pub(in crate::ghl::auth) async fn location_token(
    settings: &Settings,
    agency: &SecretString,
    company: &str,
    location: &LocationId,
) -> Result<Grant, Refusal> {
    let form = [("companyId", company), ("locationId", location.as_str())];
    ask(settings, "locationToken", Some(agency), &form).await
}

async fn ask(
    settings: &Settings,
    route: &'static str,
    bearer: Option<&SecretString>,
    form: &[(&str, &str)],
) -> Result<Grant, Refusal> {
    let unusable = || Refusal::Failed(Failed::new(Kind::NotConfigured));
    let mut url = settings.base_url.clone();
    url.path_segments_mut().map_err(|()| unusable())?.pop_if_empty().extend(["oauth", route]);
    let mut headers = HeaderMap::with_capacity(5);
    headers.insert("version", HeaderValue::from_static(VERSION));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    if let Some(bearer) = bearer {
        headers.insert(AUTHORIZATION, bearer_header(bearer).ok_or_else(unusable)?);
    }
    let body = Bytes::from(Serializer::new(String::new()).extend_pairs(form).finish());
    let first = settings.clock.now();
    let mut sends = 0;
    loop {
        sends += 1;
        let left = ALL.saturating_sub(settings.clock.now().saturating_sub(first));
        let request = Outgoing {
            method: Method::POST,
            url: url.clone(),
            headers: headers.clone(),
            body: Some(body.clone()),
            timeout: EACH.min(left),
        };
        let answer = settings.transport.send(request).await;
        let left = ALL.saturating_sub(settings.clock.now().saturating_sub(first));
        match read(answer, settings) {
            Err(Verdict::Again(refusal)) if sends == SENDS || left < SHORTEST => return Err(refusal),
            Err(Verdict::Again(_)) => {
                tracing::debug!(route, sends, "no answer from the token endpoint; again");
            }
            Err(Verdict::Final(refusal)) => return Err(refusal),
            Ok(grant) => return Ok(grant),
        }
    }
}

enum Verdict {
    /// The answer was lost: the same form may be sent once more.
    Again(Refusal),
    Final(Refusal),
}

fn read(answer: Result<Incoming, Broken>, settings: &Settings) -> Result<Grant, Verdict> {
    let again = |kind| Verdict::Again(Refusal::Failed(Failed::new(kind)));
    let host = settings.base_url.host_str().unwrap_or_default();
    let not_sent = |kind, source: &(dyn std::error::Error + 'static)| {
        Refusal::Failed(Failed { reason: Some(why(host, source)), ..Failed::new(kind) })
    };
    let answer = answer.map_err(|broken| match broken {
        Broken::NotConnected(source) => Verdict::Again(not_sent(Kind::Unreachable, &*source)),
        Broken::Tls(source) => Verdict::Final(not_sent(Kind::Tls, &*source)),
        Broken::NoAnswer | Broken::CutOff(_) => again(Kind::Lost),
        Broken::TooLarge(status) => Verdict::Final(Refusal::failed(Kind::TooLarge, status)),
    })?;
    warn_of_skew(&answer.headers, settings.clock.wall());
    let status = answer.status;
    if status.is_success() {
        let unreadable = || Verdict::Again(Refusal::failed(Kind::Unreadable, status));
        return Grant::parse(&answer.body).ok_or_else(unreadable);
    }
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return Err(Verdict::Again(Refusal::failed(Kind::Unavailable, status)));
    }
    Err(Verdict::Final(refused(status, &answer.body)))
}

/// HighLevel's answer is known by `error`, and by its words where that names the status only.
fn refused(status: StatusCode, body: &[u8]) -> Refusal {
    let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let said = |words: &str| {
        let texts = ["error", "error_description", "message"];
        let mut texts = texts.iter().filter_map(|key| body.get(key).and_then(Value::as_str));
        texts.any(|text| text.to_lowercase().replace('_', " ").contains(words))
    };
    if said("invalid grant") || said("refresh token is invalid") {
        return Refusal::InvalidGrant;
    }
    if said("invalid client") || said("unauthorized client") {
        let reason = "HighLevel does not accept the app: check GHL_CLIENT_ID and GHL_CLIENT_SECRET";
        return Refusal::failed(Kind::Authorization(reason.to_owned()), status);
    }
    match status.as_u16() {
        401 if said("scope") => Refusal::failed(Kind::ScopeMissing, status),
        401 => Refusal::Unauthorized,
        403 if said("location") => Refusal::failed(Kind::WrongLocation, status),
        403 if body.is_null() => Refusal::failed(Kind::Blocked, status),
        403 => Refusal::failed(Kind::ScopeMissing, status),
        404 => Refusal::failed(Kind::RouteMissing, status),
        429 => Refusal::failed(Kind::RateLimited, status),
        300..=399 => Refusal::failed(Kind::Redirected, status),
        _ => Refusal::failed(Kind::Refused(Vec::new()), status),
    }
}

/// In the process the monotonic clock tells a token's age, and a 401 has the last word; on disk it is calendar time.
fn warn_of_skew(headers: &HeaderMap, ours: SystemTime) {
    let date = headers.get(DATE).and_then(|value| value.to_str().ok());
    let Some(theirs) = date.and_then(|text| httpdate::parse_http_date(text).ok()) else { return };
    let off = ours.duration_since(theirs).or_else(|_| theirs.duration_since(ours)).unwrap_or_default();
    if off > SKEW {
        tracing::warn!(seconds = off.as_secs(), "this machine's clock and HighLevel's are apart");
    }
}

#[cfg(test)]
mod tests;
