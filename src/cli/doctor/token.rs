//! The line about the token: what it is by its form, and whether HighLevel accepts it.

use std::time::SystemTime;

use crate::cli::doctor::check::Check;
use crate::cli::doctor::target::Target;
use crate::cli::doctor::words::{failure, time, with_advice};
use crate::contacts::CheckUp;
use crate::ghl::auth::TokenKind;
use crate::ghl::{Clock as _, Error, Kind, SystemClock};

const ID: &str = "token";
/// How a token of a sub-account is made.
const MAKE: &str = "make one in the sub-account (not the agency): Settings > Private Integrations";

/// The line about the token of `target`.
pub(crate) fn check(target: &Target, checked: &CheckUp) -> Check {
    let kind = target.credential.kind();
    let first = checked.location.as_ref().and_then(|first| first.as_ref().err());
    let check = match first.map(|error| (error, error.kind())) {
        Some((_, Kind::NotConfigured(_))) => match kind {
            TokenKind::Missing => Check::skipped(ID, "not set"),
            _ => Check::skipped(ID, format!("{}; not tried: there is no location", described(kind))),
        },
        Some((error, Kind::Unauthorized)) => {
            Check::failed(ID, format!("{}; {error}", described(kind)), when_refused(kind))
        }
        Some((error, Kind::Authorization(_))) => authorization(error),
        Some((error, Kind::TokensAway)) => Check::skipped(ID, error.to_string()),
        Some((_, failed)) if says_nothing_of_the_token(failed) && !checked.has_an_answer() => {
            Check::skipped(ID, format!("{}; not known whether it is valid", described(kind)))
        }
        _ if is_of_an_agency(kind, checked) => Check::failed(
            ID,
            format!("{}: it is an agency's, and may not use contacts", described(kind)),
            format!("Use a token of the sub-account: {MAKE}."),
        ),
        _ => accepted(kind),
    };
    check.value("kind", name(kind))
}

fn accepted(kind: TokenKind) -> Check {
    match kind {
        TokenKind::AccessToken { ends, .. } => {
            let left = ends.and_then(|ends| ends.duration_since(now()).ok());
            let left = left.map_or_else(|| "within a day".to_owned(), |left| format!("in {}", time(left)));
            Check::warning(
                ID,
                format!("{}, accepted; it ends {left}, and is not renewed", described(kind)),
                format!(
                    "Use a private integration token ({MAKE}), or `ghl-contacts-mcp login`, which renews the tokens of an app."
                ),
            )
        }
        _ => Check::ok(ID, format!("{}, accepted by HighLevel", described(kind))),
    }
}

fn when_refused(kind: TokenKind) -> String {
    match kind {
        TokenKind::DamagedPrivateIntegration => {
            "Copy the whole token again: pit- and 36 characters. HighLevel shows it once; rotate it there if it is gone.".to_owned()
        }
        TokenKind::Unknown => format!("Use a private integration token, which begins with pit-: {MAKE}."),
        TokenKind::ApiKeyV1 => format!("Keys of API v1 are not valid here. Use a private integration token: {MAKE}."),
        TokenKind::AccessToken { .. } => format!(
            "An app's access token is valid for a day. Use a private integration token ({MAKE}), or `ghl-contacts-mcp login`."
        ),
        TokenKind::App => "Run `ghl-contacts-mcp login` to authorise the app again.".to_owned(),
        TokenKind::PrivateIntegration | TokenKind::Missing => {
            "It was revoked, rotated or mistyped. In the sub-account, Settings > Private Integrations: make or rotate one, and set GHL_PIT_TOKEN to it.".to_owned()
        }
    }
}

fn authorization(error: &Error) -> Check {
    let (said, _) = failure(error);
    match with_advice(&said) {
        Some((seen, todo)) => Check::failed(ID, seen, todo),
        None => Check::failed(ID, said, "Run `ghl-contacts-mcp login` to authorise the app again."),
    }
}

fn is_of_an_agency(kind: TokenKind, checked: &CheckUp) -> bool {
    let refused = |error: Option<&Error>| error.is_some_and(Error::refuses_the_kind_of_token);
    matches!(kind, TokenKind::AccessToken { agency: true, .. })
        || refused(checked.location.as_ref().and_then(|probe| probe.as_ref().err()))
        || refused(checked.contacts.as_ref().and_then(|probe| probe.as_ref().err()))
}

/// Whether HighLevel has not looked at the token, or it is not known.
fn says_nothing_of_the_token(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Unreachable
            | Kind::Tls
            | Kind::Blocked
            | Kind::Lost
            | Kind::Redirected
            | Kind::Unavailable
            | Kind::RateLimited
            | Kind::DailyLimit
            | Kind::RouteMissing
            | Kind::OutOfTime
            | Kind::Cancelled
            | Kind::TooLarge
            | Kind::Unreadable
            | Kind::Busy
    )
}

fn described(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Missing => "none",
        TokenKind::App => "an app's access token",
        TokenKind::PrivateIntegration => "a private integration token",
        TokenKind::DamagedPrivateIntegration => {
            "a private integration token that is not whole (pit- and a UUID)"
        }
        TokenKind::AccessToken { agency: true, .. } => "an agency's access token",
        TokenKind::AccessToken { agency: false, .. } => "an app's access token, set by hand",
        TokenKind::ApiKeyV1 => "a key of HighLevel's API v1",
        TokenKind::Unknown => "a token of unknown kind",
    }
}

/// The kind for programs.
fn name(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Missing => "missing",
        TokenKind::App => "app",
        TokenKind::PrivateIntegration => "privateIntegration",
        TokenKind::DamagedPrivateIntegration => "damagedPrivateIntegration",
        TokenKind::AccessToken { agency: true, .. } => "agencyAccessToken",
        TokenKind::AccessToken { agency: false, .. } => "accessToken",
        TokenKind::ApiKeyV1 => "apiKeyV1",
        TokenKind::Unknown => "unknown",
    }
}

fn now() -> SystemTime {
    SystemClock::default().wall()
}
