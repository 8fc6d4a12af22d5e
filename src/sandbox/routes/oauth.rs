//! The token endpoint of a marketplace app. Access tokens expire, and a refresh token works once.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::sandbox::gate;
use crate::sandbox::options::OauthApp;
use crate::sandbox::record::id_of;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::not_found::not_found;
use crate::sandbox::state::{State, lock};

/// `POST /oauth/token` and `POST /oauth/locationToken`, both with a form.
pub(crate) fn serve(state: &State, request: &Request) -> Response {
    let exchange = request.path == "/oauth/locationToken";
    if let Err(refusal) = gate::check(state, request, exchange) {
        return refusal;
    }
    let is_route = exchange || request.path == "/oauth/token";
    if request.method != "POST" || !is_route {
        return not_found(&mut lock(&state.log), request);
    }
    let Some(app) = &state.options.oauth else { return error("invalid_client", "No app is set up") };
    if !request.is_form() {
        return Response::unprocessable(&[String::from("send application/x-www-form-urlencoded")]);
    }
    let form: HashMap<String, String> = request.form().into_iter().collect();
    if exchange { location_token(state, app, &form) } else { token(state, app, &form) }
}

/// Exchanges a refresh token or an authorization code.
fn token(state: &State, app: &OauthApp, form: &HashMap<String, String>) -> Response {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if field("client_id") != app.client_id || field("client_secret") != app.client_secret {
        return error("invalid_client", "Client authentication failed");
    }
    let now = state.now();
    let mut grants = lock(&state.grants);
    match field("grant_type") {
        // A refresh token works once and is then replaced (docs/oauth/Authorization.md of highlevel-api-docs).
        "refresh_token" if grants.use_refresh_token(field("refresh_token")) => {}
        "refresh_token" => return error("invalid_grant", "Invalid grant: refresh token is invalid"),
        "authorization_code" if grants.use_code(field("code")) => {}
        "authorization_code" => {
            return error("invalid_grant", "Invalid grant: authorization code is invalid");
        }
        _ => {
            return error("unsupported_grant_type", "grant_type must be authorization_code or refresh_token");
        }
    }
    let (access, refresh) = grants.issue(app, now);
    Response::json(200, granted(state, app, &access, &refresh))
}

/// Exchanges an agency's token for a location's token.
fn location_token(state: &State, app: &OauthApp, form: &HashMap<String, String>) -> Response {
    if !form.contains_key("companyId") {
        return Response::unprocessable(&[String::from("companyId must be a string")]);
    }
    if let Err(refusal) = gate::check_location(&state.options, form.get("locationId").map(String::as_str)) {
        return refusal;
    }
    let (access, refresh) = lock(&state.grants).issue(app, state.now());
    Response::json(200, granted(state, app, &access, &refresh))
}

/// The body with the issued tokens.
fn granted(state: &State, app: &OauthApp, access: &str, refresh: &str) -> Value {
    json!({
        "access_token": access, "token_type": "Bearer", "expires_in": app.access_ttl.as_secs(),
        "refresh_token": refresh, "scope": "contacts.readonly contacts.write locations.readonly",
        "userType": "Location", "companyId": "SandboxCompany000001", "locationId": state.options.location_id,
        "userId": id_of(300_000),
    })
}

/// An error in the form of OAuth.
fn error(code: &str, description: &str) -> Response {
    let status = if code == "invalid_client" { 401 } else { 400 };
    Response::json(status, json!({ "error": code, "error_description": description }))
}
