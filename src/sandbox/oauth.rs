//! The token endpoint of a marketplace app: access tokens that expire, refresh tokens that serve once.

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::sandbox::answer::Answer;
use crate::sandbox::current;
use crate::sandbox::gate;
use crate::sandbox::options::OauthApp;
use crate::sandbox::request::Request;
use crate::sandbox::state::{State, lock};
use crate::sandbox::store::id_of;

/// The tokens issued so far.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    made: u64,
    /// Access token and the end of its life.
    access: HashMap<String, SystemTime>,
    refresh: HashSet<String>,
    codes: HashSet<String>,
    /// Refreshes that succeeded.
    pub(crate) refreshes: usize,
}

impl Grants {
    /// Whether an access token is alive; nothing where it was never issued.
    pub(crate) fn knows(&self, token: &str, now: SystemTime) -> Option<bool> {
        self.access.get(token).map(|end| now < *end)
    }

    /// A new pair of access and refresh token.
    pub(crate) fn issue(&mut self, app: &OauthApp, now: SystemTime) -> (String, String) {
        self.made += 1;
        let access = format!("sandbox-access-{}", id_of(100_000 + self.made));
        let refresh = format!("sandbox-refresh-{}", id_of(200_000 + self.made));
        self.access.insert(access.clone(), now + app.access_ttl);
        self.refresh.insert(refresh.clone());
        (access, refresh)
    }
}

/// `POST /oauth/token` and `POST /oauth/locationToken`, both form-encoded.
pub(crate) fn serve(state: &State, request: &Request) -> Answer {
    let exchange = request.path == "/oauth/locationToken";
    if let Err(refusal) = gate::pass(state, request, !exchange) {
        return refusal;
    }
    let known = exchange || request.path == "/oauth/token";
    if request.method != "POST" || !known {
        return current::nowhere(state, request);
    }
    let Some(app) = &state.options.oauth else { return refuse("invalid_client", "No app is set up") };
    if !request.is_form() {
        return Answer::unprocessable(&[String::from("send application/x-www-form-urlencoded")]);
    }
    let form: HashMap<String, String> = request.form().into_iter().collect();
    if exchange { location_token(state, app, &form) } else { token(state, app, &form) }
}

fn token(state: &State, app: &OauthApp, form: &HashMap<String, String>) -> Answer {
    let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if given("client_id") != app.client_id || given("client_secret") != app.client_secret {
        return refuse("invalid_client", "Client authentication failed");
    }
    let now = state.now();
    let mut grants = lock(&state.grants);
    match given("grant_type") {
        // One use, then it is replaced (docs/oauth/Authorization.md of highlevel-api-docs).
        "refresh_token" if grants.refresh.remove(given("refresh_token")) => grants.refreshes += 1,
        "refresh_token" => return refuse("invalid_grant", "Invalid grant: refresh token is invalid"),
        "authorization_code"
            if !given("code").is_empty() && grants.codes.insert(given("code").to_owned()) => {}
        "authorization_code" => {
            return refuse("invalid_grant", "Invalid grant: authorization code is invalid");
        }
        _ => {
            return refuse(
                "unsupported_grant_type",
                "grant_type must be authorization_code or refresh_token",
            );
        }
    }
    let (access, refresh) = grants.issue(app, now);
    Answer::json(200, granted(state, app, &access, &refresh))
}

fn location_token(state: &State, app: &OauthApp, form: &HashMap<String, String>) -> Answer {
    if !form.contains_key("companyId") {
        return Answer::unprocessable(&[String::from("companyId must be a string")]);
    }
    if let Err(refusal) = gate::location(&state.options, form.get("locationId").map(String::as_str)) {
        return refusal;
    }
    let (access, refresh) = lock(&state.grants).issue(app, state.now());
    Answer::json(200, granted(state, app, &access, &refresh))
}

fn granted(state: &State, app: &OauthApp, access: &str, refresh: &str) -> Value {
    json!({
        "access_token": access, "token_type": "Bearer", "expires_in": app.access_ttl.as_secs(),
        "refresh_token": refresh, "scope": "contacts.readonly contacts.write locations.readonly",
        "userType": "Location", "companyId": "SandboxCompany000001", "locationId": state.options.location_id,
        "userId": id_of(300_000),
    })
}

fn refuse(error: &str, description: &str) -> Answer {
    let status = if error == "invalid_client" { 401 } else { 400 };
    Answer::json(status, json!({ "error": error, "error_description": description }))
}
