//! One line for each scope, by the name that HighLevel's settings page and README give it.

use crate::cli::doctor::check::Check;
use crate::cli::doctor::target::Target;
use crate::cli::doctor::words::{counted, failure};
use crate::contacts::{CheckUp, Probe};
use crate::ghl::auth::{TokenKind, scope};
use crate::ghl::{Error, Kind};

/// A scope, and what does not work without it.
struct Scope {
    name: &'static str,
    without: &'static str,
    /// Whether the tools do without it.
    optional: bool,
}

const READ: Scope = Scope { name: scope::CONTACTS_READ, without: "no tool works", optional: false };
const WRITE: Scope = Scope { name: scope::CONTACTS_WRITE, without: "no tool can write", optional: false };
const LOCATION: Scope = Scope {
    name: scope::LOCATION,
    without: "phones without a country code are refused, and the duplicate policy is not known",
    optional: true,
};
const FIELDS: Scope =
    Scope { name: scope::CUSTOM_FIELDS, without: "custom fields go by id, unchecked", optional: true };
const TAGS: Scope = Scope { name: scope::TAGS, without: "no warning that a tag is new", optional: true };
const USERS: Scope =
    Scope { name: scope::USERS, without: "assignedTo takes an id only, unchecked", optional: true };

/// The lines of all scopes.
pub(crate) fn checks(target: &Target, checked: &CheckUp) -> Vec<Check> {
    let first = checked.location.as_ref().and_then(|first| first.as_ref().err());
    let why = first.map_or("not asked", not_asked);
    let is_app = target.credential.kind() == TokenKind::App;
    let line = |scope: &Scope, error: Option<Option<&Error>>, granted: String| match error {
        None => Check::skipped(scope.name, why),
        Some(None) => Check::ok(scope.name, granted),
        Some(Some(error)) => failed(scope, error, is_app),
    };
    let granted = || "granted".to_owned();
    let lines = vec![
        line(&READ, outcome(&checked.contacts), granted()),
        write(target, checked, first, is_app),
        match first {
            // The line of the connection, the token or the location says it.
            Some(error) if not_about_a_scope(error) => Check::skipped(LOCATION.name, why),
            _ => line(&LOCATION, outcome(&checked.location), granted()),
        },
        listed(
            line(&FIELDS, outcome(&checked.custom_fields), granted()),
            &checked.custom_fields,
            "custom field",
        ),
        listed(line(&TAGS, outcome(&checked.tags), granted()), &checked.tags, "tag"),
        listed(line(&USERS, outcome(&checked.users), granted()), &checked.users, "user"),
    ];
    lines.into_iter().map(|check| Check { id: format!("scope.{}", check.id), ..check }).collect()
}

/// Whether the request was sent, and how it failed.
fn outcome<T>(probe: &Probe<T>) -> Option<Option<&Error>> {
    probe.as_ref().map(|answer| answer.as_ref().err())
}

/// The line of a list, with its length.
fn listed(check: Check, probe: &Probe<usize>, noun: &str) -> Check {
    match probe {
        Some(Ok(count)) => {
            let seen = format!("{}; {}", check.seen, counted(*count, noun));
            Check { seen, ..check }.value("count", *count)
        }
        _ => check,
    }
}

fn write(target: &Target, checked: &CheckUp, first: Option<&Error>, is_app: bool) -> Check {
    let name = WRITE.name;
    match &checked.write {
        Some(Ok(())) => {
            Check::ok(name, "granted (asked by taking no tag from a contact that does not exist)")
        }
        Some(Err(error)) => failed(&WRITE, error, is_app),
        None if target.read_only => Check::skipped(name, "not needed: the server only reads"),
        None => match first {
            Some(error) if not_about_a_scope(error) => Check::skipped(name, not_asked(error)),
            _ => {
                Check::skipped(name, "not known: this HighLevel has no request that shows it without writing")
            }
        },
    }
}

fn failed(scope: &Scope, error: &Error, is_app: bool) -> Check {
    let Scope { name, without, optional } = *scope;
    let (seen, todo) = match error.kind() {
        Kind::ScopeMissing if error.refuses_the_kind_of_token() => {
            (error.to_string(), "See the line `token`.".to_owned())
        }
        Kind::ScopeMissing if is_app => (
            format!("the app's token lacks this scope: {without}"),
            format!("Add {name} to the app in HighLevel's Marketplace, then run `ghl-contacts-mcp login`."),
        ),
        Kind::ScopeMissing => (
            format!("the token lacks this scope: {without}"),
            format!(
                "In HighLevel, Settings > Private Integrations, edit the integration and add {name}. The token stays the same."
            ),
        ),
        _ => failure(error),
    };
    if optional && matches!(error.kind(), Kind::ScopeMissing | Kind::RouteMissing) {
        Check::warning(name, seen, todo)
    } else {
        Check::failed(name, seen, todo)
    }
}

/// Why nothing more was asked after the first request failed so.
fn not_asked(error: &Error) -> &'static str {
    match error.kind() {
        Kind::NotConfigured(_) => "not asked: token or location is not set",
        Kind::Unauthorized | Kind::Authorization(_) => "not asked: the token is not accepted",
        Kind::WrongLocation => "not asked: the token does not reach the location",
        Kind::RateLimited | Kind::DailyLimit => "not asked: the quota is used up",
        Kind::Unreachable | Kind::Tls | Kind::Blocked | Kind::Lost | Kind::Redirected => {
            "not asked: HighLevel does not answer"
        }
        _ => "not asked",
    }
}

/// Whether the first request failed for a reason that another line tells.
fn not_about_a_scope(error: &Error) -> bool {
    !matches!(
        error.kind(),
        Kind::ScopeMissing
            | Kind::Unavailable
            | Kind::RouteMissing
            | Kind::Unreadable
            | Kind::OutOfTime
            | Kind::TooLarge
    )
}
