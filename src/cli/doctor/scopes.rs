//! One line for each scope, by the name that HighLevel's settings page and README give it.

use crate::cli::doctor::check::Check;
use crate::cli::doctor::target::Target;
use crate::cli::doctor::words::{counted, failure};
use crate::contacts::CheckUp;
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
    let line = |scope: &Scope, outcome: Outcome<'_>| match outcome {
        Outcome::NotAsked => Check::skipped(scope.name, why),
        Outcome::Granted(None) => Check::ok(scope.name, "granted"),
        Outcome::Granted(Some((count, noun))) => {
            Check::ok(scope.name, format!("granted; {}", counted(count, noun))).value("count", count)
        }
        Outcome::Failed(error) => failed(scope, error, is_app),
    };
    let location = match first {
        // The line of the connection, the token or the location says it.
        Some(error) if not_about_a_scope(error) => Outcome::NotAsked,
        _ => Outcome::of(checked.location.as_ref()),
    };
    let lines = vec![
        line(&READ, Outcome::of(checked.contacts.as_ref())),
        write(target, checked, first, is_app),
        line(&LOCATION, location),
        line(&FIELDS, Outcome::of_list(checked.custom_fields.as_ref(), "custom field")),
        line(&TAGS, Outcome::of_list(checked.tags.as_ref(), "tag")),
        line(&USERS, Outcome::of_list(checked.users.as_ref(), "user")),
    ];
    lines.into_iter().map(|check| Check { id: format!("scope.{}", check.id), ..check }).collect()
}

/// What came of the request that needs a scope.
enum Outcome<'a> {
    NotAsked,
    /// With how many there are of what was listed.
    Granted(Option<(usize, &'static str)>),
    Failed(&'a Error),
}

impl<'a> Outcome<'a> {
    fn of<T>(answer: Option<&'a Result<T, Error>>) -> Self {
        match answer {
            None => Self::NotAsked,
            Some(Ok(_)) => Self::Granted(None),
            Some(Err(error)) => Self::Failed(error),
        }
    }

    fn of_list(answer: Option<&'a Result<usize, Error>>, noun: &'static str) -> Self {
        match answer {
            Some(Ok(count)) => Self::Granted(Some((*count, noun))),
            _ => Self::of(answer),
        }
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
        Kind::TokensAway => "not asked: the token is in the store, which does not serve",
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
