//! What a request must pass before any route looks at it: Cloudflare, the send budget, version and token.

use crate::sandbox::options::{Dialect, Options};
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::state::{State, lock};

const VERSIONS: &[&str] = &["2021-07-28", "2021-04-15", "2023-02-21", "v3", "legacy"];

/// Lets a request pass to the routes or answers it. `oauth` requests carry no token and need no version.
pub(crate) fn pass(state: &State, request: &Request, oauth: bool) -> Result<(), Response> {
    if request.header("user-agent").is_none_or(|agent| agent.trim().is_empty()) {
        return Err(Response::html(403, "error code: 1010"));
    }
    budget(state)?;
    if oauth {
        return Ok(());
    }
    match request.header("version") {
        None => return Err(Response::refuse(401, "version header was not found.")),
        Some(version) if !VERSIONS.contains(&version) => {
            return Err(Response::refuse(401, "version header is invalid"));
        }
        Some(_) => {}
    }
    token(state, request)
}

fn budget(state: &State) -> Result<(), Response> {
    let now = state.now();
    let mut budget = lock(&state.budget);
    if budget.take(now, &state.options) {
        return Ok(());
    }
    let refusal = Response::refuse(429, "Too Many Requests");
    // The article promises a Retry-After; HighLevel itself was never seen sending one.
    Err(match state.options.dialect {
        Dialect::Current => refusal,
        Dialect::Recipe => {
            refusal.with_header("retry-after", budget.seconds_left(now, &state.options).to_string())
        }
    })
}

fn token(state: &State, request: &Request) -> Result<(), Response> {
    let Some(token) = request.bearer() else { return Err(Response::refuse(401, "Invalid JWT")) };
    if token == state.options.token {
        return Ok(());
    }
    let grants = lock(&state.grants);
    match grants.knows(token, state.now()) {
        Some(true) => Ok(()),
        Some(false) => Err(Response::json(
            401,
            serde_json::json!({
                "statusCode": 401, "message": "Invalid token: access token is invalid", "error": "Unauthorized",
            }),
        )),
        None => Err(Response::refuse(401, "Invalid Private Integration token")),
    }
}

/// 401 where the token lacks a scope; refreshing does not help.
pub(crate) fn scope(options: &Options, needed: &str) -> Result<(), Response> {
    if options.denied_scopes.iter().any(|denied| denied == needed) {
        return Err(Response::refuse(401, "The token is not authorized for this scope."));
    }
    Ok(())
}

/// 403 where the location is missing or not the token's own.
pub(crate) fn location(options: &Options, given: Option<&str>) -> Result<(), Response> {
    if given == Some(options.location_id.as_str()) { Ok(()) } else { Err(Response::foreign_location()) }
}
