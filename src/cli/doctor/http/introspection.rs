//! Whether the authorization server can be asked about opaque tokens (RFC 7662).

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::site::Site;
use crate::sign_in::{FetchError, Introspection};

/// The line of the endpoint. It is asked about a token that no one has.
pub(crate) async fn check(site: &Site<'_>, settings: &Introspection) -> Check {
    let id = "http.introspection";
    let check = match site.probe.introspection(settings).await {
        Ok(true) => Check::ok(id, "answers, and accepts this server's client id and secret"),
        Ok(false) => Check::failed(
            id,
            "answers, but not whether a token is active",
            "Check --oauth-introspection: the metadata of the authorization server names it introspection_endpoint.",
        ),
        Err(error @ FetchError::Status(_, 400..=403)) => Check::failed(
            id,
            format!("refuses this server: {error}"),
            "Check GHL_MCP_OAUTH_CLIENT_ID and GHL_MCP_OAUTH_CLIENT_SECRET, and that this client may introspect, with its secret in the header (client_secret_basic).",
        ),
        Err(error) => Check::failed(
            id,
            error.to_string(),
            "Check --oauth-introspection, and that this machine reaches it: without it no opaque token is accepted.",
        ),
    };
    check.named("introspection").value("endpoint", settings.endpoint.as_str())
}
