//! A server with static tokens, or with none.

use crate::doctor::http::front::{Front, HTML, JSON, ROOT, answer};
use crate::doctor::http::says;
use crate::doctor::{Doctor, Report};
use crate::http::program::Running;

const TOKEN: (&str, &str) = ("GHL_MCP_TOKENS", "canary-of-a-client-token");

/// `doctor --http` for a server at this host, with a token.
fn doctor(name: &str, host: &str) -> (i32, Report) {
    let doctor = Doctor::new(&format!("static-{name}")).arg("--sandbox").arg("--http").env(TOKEN.0, TOKEN.1);
    let (code, report) = doctor.arg("--allowed-host").arg(host).json();
    assert!(!report.0.to_string().contains("canary"), "{report:?}");
    (code, report)
}

#[tokio::test(flavor = "multi_thread")]
async fn static_tokens_and_a_clean_404_are_well() {
    let running = Running::start(&["--sandbox"], &[TOKEN]);
    let (code, report) = doctor("well", &running.at.to_string());
    assert_eq!((code, report.of("warning")), (0, Vec::new()), "{report:?}");
    says(&report, "http.signIn", "skipped", &["off", "--oauth-issuer"]);
    says(&report, "http.tokens", "ok", &["1 static token"]);
    says(&report, "http.public", "ok", &["asks for a token"]);
    says(&report, "http.wellKnown", "ok", &["clean 404"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_for_this_machine_needs_neither() {
    let running = Running::start(&["--sandbox"], &[]);
    let at = running.at.to_string();
    let arguments = ["--sandbox", "--http", "--listen", &at];
    let (code, report) = arguments.into_iter().fold(Doctor::new("static-open"), Doctor::arg).json();
    assert_eq!((code, report.of("warning")), (0, Vec::new()), "{report:?}");
    says(&report, "http.public", "ok", &["each program on this machine"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_answers_without_a_token_and_one_of_other_settings_are_named() {
    let running = Running::start(&["--sandbox"], &[]);
    let (code, report) = doctor("open", &running.at.to_string());
    assert_eq!((code, report.of("failed")), (1, vec!["http.public"]), "{report:?}");
    says(&report, "http.public", "failed", &["without a token"]);
    let front = Front::playing(|line, _| match line {
        "POST /mcp" => {
            answer(401, "www-authenticate: Bearer resource_metadata=\"https://a.example\"\r\n", "")
        }
        _ => answer(404, "", ""),
    })
    .await;
    let (_, report) = doctor("others", front.url().trim_start_matches("http://"));
    says(&report, "http.public", "warning", &["lets people sign in", "flags and variables"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_or_metadata_where_clients_look_for_a_sign_in_is_named() {
    for found in
        ["/.well-known/oauth-authorization-server", ROOT, "/.well-known/oauth-protected-resource/mcp"]
    {
        let front = Front::playing(move |line, _| match line.strip_prefix("GET ") {
            None => answer(401, "www-authenticate: Bearer realm=\"ghl-contacts-mcp\"\r\n", ""),
            Some(path) if path == found => answer(200, if path == ROOT { JSON } else { HTML }, "{}"),
            Some(_) => answer(404, "", ""),
        })
        .await;
        let (code, report) = doctor("page", front.url().trim_start_matches("http://"));
        assert_eq!((code, report.of("failed")), (1, vec!["http.wellKnown"]), "{report:?}");
        says(&report, "http.wellKnown", "failed", &[found, "200, not 404", "try to sign in there"]);
    }
}

#[test]
fn without_a_token_of_highlevel_that_is_a_red_line_and_the_rest_is_checked() {
    let (code, report) = Doctor::new("static-none").arg("--http").arg("--listen").arg("127.0.0.1:9").json();
    assert_eq!(code, 1);
    assert_eq!(report.of("failed"), ["settings.token", "settings.location-id", "http.public"], "{report:?}");
    says(&report, "http.public", "failed", &["Start the server: ghl-contacts-mcp http."]);
}
