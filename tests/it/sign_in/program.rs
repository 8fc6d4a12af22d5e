//! The program with a sign-in: its settings, one account and several, and the audit.
#![expect(clippy::disallowed_methods, reason = "the specs write an accounts file")]

use std::time::{SystemTime, UNIX_EPOCH};

use ghl_contacts_mcp::sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::http::client::{Answer, ask, post};
use crate::http::program::Running;
use crate::http::server::{call, request};
use crate::support::issuer::{Issuer, Signer};

const PUBLIC: &str = "https://crm.example.com";

fn token(issuer: &Issuer, signer: &Signer, others: &Value) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut claims = json!({
        "iss": issuer.name(), "aud": format!("{PUBLIC}/mcp"), "sub": "jane", "exp": now + 300,
        "scope": "contacts:read contacts:write",
    });
    for (name, value) in others.as_object().unwrap() {
        claims[name] = value.clone();
    }
    signer.token(&claims)
}

async fn upsert(running: &Running, token: &str) -> Answer {
    let upsert = call("ghl_upsert_contact", json!({ "email": "new@example.com", "firstName": "New" }));
    post(&upsert).bearer(token).send(running.at).await
}

#[tokio::test]
async fn everyone_who_signs_in_uses_the_one_account_beside_static_tokens() {
    let signer = Signer::rsa("one");
    let issuer = Issuer::open(&[&signer]).await;
    let crm = Sandbox::start(Options::default()).await.unwrap();
    let running = Running::start(
        &["--oauth-issuer", &issuer.name(), "--public-url", PUBLIC],
        &[
            ("GHL_BASE_URL", &crm.url()),
            ("GHL_PIT_TOKEN", crm.token()),
            ("GHL_LOCATION_ID", crm.location_id()),
            ("GHL_MCP_TOKENS", "a-static-token-of-old"),
        ],
    );
    let jane = token(&issuer, &signer, &json!({}));
    assert_eq!(upsert(&running, &jane).await.json()["result"]["isError"], false);
    let reader = token(&issuer, &signer, &json!({ "scope": "contacts:read" }));
    assert_eq!(upsert(&running, &reader).await.status, 403);
    assert_eq!(upsert(&running, "a-static-token-of-old").await.status, 200);
    let metadata = ask("GET", "/.well-known/oauth-protected-resource/mcp").with("host", "crm.example.com");
    assert_eq!(metadata.send(running.at).await.json()["resource"], format!("{PUBLIC}/mcp"));
    // The public address is a host that is served.
    let list = post(&request("tools/list", json!({}))).bearer(&jane).with("host", "crm.example.com");
    assert_eq!(list.send(running.at).await.status, 200);
    assert_eq!(ask("GET", "/metrics").bearer(&jane).send(running.at).await.status, 401);
    // No token of a client goes to HighLevel, which accepts its own only.
    assert!(crm.wire().iter().all(|exchange| exchange.status / 100 == 2), "{:?}", crm.wire());
}

#[tokio::test]
async fn an_account_is_for_people_and_the_audit_names_the_subject_by_a_hash() {
    let signer = Signer::p256("one");
    let issuer = Issuer::open(&[&signer]).await;
    let crm = Sandbox::start(Options::default()).await.unwrap();
    let path = std::env::temp_dir().join(format!("ghl-contacts-mcp-people-{}.toml", std::process::id()));
    let location = format!(
        "[[account.location]]\nid = \"{}\"\ncredential_env = \"PIT\"\nbase_url = \"{}\"\n",
        crm.location_id(),
        crm.url()
    );
    let file = format!(
        "[[account]]\nname = \"sales\"\ngroup = [\"sales\"]\n{location}\
         [[account]]\nname = \"readers\"\nsubject = \"joe\"\n{location}read_only = true\n"
    );
    std::fs::write(&path, file).unwrap();
    let arguments = ["--accounts", path.to_str().unwrap(), "--log", "info", "--log-format", "json"];
    let log = std::env::temp_dir().join(format!("ghl-contacts-mcp-people-{}.log", std::process::id()));
    let running = Running::start_with_log(
        &arguments,
        &[
            ("GHL_MCP_OAUTH_ISSUER", &issuer.name()),
            ("GHL_MCP_PUBLIC_URL", PUBLIC),
            ("GHL_AUDIT_KEY", "0123456789abcdef"),
            ("PIT", crm.token()),
        ],
        &log,
    );
    let jane = token(&issuer, &signer, &json!({ "groups": ["sales"], "sub": "jane@example.com" }));
    assert_eq!(upsert(&running, &jane).await.json()["result"]["isError"], false);
    let joe = token(&issuer, &signer, &json!({ "sub": "joe" }));
    assert_eq!(upsert(&running, &joe).await.json()["result"]["structuredContent"]["code"], "read_only");
    let unknown = token(&issuer, &signer, &json!({ "sub": "jim" }));
    assert_eq!(upsert(&running, &unknown).await.status, 403);
    drop(running);
    let log = std::fs::read_to_string(log).unwrap();
    let audit = log.lines().find(|line| line.contains(r#""target":"audit""#)).unwrap();
    // printf jane@example.com | openssl dgst -sha256 -hmac 0123456789abcdef
    assert!(audit.contains(r#""subject":"a7a54661c75b""#), "{audit}");
    assert!(audit.contains(&issuer.name()) && !log.contains("jane@") && !log.contains(&jane), "{log}");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn settings_that_do_not_fit_end_with_one_line_and_exit_code_2() {
    for (arguments, variables, says) in [
        (&["--oauth-issuer", "https://login.example.com"][..], &[][..], "--oauth-issuer: needs --public-url"),
        (&["--public-url", PUBLIC], &[], "--public-url: is set, but --oauth-issuer is not"),
        (
            &["--oauth-issuer", "http://login.example.com", "--public-url", PUBLIC],
            &[],
            "--oauth-issuer: must be https",
        ),
        (&[], &[("GHL_MCP_OAUTH_ISSUER", "")], "GHL_MCP_OAUTH_ISSUER: is set, but is empty"),
        (&[], &[("GHL_MCP_OAUTH_ISSUERS", "x")], "GHL_MCP_OAUTH_ISSUER is: rename it"),
        (&[], &[("GHL_MCP_OAUTH_CLIENT_SECRET", "canary-canary")], "--oauth-introspection: is not set"),
    ] {
        let output =
            crate::http::program::program(&[&["http"], arguments].concat(), variables).output().unwrap();
        let printed = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{printed}");
        assert!(printed.contains(says) && printed.lines().count() == 1, "{printed} does not say {says}");
        assert!(!printed.contains("canary"), "{printed}");
    }
}
