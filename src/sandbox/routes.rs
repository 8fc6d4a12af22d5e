//! The routes: OAuth, and the API of each dialect.

mod contacts;
mod current;
mod list;
mod location;
mod lookup;
mod not_found;
mod notes;
mod oauth;
mod recipes;
mod save;
mod search;
mod tags;
mod tasks;

use crate::sandbox::options::Dialect;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::state::State;

/// Answers one request.
pub(crate) async fn serve(state: &State, request: &Request) -> Response {
    match (request.path.starts_with("/oauth/"), state.options.dialect) {
        (true, _) => oauth::serve(state, request),
        (false, Dialect::Current) => current::serve(state, request).await,
        (false, Dialect::Recipe) => recipes::serve(state, request),
    }
}
