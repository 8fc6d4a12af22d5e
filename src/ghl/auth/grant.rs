//! What HighLevel grants an app: read from the token endpoint, kept in the store.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ghl::auth::store_error::StoreError;

/// The store's own format.
const VERSION: u32 = 1;
/// HighLevel's access tokens live 86,399 s; assumed where an answer does not say.
const DAY: Duration = Duration::from_secs(86_399);
/// A shorter lifetime in an answer is raised to this, or the token would be renewed for each call. Where it does live
/// shorter, a 401 says so. A token is used for half of so short a life.
const SHORTEST: Duration = Duration::from_secs(120);
/// A longer lifetime in an answer is cut to this.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// What a token gives access to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserType {
    /// One sub-account.
    Location,
    /// An agency: its token is exchanged for one of a sub-account.
    Company,
}

impl UserType {
    /// HighLevel's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Location => "Location",
            Self::Company => "Company",
        }
    }
}

/// An access token and what comes with it.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) access: SecretString,
    pub(crate) refresh: Option<SecretString>,
    /// From its issue to its end; at least two minutes.
    pub(crate) lifetime: Duration,
    /// The same as HighLevel said it, which may be no time at all.
    pub(crate) stated: Duration,
    pub(crate) user_type: UserType,
    pub(crate) company: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) scope: Option<String>,
}

/// A grant as a store gives it.
#[derive(Debug)]
pub(crate) struct KeptGrant {
    pub(crate) grant: Grant,
    /// How long its access token still lasts.
    pub(crate) left: Duration,
    /// When it was made, since 1970.
    pub(crate) issued: Duration,
}

/// As the token endpoint answers; every name is one of HighLevel's. Each value is read for itself: one of another type
/// must not cost the grant, since the refresh token before it is spent.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default)]
    refresh_token: Value,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    scope: Value,
    #[serde(default, rename = "userType")]
    user_type: Value,
    #[serde(default, rename = "companyId")]
    company_id: Value,
    #[serde(default, rename = "locationId")]
    location_id: Value,
}

/// As it stands in the store.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    version: u32,
    client_id: std::borrow::Cow<'a, str>,
    access_token: std::borrow::Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<std::borrow::Cow<'a, str>>,
    /// Seconds since 1970.
    expires_at: u64,
    /// Seconds.
    expires_in: u64,
    #[serde(rename = "userType")]
    user_type: UserType,
    #[serde(rename = "companyId", skip_serializing_if = "Option::is_none")]
    company_id: Option<String>,
    #[serde(rename = "locationId", skip_serializing_if = "Option::is_none")]
    location_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

impl Grant {
    /// `None` where the body is not a grant. The reason is not given: serde's message could quote a token.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let answer: Answer = serde_json::from_slice(body).ok()?;
        // Numbers come as text at times.
        let seconds = match answer.expires_in {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let stated = seconds.map_or(DAY, Duration::from_secs).min(LONGEST);
        Some(Self {
            access: token(answer.access_token)?,
            refresh: text(answer.refresh_token).and_then(token),
            lifetime: stated.max(SHORTEST),
            stated,
            user_type: serde_json::from_value(answer.user_type).unwrap_or(UserType::Location),
            company: text(answer.company_id),
            location: text(answer.location_id),
            scope: text(answer.scope),
        })
    }

    /// A refreshed grant, completed by the old one: what an answer leaves out stays as it was.
    pub(crate) fn after(self, old: &Self) -> Self {
        Self {
            refresh: self.refresh.or_else(|| old.refresh.clone()),
            company: self.company.or_else(|| old.company.clone()),
            location: self.location.or_else(|| old.location.clone()),
            scope: self.scope.or_else(|| old.scope.clone()),
            user_type: old.user_type,
            ..self
        }
    }

    /// The store's content. `ends` is the calendar time of the access token's end.
    pub(crate) fn to_store(&self, client_id: &str, ends: SystemTime) -> SecretSlice<u8> {
        let stored = Stored {
            version: VERSION,
            client_id: client_id.into(),
            access_token: self.access.expose_secret().into(),
            refresh_token: self.refresh.as_ref().map(|token| token.expose_secret().into()),
            expires_at: ends.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
            expires_in: self.lifetime.as_secs(),
            user_type: self.user_type,
            company_id: self.company.clone(),
            location_id: self.location.clone(),
            scope: self.scope.clone(),
        };
        let mut text = serde_json::to_vec_pretty(&stored).unwrap_or_default();
        text.push(b'\n');
        SecretSlice::from(text)
    }

    /// The grant in the store; its access token lasts from `wall` on for what is left. A clock that was set back does not
    /// make it live longer than it was granted for.
    pub(crate) fn from_store(
        text: &SecretSlice<u8>,
        client_id: &str,
        wall: SystemTime,
    ) -> Result<KeptGrant, StoreError> {
        let stored: Stored<'_> =
            serde_json::from_slice(text.expose_secret()).map_err(|_| StoreError::Corrupt)?;
        if stored.version != VERSION {
            return Err(StoreError::Corrupt);
        }
        if stored.client_id != client_id {
            return Err(StoreError::OtherApp);
        }
        let ends = Duration::from_secs(stored.expires_at);
        let left = ends.saturating_sub(wall.duration_since(UNIX_EPOCH).unwrap_or_default());
        let lifetime = Duration::from_secs(stored.expires_in).min(LONGEST);
        let grant = Self {
            access: token(stored.access_token.into_owned()).ok_or(StoreError::Corrupt)?,
            refresh: stored.refresh_token.and_then(|text| token(text.into_owned())),
            lifetime,
            stated: lifetime,
            user_type: stored.user_type,
            company: stored.company_id,
            location: stored.location_id,
            scope: stored.scope,
        };
        Ok(KeptGrant { grant, left: left.min(lifetime), issued: ends.saturating_sub(lifetime) })
    }
}

