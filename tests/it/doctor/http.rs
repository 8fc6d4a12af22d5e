//! `doctor --http`: what connectors would meet, and what to do about it.

mod front;
mod issuers;
mod without_sign_in;

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use crate::doctor::failures::self_signed;
use crate::doctor::{Doctor, Report};
use crate::http::program::Running;
use crate::support::issuer::{Issuer, Mood, Signer};
use crate::support::upstream::tcp::{BlackHole, Upstream};
use front::{Front, HTML, JSON, ROOT, answer, ours};

const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// `doctor --http` for a server with a sign-in, against the sandbox.
fn doctor(name: &str, issuer: &str, public: &str) -> Doctor {
    ["--sandbox", "--http", "--oauth-issuer", issuer, "--public-url", public]
        .into_iter()
        .fold(Doctor::new(&format!("http-{name}")), Doctor::arg)
}

/// The metadata of an authorization server that has all that connectors need.
fn complete(issuer: &Issuer) -> Value {
    json!({
        "issuer": issuer.name(),
        "jwks_uri": issuer.url("/keys"),
        "authorization_endpoint": issuer.url("/authorize"),
        "token_endpoint": issuer.url("/token"),
        "registration_endpoint": issuer.url("/register"),
        "code_challenge_methods_supported": ["plain", "S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "scopes_supported": ["openid", "contacts:read", "contacts:write"],
    })
}

/// An authorization server of which all is well.
async fn issuer() -> Issuer {
    let issuer = Issuer::open(&[&Signer::p256("one"), &Signer::p256("two")]).await;
    issuer.serve_metadata(OAUTH, complete(&issuer));
    issuer
}

/// `http.public: ok` and so on, of all lines of the section.
fn states(report: &Report) -> Vec<String> {
    let checks = report.0["checks"].as_array().unwrap().iter().filter(|check| check["section"] == "http");
    let state =
        |check: &Value| format!("{} {}", check["check"].as_str().unwrap(), check["state"].as_str().unwrap());
    checks.map(state).collect()
}

/// Whether the line is of this state and has these words.
#[track_caller]
fn says(report: &Report, id: &str, state: &str, words: &[&str]) {
    let line = report.line(id);
    assert!(line.starts_with(&format!("{state}: ")), "{id} is not {state}: {line}");
    for word in words {
        assert!(line.contains(word), "{id} does not say {word:?}: {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_our_server_behind_a_proxy_and_a_complete_issuer_all_is_well() {
    let issuer = issuer().await;
    let server = Arc::new(OnceLock::new());
    let front = Front::passing(Arc::clone(&server)).await;
    let arguments = ["--sandbox", "--oauth-issuer", &issuer.name(), "--public-url", &front.url()];
    let running = Running::start(&arguments, &[]);
    server.set(running.at).unwrap();
    let (code, report) = doctor("well", &issuer.name(), &front.url()).json();
    assert_eq!((code, &report.0["warnings"]), (0, &json!(0)), "{report:?}");
    assert_eq!(
        states(&report),
        [
            "http.listen ok",
            "http.hosts ok",
            "http.tokens ok",
            "http.signIn ok",
            "http.resource ok",
            "http.scopes ok",
            "http.public ok",
            "http.healthz ok",
            "http.clock ok",
            "http.metadata.mcp ok",
            "http.metadata.root ok",
            "http.wellKnown ok",
            "http.issuer ok",
            "http.issuer.keys ok",
            "http.issuer.pkce ok",
            "http.issuer.registration ok",
            "http.issuer.grants ok",
            "http.issuer.scopes ok",
            // The issuer of the test sends no date.
            "http.issuer.clock skipped",
        ]
    );
    assert_eq!(issuer.asked(), [OAUTH, "/keys"]);
    let values = |id: &str| report.check(id)["values"].clone();
    assert_eq!(
        values("http.public"),
        json!({ "status": 401, "address": format!("{}/mcp", front.url()), "tls": false })
    );
    assert_eq!(values("http.issuer.keys"), json!({ "keys": 2, "issuer": issuer.name() }));
    let (_, table) = doctor("table", &issuer.name(), &front.url()).table();
    assert!(
        table.contains(&format!("HTTP, {}/mcp", front.url())) && table.contains("All is well."),
        "{table}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_address_is_asked_once_and_without_a_token() {
    let issuer = issuer().await;
    let name = issuer.name();
    let front = Front::playing(move |line, url| ours(line, url, &name)).await;
    let (code, report) = doctor("once", &issuer.name(), &front.url()).json();
    assert_eq!(code, 0, "{report:?}");
    let asked = ["POST /mcp", "GET /healthz"].map(str::to_owned);
    let metadata = [format!("{ROOT}/mcp"), ROOT.to_owned(), OAUTH.to_owned()];
    assert_eq!(front.asked(), [&asked[..], &metadata.map(|path| format!("GET {path}"))].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_answers_in_place_of_the_server_is_named() {
    let issuer = issuer().await;
    let name = issuer.name();
    let other = r#"www-authenticate: Bearer resource_metadata="https://other.example/x""#.to_owned() + "\r\n";
    let of_old = "www-authenticate: Bearer realm=\"ghl-contacts-mcp\"\r\n";
    let login = "location: https://team.cloudflareaccess.com/cdn-cgi/access/login/x?meta=canary\r\n";
    for (reply, words) in [
        (
            answer(403, "", "this host is not served (see --allowed-host)\n"),
            &["does not serve the host", "--allowed-host 127.0.0.1", "header Host"][..],
        ),
        (answer(403, HTML, "<h1>error code: 1010"), &["403", "bot protection"]),
        (
            answer(404, HTML, "<h1>Not Found</h1>"),
            &["not from this server", "pass /mcp on to 127.0.0.1:8787"],
        ),
        (answer(404, "", "not found\n"), &["has nothing at /mcp", "--public-url"]),
        (answer(502, HTML, "<h1>Bad Gateway</h1>"), &["502", "does not reach the server", "Start it: ghl-"]),
        (answer(521, "", ""), &["521", "does not reach the server"]),
        (answer(200, HTML, "<h1>Welcome</h1>"), &["a web page", "a web site answers there"]),
        (answer(418, "", ""), &["418", "Check what runs at"]),
        (answer(302, login, ""), &["a login page, https://team.cloudflareaccess.com/", "bypass"]),
        (answer(302, "location: /signin\r\n", ""), &["a login page"]),
        (answer(301, "location: https://127.0.0.1/mcp\r\n", ""), &["from http to https", "--public-url"]),
        (answer(308, "location: /mcp/\r\n", ""), &["redirects to", "at this path itself"]),
        (
            answer(307, "location: https://new.example/mcp\r\n", ""),
            &["https://new.example/mcp", "--public-url"],
        ),
        (answer(302, "location: http://[\r\n", ""), &["redirects"]),
        (answer(401, "www-authenticate: Basic realm=x\r\n", ""), &["a login of the proxy's own"]),
        (answer(401, "", ""), &["a login of the proxy's own"]),
        (answer(401, of_old, ""), &["static tokens only", "--oauth-issuer http"]),
        (answer(401, &other, ""), &["https://other.example/x", "another --public-url"]),
        (answer(200, JSON, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#), &["without a token", "End what runs"]),
        (answer(200, JSON, &"x".repeat(300 * 1024)), &["larger than 256 KiB", "Another server"]),
        ("SSH-2.0-OpenSSH_9.6\r\n".to_owned(), &["did not answer in time, or not to the end"]),
    ] {
        let (name, reply) = (name.clone(), reply.clone());
        let front = Front::playing(move |line, url| match line {
            "POST /mcp" => reply.clone(),
            line => ours(line, url, &name),
        })
        .await;
        let (code, report) = doctor("instead", &issuer.name(), &front.url()).json();
        assert_eq!((code, report.of("failed")), (1, vec!["http.public"]), "{words:?} {report:?}");
        says(&report, "http.public", "failed", words);
        assert!(!report.0.to_string().contains("canary"), "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_ours_with_other_settings_is_told_from_the_proxy() {
    let issuer = issuer().await;
    let running = Running::start(&["--sandbox"], &[("GHL_MCP_TOKENS", "0123456789abcdef")]);
    let (_, report) = doctor("static", &issuer.name(), &format!("http://{}", running.at)).json();
    assert_eq!(report.of("failed"), ["http.public", "http.metadata.mcp", "http.metadata.root"], "{report:?}");
    says(&report, "http.public", "failed", &["static tokens only"]);
    says(
        &report,
        "http.metadata.mcp",
        "failed",
        &["the server answers, but has nothing at", "Start it with"],
    );
    let (_, report) = doctor("based", &issuer.name(), &format!("http://{}/crm", running.at)).json();
    says(&report, "http.public", "failed", &["has nothing at /crm/mcp", "pass /crm/mcp on as /mcp."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_answers_it_says_how_to_start_the_server() {
    let issuer = issuer().await;
    let untrusted = Upstream::over_tls(self_signed(), [Vec::new()]).await;
    let silent = BlackHole::open();
    for (public, words) in [
        (
            "http://127.0.0.1:9".to_owned(),
            &["refused", "Start the server: ghl-contacts-mcp http --oauth-issuer"][..],
        ),
        ("https://crm.invalid".to_owned(), &["crm.invalid was not found", "DNS record", "127.0.0.1:8787"]),
        (
            format!("https://{}", untrusted.address()),
            &["the certificate of 127.0.0.1 is not from an authority that is trusted", "in the proxy"],
        ),
        (silent.url(), &["did not take the connection in time", "Start the server"]),
    ] {
        let (code, report) = doctor("nothing", &issuer.name(), &public).json();
        assert_eq!((code, report.of("failed")), (1, vec!["http.public"]), "{public} {report:?}");
        says(&report, "http.public", "failed", words);
        for id in ["http.clock", "http.metadata.mcp", "http.metadata.root", "http.wellKnown"] {
            says(&report, id, "skipped", &["nothing answers"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_that_clients_refuse_is_named() {
    let issuer = issuer().await;
    let name = issuer.name();
    let wrong =
        |resource: &str, servers: Value| json!({ "resource": resource, "authorization_servers": servers });
    for (headers, metadata, state, words) in [
        (
            JSON,
            wrong("https://crm.example.com/mcp", json!([name])),
            "failed",
            &["https://crm.example.com/mcp"][..],
        ),
        (JSON, wrong("[url]/mcp/", json!([name])), "failed", &["clients refuse it", "Start it"]),
        (
            JSON,
            wrong("[url]/mcp", json!([format!("{name}/")])),
            "failed",
            &["authorization servers", "Start it"],
        ),
        (JSON, wrong("[url]/mcp", json!([])), "failed", &["authorization servers"]),
        (JSON, wrong("[url]/mcp", json!(name)), "failed", &["authorization servers"]),
        (HTML, wrong("[url]/mcp", json!([name])), "failed", &["content type text/html", "Content-Type"]),
        (
            "content-type: application/json; charset=utf-8\r\n",
            wrong("[url]/mcp", json!([name])),
            "warning",
            &["CORS", "Access-Control-Allow-Origin"],
        ),
        (
            HTML,
            json!("<html>"),
            "failed",
            &["a web page", "pass /.well-known/oauth-protected-resource/mcp on"],
        ),
    ] {
        let (name, body) = (name.clone(), metadata.to_string());
        let front = Front::playing(move |line, url| match line {
            "GET /.well-known/oauth-protected-resource/mcp" => {
                answer(200, headers, &body.replace("[url]", url))
            }
            line => ours(line, url, &name),
        })
        .await;
        let (_, report) = doctor("metadata", &issuer.name(), &front.url()).json();
        assert_eq!(report.of(state), ["http.metadata.mcp"], "{metadata} {report:?}");
        says(&report, "http.metadata.mcp", state, words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_that_the_proxy_does_not_pass_on_and_a_page_in_its_place_are_named() {
    let issuer = issuer().await;
    let name = issuer.name();
    let front = Front::playing(move |line, url| match line {
        "POST /mcp" => ours(line, url, &name),
        "GET /.well-known/oauth-authorization-server" => answer(200, HTML, "<h1>Welcome</h1>"),
        _ => answer(404, HTML, "<h1>Not Found</h1>"),
    })
    .await;
    let (_, report) = doctor("not-passed", &issuer.name(), &front.url()).json();
    assert_eq!(report.of("failed"), ["http.metadata.mcp", "http.metadata.root"], "{report:?}");
    says(
        &report,
        "http.metadata.root",
        "failed",
        &["not from this server", "pass /.well-known/oauth-protected-resource on"],
    );
    says(&report, "http.wellKnown", "warning", &["answers 200, not 404", "answer 404 there"]);
    says(&report, "http.healthz", "skipped", &["404"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_by_more_than_tokens_are_allowed_is_named() {
    let issuer = issuer().await;
    let name = issuer.name();
    let front = Front::playing(move |line, url| {
        let date = "\r\ndate: Mon, 01 Jun 2020 09:00:00 GMT\r\n";
        ours(line, url, &name).replacen("\r\n", date, 1)
    })
    .await;
    let (code, report) = doctor("clock", &issuer.name(), &front.url()).json();
    assert_eq!((code, report.of("warning")), (0, vec!["http.clock"]), "{report:?}");
    says(&report, "http.clock", "warning", &["ahead of the server's", "NTP"]);
    issuer.mood(Mood::Away);
    let at = Front::playing(|line, url| {
        let date = format!("{JSON}date: Mon, 01 Jun 2020 09:00:00 GMT\r\n");
        match line {
            "GET /keys" => answer(200, &date, &json!({ "keys": [Signer::p256("k").jwk()] }).to_string()),
            _ => answer(200, &date, &json!({ "issuer": url, "jwks_uri": format!("{url}/keys") }).to_string()),
        }
    })
    .await;
    let (_, report) = doctor("issuer-clock", &at.url(), "http://127.0.0.1:9").json();
    says(&report, "http.issuer.clock", "failed", &["ahead of the authorization server's", "NTP"]);
    says(&report, "http.issuer.keys", "ok", &["1 key: "]);
}

#[test]
fn flags_of_http_need_it_and_a_setting_that_http_refuses_ends_with_exit_code_2() {
    for (arguments, words) in [
        (&["--public-url", "https://crm.example.com"][..], "--http"),
        (&["--listen", "127.0.0.1:1"], "--http"),
        (&["--no-legacy-sse"], "--http"),
        (&["--allowed-host", "crm.example.com"], "--http"),
        (&["--allowed-origin", "https://crm.example.com"], "--http"),
        (&["--http", "--host", "cursor"], "--host"),
        (&["--http", "--public-url", "https://crm.example.com"], "--oauth-issuer is not"),
        (&["--http", "--oauth-issuer", "https://login.example.com"], "--oauth-issuer: needs --public-url"),
        (&["--http", "--listen", "0.0.0.0:1"], "--listen: 0.0.0.0:1 can be reached from other machines"),
        (&["--http", "--allowed-host", "*"], "--allowed-host: \"*\" is not a host"),
    ] {
        let doctor = arguments.iter().fold(Doctor::new("http-refused"), |doctor, word| doctor.arg(word));
        let output = { doctor }.output();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
