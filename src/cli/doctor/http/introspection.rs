//! Whether the authorization server can be asked about opaque tokens (RFC 7662).

use crate::cli::doctor::check::Check;
use crate::sign_in::{FetchError, Introspection};

/// The line of the endpoint. `answer` is to a question about a token that no one has.
pub(crate) fn check(settings: &Introspection, answer: Result<bool, FetchError>) -> Check {
    let id = "http.introspection";
    let check = match answer {
        Ok(true) => Check::ok(id, "answers, and accepts this server's client id and secret"),
        Ok(false) => Check::failed(
            id,
            "answers, but not whether a token is active",
            "Check --oauth-introspection: the metadata of the authorization server names it introspection_endpoint.",
        ),
        Err(error @ FetchError::Status(_, 400..=403)) => Check::failed(
            id,
            format_args!("refuses this server: {error}"),
            "Check GHL_MCP_OAUTH_CLIENT_ID and GHL_MCP_OAUTH_CLIENT_SECRET, and that this client may introspect, with its secret in the header (client_secret_basic).",
        ),
        Err(error) => Check::failed(
            id,
            format_args!("{error}"),
            "Check --oauth-introspection, and that this machine reaches it: without it no opaque token is accepted.",
        ),
    };
    check.named("introspection").value("endpoint", settings.endpoint.as_str())
}
