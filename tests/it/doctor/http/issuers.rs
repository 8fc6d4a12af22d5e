//! What is wrong with an authorization server.

use serde_json::{Value, json};

use crate::doctor::Report;
use crate::doctor::failures::self_signed;
use crate::doctor::http::{OAUTH, complete, doctor, issuer, says};
use crate::support::issuer::{Issuer, Mood, Signer};
use crate::support::upstream::tcp::Upstream;

/// Nothing answers there, and that is not what these specs look at.
const PUBLIC: &str = "http://127.0.0.1:9";

/// The report on this issuer, by this name.
fn report(name: &str) -> Report {
    doctor("issuer", name, PUBLIC).json().1
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_cannot_be_read_is_named_with_its_remedy() {
    let issuer = Issuer::open(&[&Signer::p256("one")]).await;
    let name = issuer.name();
    for (mood, words) in [
        (Mood::Away, &["did not answer in time", "Check --oauth-issuer"][..]),
        (Mood::Moved("https://elsewhere.example/".to_owned()), &["answered 302", "as tokens have it in iss"]),
        (Mood::Odd(404, "no".to_owned()), &["answered 404", "/.well-known/openid-configuration"]),
        (Mood::Odd(500, "no".to_owned()), &["answered 500"]),
        (Mood::Odd(200, "<html>".to_owned()), &["does not serve metadata that can be read"]),
        (Mood::Odd(200, "[]".to_owned()), &["does not serve metadata that can be read"]),
        (Mood::Huge, &["larger than 256 KiB"]),
    ] {
        issuer.mood(mood);
        says(&report(&name), "http.issuer", "failed", words);
    }
    let untrusted = Upstream::over_tls(self_signed(), [Vec::new()]).await;
    let words = ["not from an authority that is trusted", "intermediate certificates"];
    says(&report(&format!("https://{}", untrusted.address())), "http.issuer", "failed", &words);
    says(
        &report("https://login.invalid"),
        "http.issuer",
        "failed",
        &["was not found", "reaches login.invalid"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_by_a_letter_is_told_with_the_right_one() {
    let issuer = Issuer::open(&[&Signer::p256("one")]).await;
    let name = issuer.name();
    issuer.describe(OAUTH, &format!("{name}/"));
    let words = [&format!("Write --oauth-issuer {name}/ (its last slash counts)"), "to the letter"];
    says(&report(&name), "http.issuer", "failed", &words);
    issuer.describe(OAUTH, "https://login.example.com\u{1b}[2J");
    let line = report(&name);
    says(&line, "http.issuer", "failed", &["Write --oauth-issuer https://login.example.com"]);
    assert!(!line.0.to_string().contains("\\u001b"), "{line:?}");
    issuer.serve_metadata(OAUTH, json!({ "issuer": name, "jwks_uri": "http://10.0.0.1/keys" }));
    says(&report(&name), "http.issuer", "failed", &["jwks_uri must be https"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_openid_is_found_too() {
    let issuer = issuer().await;
    issuer.serve_metadata("/.well-known/openid-configuration", complete(&issuer));
    says(&report(&issuer.name()), "http.issuer", "ok", &["/.well-known/openid-configuration"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_connectors_need_and_the_issuer_does_not_have_is_named() {
    let issuer = issuer().await;
    let full = complete(&issuer);
    let by_hand = [
        "cannot register themselves",
        "https://claude.ai/api/mcp/auth_callback",
        "https://claude.com/api/mcp/auth_callback",
        "https://chatgpt.com/connector/oauth/ID",
        "https://chatgpt.com/connector_platform_oauth_redirect",
    ];
    for (name, value, id, state, words) in [
        (
            "code_challenge_methods_supported",
            json!(["plain"]),
            "pkce",
            "failed",
            &["without S256", "plain"][..],
        ),
        ("code_challenge_methods_supported", Value::Null, "pkce", "warning", &["not in the metadata"]),
        ("registration_endpoint", Value::Null, "registration", "warning", &by_hand),
        (
            "grant_types_supported",
            json!(["client_credentials"]),
            "grants",
            "failed",
            &["no authorization code"],
        ),
        ("grant_types_supported", json!(["authorization_code"]), "grants", "warning", &["no refresh tokens"]),
        ("grant_types_supported", Value::Null, "grants", "ok", &["refresh tokens are not known"]),
        ("authorization_endpoint", Value::Null, "grants", "failed", &["no authorization_endpoint"]),
        ("token_endpoint", json!(7), "grants", "failed", &["no token_endpoint"]),
        (
            "scopes_supported",
            json!(["openid", "contacts:read"]),
            "scopes",
            "warning",
            &["have contacts:write", "--oauth-scopes"],
        ),
        ("scopes_supported", Value::Null, "scopes", "skipped", &["no list"]),
        (
            "client_id_metadata_document_supported",
            json!(true),
            "registration",
            "ok",
            &["or a metadata document"],
        ),
    ] {
        let mut metadata = full.clone();
        metadata[name] = value;
        issuer.serve_metadata(OAUTH, metadata);
        says(&report(&issuer.name()), &format!("http.issuer.{id}"), state, words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_be_used_are_named() {
    let issuer = issuer().await;
    for keys in [json!({ "keys": [] }), json!({ "keys": [{ "kty": "oct", "k": "AQAB" }] }), json!("x")] {
        issuer.serve_keys(keys);
        says(&report(&issuer.name()), "http.issuer.keys", "failed", &["no key that can be used", "RS256"]);
    }
    let mut metadata = complete(&issuer);
    metadata["jwks_uri"] = json!(issuer.url("/nowhere"));
    issuer.serve_metadata(OAUTH, metadata);
    says(&report(&issuer.name()), "http.issuer.keys", "failed", &["answered 404", "reaches the keys"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn introspection_is_asked_about_a_token_that_no_one_has() {
    let issuer = issuer().await;
    let checked = |path: &str| {
        let doctor = doctor("introspection", &issuer.name(), PUBLIC)
            .env("GHL_MCP_OAUTH_INTROSPECTION", &issuer.url(path))
            .env("GHL_MCP_OAUTH_CLIENT_ID", "crm")
            .env("GHL_MCP_OAUTH_CLIENT_SECRET", "canary-of-a-secret");
        let (_, report) = doctor.json();
        assert!(!report.0.to_string().contains("canary"), "{report:?}");
        report
    };
    let report = checked("/introspect");
    says(&report, "http.introspection", "ok", &["accepts this server's client id"]);
    says(&report, "http.signIn", "ok", &["JWTs and opaque tokens"]);
    assert!(issuer.questions()[0].contains("token=no-token-"), "{:?}", issuer.questions());
    says(&checked("/keys"), "http.introspection", "failed", &["not whether a token is active"]);
    says(&checked("/nowhere"), "http.introspection", "failed", &["answered 404", "no opaque token"]);
    for status in [400, 401, 403] {
        issuer.mood(Mood::Odd(status, r#"{"error":"invalid_client"}"#.to_owned()));
        says(
            &checked("/introspect"),
            "http.introspection",
            "failed",
            &["refuses this server", "CLIENT_SECRET"],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_several_issuers_each_line_names_its_own() {
    let (one, two) = (issuer().await, issuer().await);
    two.mood(Mood::Odd(404, "no".to_owned()));
    let (_, report) = doctor("several", &one.name(), PUBLIC).arg("--oauth-issuer").arg(&two.name()).json();
    let checks = report.0["checks"].as_array().unwrap().iter();
    let issuers: Vec<_> = checks
        .filter(|check| check["check"] == "http.issuer")
        .map(|check| (check["state"].clone(), check["values"]["issuer"].clone()))
        .collect();
    assert_eq!(issuers, [(json!("ok"), json!(one.name())), (json!("failed"), json!(two.name()))]);
}