fn text(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}

/// Visible ASCII, or it cannot stand in a header.
fn token(text: String) -> Option<SecretString> {
    let good = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    good.then(|| SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"access_token":"at","token_type":"Bearer","expires_in":86399,"refresh_token":"rt",
        "scope":"contacts.readonly","userType":"Company","companyId":"co","planId":"x","isBulkInstallation":true}"#;

    #[test]
    fn an_answer_survives_the_store() {
        let grant = Grant::parse(ANSWER.as_bytes()).unwrap();
        let wall = UNIX_EPOCH + Duration::from_secs(1_780_304_400);
        let text = grant.to_store("app", wall + grant.lifetime);
        let KeptGrant { grant: read, left, issued } = Grant::from_store(&text, "app", wall).unwrap();
        assert_eq!(read.access.expose_secret(), "at");
        assert_eq!(read.refresh.unwrap().expose_secret(), "rt");
        assert_eq!((read.user_type, read.company.as_deref()), (UserType::Company, Some("co")));
        assert_eq!((left, UNIX_EPOCH + issued), (Duration::from_secs(86_399), wall));
        let other = Grant::from_store(&text, "another", wall).unwrap_err();
        assert!(matches!(other, StoreError::OtherApp));
    }

    #[test]
    fn a_clock_set_back_does_not_lengthen_a_token_and_one_set_forward_ends_it() {
        let grant = Grant::parse(ANSWER.as_bytes()).unwrap();
        let wall = UNIX_EPOCH + Duration::from_secs(1_780_304_400);
        let text = grant.to_store("app", wall + grant.lifetime);
        let left = |wall| Grant::from_store(&text, "app", wall).unwrap().left;
        assert_eq!(left(wall - Duration::from_secs(3_600)), grant.lifetime);
        assert_eq!(left(wall + Duration::from_secs(3_600)), Duration::from_secs(86_399 - 3_600));
        assert_eq!(left(wall + Duration::from_secs(100_000)), Duration::ZERO);
        assert_eq!(left(UNIX_EPOCH), grant.lifetime);
    }

    #[test]
    fn an_answer_that_leaves_things_out_keeps_the_old_ones() {
        let mut old = Grant::parse(ANSWER.as_bytes()).unwrap();
        old.location = Some("loc".to_owned());
        let new = Grant::parse(br#"{"access_token":"new","expires_in":"60"}"#).unwrap().after(&old);
        assert_eq!((new.location.as_deref(), new.scope.as_deref()), (Some("loc"), Some("contacts.readonly")));
        assert_eq!(new.access.expose_secret(), "new");
        assert_eq!(new.refresh.unwrap().expose_secret(), "rt");
        assert_eq!((new.user_type, new.lifetime), (UserType::Company, SHORTEST));
    }

    #[test]
    fn an_odd_value_costs_itself_and_not_the_grant() {
        for odd in ["null", "7", "true", "[]", "{}", "\"\"", "\"agency\"", "-1", "1.5", "1e20"] {
            let odd: Value = serde_json::from_str(odd).unwrap();
            for name in ["refresh_token", "expires_in", "scope", "userType", "companyId", "locationId"] {
                let mut answer: Value = serde_json::from_str(ANSWER).unwrap();
                answer[name] = odd.clone();
                let grant = Grant::parse(answer.to_string().as_bytes());
                assert_eq!(grant.unwrap().access.expose_secret(), "at", "{name}: {odd}");
            }
        }
    }

    #[test]
    fn a_lifetime_of_nothing_is_not_believed() {
        for seconds in ["0", "\"0\"", "1", "119"] {
            let answer = format!(r#"{{"access_token":"a","expires_in":{seconds}}}"#);
            assert_eq!(Grant::parse(answer.as_bytes()).unwrap().lifetime, SHORTEST, "{seconds}");
        }
        let answer = br#"{"access_token":"a","expires_in":121}"#;
        assert_eq!(Grant::parse(answer).unwrap().lifetime, Duration::from_secs(121));
    }

    #[test]
    fn other_bodies_are_no_grant_and_long_lifetimes_are_cut() {
        for body in ["", "{}", "[]", r#"{"access_token":""}"#, r#"{"access_token":"a b"}"#] {
            assert!(Grant::parse(body.as_bytes()).is_none(), "{body}");
        }
        let long = Grant::parse(br#"{"access_token":"a","expires_in":18446744073709551615}"#).unwrap();
        assert_eq!(long.lifetime, LONGEST);
        assert_eq!(Grant::parse(br#"{"access_token":"a","expires_in":-1}"#).unwrap().lifetime, DAY);
    }

    #[test]
    fn highlevel_is_asked_with_the_word_it_answers_with() {
        for (user_type, word) in [(UserType::Location, "Location"), (UserType::Company, "Company")] {
            let answer = serde_json::json!({"access_token": "a", "userType": user_type.as_str()}).to_string();
            assert_eq!(
                (Grant::parse(answer.as_bytes()).unwrap().user_type, user_type.as_str()),
                (user_type, word)
            );
        }
    }

    #[test]
    fn half_a_store_is_corrupt() {
        let grant = Grant::parse(ANSWER.as_bytes()).unwrap();
        let whole = grant.to_store("app", UNIX_EPOCH);
        let half = whole.expose_secret()[..whole.expose_secret().len() / 2].to_vec();
        let torn = Grant::from_store(&half.into(), "app", UNIX_EPOCH).unwrap_err();
        assert!(matches!(torn, StoreError::Corrupt));
    }
}
