//! What the metadata of an authorization server says that connectors need (RFC 8414).

use serde_json::{Map, Value};

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::answer::shown;
use crate::sign_in::Settings;

/// Where Claude sends the browser back to.
const CLAUDE: [&str; 2] =
    ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"];
/// The same of `ChatGPT`: each app has an id of its own, older apps have the second address.
const CHATGPT: [&str; 2] =
    ["https://chatgpt.com/connector/oauth/ID", "https://chatgpt.com/connector_platform_oauth_redirect"];

type Metadata = Map<String, Value>;

/// The lines about PKCE, registration, grants and scopes.
#[inline(never)]
pub(crate) fn checks(says: &Metadata, sign_in: &Settings) -> Vec<Check> {
    vec![pkce(says), registration(says), grants(says), scopes(says, sign_in)]
}

/// The texts of a list; none where the metadata does not have it.
fn list<'a>(says: &'a Metadata, name: &str) -> Option<Vec<&'a str>> {
    let list = says.get(name)?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).collect())
}

fn pkce(says: &Metadata) -> Check {
    let id = "http.issuer.pkce";
    let todo =
        "Let the authorization server support PKCE with S256 and say so in code_challenge_methods_supported.";
    match list(says, "code_challenge_methods_supported") {
        Some(methods) if methods.contains(&"S256") => Check::ok(id, "S256"),
        Some(methods) => Check::failed(
            id,
            format_args!("without S256 (only: {}), so clients refuse to sign in", shown(&methods.join(", "))),
            todo,
        ),
        None => Check::warning(id, "not in the metadata: some clients refuse to sign in then", todo),
    }
    .named("PKCE")
}

fn registration(says: &Metadata) -> Check {
    let id = "http.issuer.registration";
    let endpoint = says.get("registration_endpoint").is_some_and(Value::is_string);
    let documents = says.get("client_id_metadata_document_supported") == Some(&Value::Bool(true));
    let check = match (endpoint, documents) {
        (true, true) => {
            Check::ok(id, "clients register themselves (dynamic registration, or a metadata document)")
        }
        (true, false) => Check::ok(id, "clients register themselves (dynamic registration)"),
        (false, true) => Check::ok(id, "clients register themselves (client-ID metadata documents)"),
        (false, false) => Check::warning(
            id,
            "clients cannot register themselves",
            format_args!(
                "Register a client there by hand, and paste its client id into the host. Callback addresses: Claude {} and {}; ChatGPT shows its own, {} (older apps {}).",
                CLAUDE[0], CLAUDE[1], CHATGPT[0], CHATGPT[1]
            ),
        ),
    };
    check
        .named("registration")
        .value("dynamic", endpoint)
        .value("metadataDocument", documents)
        .value("callbacks", [CLAUDE, CHATGPT].concat())
}

fn grants(says: &Metadata) -> Check {
    let id = "http.issuer.grants";
    let endpoints = ["authorization_endpoint", "token_endpoint"];
    let missing = endpoints.iter().find(|name| !says.get(**name).is_some_and(Value::is_string));
    let check = match (missing, list(says, "grant_types_supported")) {
        (Some(missing), _) => Check::failed(
            id,
            format_args!("the metadata has no {missing}, so no client can sign in"),
            "Check that --oauth-issuer is the authorization server of people, and not one for services only.",
        ),
        (None, Some(grants)) if !grants.contains(&"authorization_code") => Check::failed(
            id,
            format_args!(
                "no authorization code (only: {}), so no client can sign in",
                shown(&grants.join(", "))
            ),
            "Allow the grant authorization_code.",
        ),
        (None, Some(grants)) if !grants.contains(&"refresh_token") => Check::warning(
            id,
            "authorization code, but no refresh tokens: people sign in again each time that a token expires",
            "Allow the grant refresh_token, for connectors with offline_access.",
        ),
        (None, Some(_)) => Check::ok(id, "authorization code, and refresh tokens"),
        (None, None) => {
            Check::ok(id, "authorization code (the metadata has no list; refresh tokens are not known)")
        }
    };
    check.named("grants")
}

fn scopes(says: &Metadata, sign_in: &Settings) -> Check {
    let id = "http.issuer.scopes";
    let names = &sign_in.scopes;
    let check = match list(says, "scopes_supported") {
        None => Check::skipped(id, "not known: the metadata has no list"),
        Some(scopes) => {
            let mut missing = vec![names.read.as_str(), names.write.as_str()];
            missing.retain(|name| !scopes.contains(name));
            missing.dedup();
            if missing.is_empty() {
                Check::ok(id, format_args!("{}, {}", names.read, names.write))
            } else {
                Check::warning(
                    id,
                    format_args!("the list of the metadata does not have {}", missing.join(", ")),
                    "Create these scopes there, or name others by --oauth-scopes. If they are there, the list leaves them out, as Entra's does.",
                )
            }
        }
    };
    check.named("scopes")
}
