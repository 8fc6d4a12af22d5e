//! Which of two routes is asked: the one of the current API, or the article's.

use crate::ghl::client::Scope;
use crate::ghl::endpoint::recipes;
use crate::ghl::model::{Contact, Dialect, Error, Key, Kind, Page};
use crate::ghl::policy::Route;

/// Whether the current API is spoken at present.
pub(crate) fn is_current(scope: &Scope) -> bool {
    scope.client().shared().dialect.dialect() == Dialect::Current
}

/// The answer of a route of the current API; none where this HighLevel speaks the article's dialect and its route is to be
/// asked. `probe` asks the article's search, which only reads: a write never goes out because of a 404 alone.
///
/// # Errors
/// The route's own failure. A 404 of a route that has answered before is a failure of this one request.
pub(crate) async fn current<T>(
    scope: &Scope,
    route: Route,
    answer: Result<T, Error>,
    probe: impl Future<Output = Result<bool, Error>>,
) -> Result<Option<T>, Error> {
    let dialect = &scope.client().shared().dialect;
    let error = match answer {
        Ok(answer) => {
            dialect.answered(route);
            return Ok(Some(answer));
        }
        Err(error) if !error.is_route_missing() => {
            if matches!(error.kind(), Kind::Refused(_) | Kind::Duplicate { .. }) {
                dialect.answered(route);
            }
            return Err(error);
        }
        Err(error) => error,
    };
    if dialect.knows(route) {
        return Err(error.of_a_known_route());
    }
    if dialect.may_change() && (!is_current(scope) || probe.await.unwrap_or(false)) {
        dialect.take_recipe();
        return Ok(None);
    }
    Err(error)
}

/// Whether the article's search answers in its shape. It is asked for a contact that does not matter.
pub(crate) async fn speaks_recipe(scope: &Scope, word: &str) -> Result<bool, Error> {
    recipes::search(scope, "query", word).await.map(|_| true)
}

/// The article's search.
///
/// # Errors
/// HighLevel's failure. Where the route is missing, the next call asks the current API again.
pub(crate) async fn search(scope: &Scope, name: &'static str, value: &str) -> Result<Page, Error> {
    recipes::search(scope, name, value).await.inspect_err(|error| {
        if error.is_route_missing() || error.is_not_found() {
            scope.client().shared().dialect.leave_recipe();
        }
    })
}

/// The contacts that the article's search answers to a key.
///
/// # Errors
/// As [`search`].
pub(crate) async fn find(scope: &Scope, key: Key<'_>) -> Result<Vec<Contact>, Error> {
    let (name, value) = match key {
        Key::Email(email) => ("email", email),
        Key::Phone(phone) => ("phone", phone),
    };
    search(scope, name, value).await?.all()
}
