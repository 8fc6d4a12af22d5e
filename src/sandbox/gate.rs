//! The checks before any route: Cloudflare's, the limits, the version, the token, the scope and the location.

use crate::sandbox::options::{Dialect, Options};
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::state::{State, lock};

const VERSIONS: &[&str] = &["2021-07-28", "2021-04-15", "2023-02-21", "v3", "legacy"];

/// Checks a request before its route. A request without `needs_token` needs no version either.
pub(crate) fn check(state: &State, request: &Request, needs_token: bool) -> Result<(), Response> {
    if request.header("user-agent").is_none_or(|agent| agent.trim().is_empty()) {
        return Err(Response::html(403, "error code: 1010"));
    }
    check_limits(state)?;
    if !needs_token {
        return Ok(());
    }
    match request.header("version") {
        None => return Err(Response::error(401, "version header was not found.")),
        Some(version) if !VERSIONS.contains(&version) => {
            return Err(Response::error(401, "version header is invalid"));
        }
        Some(_) => {}
    }
    check_token(state, request)
}

/// Counts the request; 429 if it is over a limit.
fn check_limits(state: &State) -> Result<(), Response> {
    let now = state.now();
    let mut budget = lock(&state.budget);
    if budget.spend(now, &state.options) {
        return Ok(());
    }
    let refusal = Response::error(429, "Too Many Requests");
    // The article promises a Retry-After. HighLevel was never observed to send one.
    Err(match state.options.dialect {
        Dialect::Current => refusal,
        Dialect::Recipe => {
            refusal.with_header("retry-after", budget.seconds_left(now, &state.options).to_string())
        }
    })
}

/// 401 if the token is missing, unknown or expired.
fn check_token(state: &State, request: &Request) -> Result<(), Response> {
    let Some(token) = request.bearer() else { return Err(Response::error(401, "Invalid JWT")) };
    if token == state.options.token {
        return Ok(());
    }
    let grants = lock(&state.grants);
    match grants.is_valid(token, state.now()) {
        Some(true) => Ok(()),
        Some(false) => Err(Response::json(
            401,
            serde_json::json!({
                "statusCode": 401, "message": "Invalid token: access token is invalid", "error": "Unauthorized",
            }),
        )),
        None => Err(Response::error(401, "Invalid Private Integration token")),
    }
}

/// 401 if the token lacks a scope. A new token does not help.
pub(crate) fn check_scope(options: &Options, needed: &str) -> Result<(), Response> {
    if options.denied_scopes.iter().any(|denied| denied == needed) {
        return Err(Response::error(401, "The token is not authorized for this scope."));
    }
    Ok(())
}

/// 403 if the location is missing or is not the token's location.
pub(crate) fn check_location(options: &Options, location: Option<&str>) -> Result<(), Response> {
    if location == Some(options.location_id.as_str()) { Ok(()) } else { Err(Response::wrong_location()) }
}
