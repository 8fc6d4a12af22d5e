//! What goes wrong: one line names it, and says what to do.

use std::fmt::Write as _;
use std::sync::Arc;

use ghl_contacts_mcp::sandbox::{Dialect, Fault, OauthApp, Sandbox, WrongClock};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tokio_rustls::TlsAcceptor;

use crate::doctor::{Doctor, Report, requests, sandbox};
use crate::support::upstream::tcp::{Upstream, answer};

/// The lines of these checks.
fn lines(report: &Report, checks: &[&str]) -> String {
    let mut text = String::new();
    for check in checks {
        let _ = writeln!(text, "{check} {}", report.line(check));
    }
    text
}

/// Every request of this path is answered so.
fn refuse(sandbox: &Sandbox, status: u16, body: &Value) {
    sandbox.fail_always(Some(Fault::answer(status, body.to_string())));
}

/// TLS with a certificate that no one trusts.
pub fn self_signed() -> TlsAcceptor {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let tls = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(tls))
}

#[test]
fn without_token_and_location_it_says_how_to_set_them_and_asks_nothing() {
    let (code, report) = Doctor::new("nothing").env("GHL_PIT_TOKEN", "${user_config.token}").json();
    assert_eq!((code, &report.0["requests"]), (1, &json!(0)));
    let settings = |name: &str| {
        let found = report.check(&format!("settings.{name}"));
        format!("{} -> {}", found["seen"].as_str().unwrap(), found["todo"].as_str().unwrap())
    };
    insta::assert_snapshot!(settings("token"), @"not set: GHL_PIT_TOKEN was never filled in, it holds a placeholder -> Set GHL_PIT_TOKEN to a token made in HighLevel: in the sub-account, Settings > Private Integrations. Or try it with --sandbox.");
    insta::assert_snapshot!(settings("location-id"), @"not set -> Set GHL_LOCATION_ID to the id in the address of the sub-account's dashboard (/location/<id>/), or to that whole address.");
    assert_eq!(report.of("failed"), ["settings.token", "settings.location-id"]);
    insta::assert_snapshot!(report.of("skipped").join(" "), @"connection clock token scope.contacts.readonly scope.contacts.write scope.locations.readonly scope.locations/customFields.readonly scope.locations/tags.readonly scope.users.readonly location duplicates quota.window quota.day dialect tokenStore hosts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_the_tools_need_is_a_failure_and_one_that_they_do_without_a_warning() {
    let every = [
        "contacts.readonly",
        "contacts.write",
        "locations.readonly",
        "locations/customFields.readonly",
        "locations/tags.readonly",
        "users.readonly",
    ];
    let denied = sandbox(|options| options.denied_scopes = every.map(str::to_owned).to_vec()).await;
    let (code, report) = Doctor::before("scopes", &denied).json();
    assert_eq!((code, &report.0["requests"]), (1, &json!(6)));
    assert!(report.line("token").starts_with("ok"), "{report:?}");
    let checks: Vec<_> = every.iter().map(|scope| format!("scope.{scope}")).collect();
    let checks: Vec<&str> = checks.iter().map(String::as_str).chain(["location", "duplicates"]).collect();
    insta::assert_snapshot!(lines(&report, &checks), @"
    scope.contacts.readonly failed: the token lacks this scope: no tool works
    -> In HighLevel, Settings > Private Integrations, edit the integration and add contacts.readonly. The token stays the same.
    scope.contacts.write failed: the token lacks this scope: no tool can write
    -> In HighLevel, Settings > Private Integrations, edit the integration and add contacts.write. The token stays the same.
    scope.locations.readonly warning: the token lacks this scope: phones without a country code are refused, and the duplicate policy is not known
    -> In HighLevel, Settings > Private Integrations, edit the integration and add locations.readonly. The token stays the same.
    scope.locations/customFields.readonly warning: the token lacks this scope: custom fields go by id, unchecked
    -> In HighLevel, Settings > Private Integrations, edit the integration and add locations/customFields.readonly. The token stays the same.
    scope.locations/tags.readonly warning: the token lacks this scope: no warning that a tag is new
    -> In HighLevel, Settings > Private Integrations, edit the integration and add locations/tags.readonly. The token stays the same.
    scope.users.readonly warning: the token lacks this scope: assignedTo takes an id only, unchecked
    -> In HighLevel, Settings > Private Integrations, edit the integration and add users.readonly. The token stays the same.
    location skipped: name, country and time zone need the scope locations.readonly
    duplicates skipped: the duplicate policy is not known
    ");
    for scope in every.iter().skip(2) {
        let denied = sandbox(|options| options.denied_scopes = vec![(*scope).to_owned()]).await;
        let (code, report) = Doctor::before(&format!("scope-{}", scope.replace('/', "-")), &denied).json();
        assert_eq!((code, &report.0["failed"], &report.0["warnings"]), (0, &json!(0), &json!(1)), "{scope}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_accepted_ends_the_questions() {
    let sandbox = sandbox(|_| ()).await;
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJsb2NhdGlvbl9pZCI6IngiLCJ2ZXJzaW9uIjoxfQ.c2ln";
    let mut said = String::new();
    for token in [
        "pit-0b1c2d3e-1234-4abc-9def-0123456789ab",
        "pit-0b1c2d3e-1234",
        jwt,
        "0b1c2d3e-1234-4abc-9def-0123456789ab",
    ] {
        sandbox.clear_wire();
        let (code, report) = Doctor::before("refused", &sandbox).env("GHL_PIT_TOKEN", token).json();
        assert_eq!((code, sandbox.wire().len()), (1, 1), "{report:?}");
        assert!(!report.0.to_string().contains(token));
        let _ = writeln!(said, "{}", report.line("token"));
        assert_eq!(report.line("scope.contacts.readonly"), "skipped: not asked: the token is not accepted");
        assert_eq!(report.of("failed"), ["token"]);
    }
    insta::assert_snapshot!(said, @r#"
    failed: a private integration token; HighLevel does not accept the token (HTTP 401): "Invalid Private Integration token"
    -> It was revoked, rotated or mistyped. In the sub-account, Settings > Private Integrations: make or rotate one, and set GHL_PIT_TOKEN to it.
    failed: a private integration token that is not whole (pit- and a UUID); HighLevel does not accept the token (HTTP 401): "Invalid Private Integration token"
    -> Copy the whole token again: pit- and 36 characters. HighLevel shows it once; rotate it there if it is gone.
    failed: a key of HighLevel's API v1; HighLevel does not accept the token (HTTP 401): "Invalid Private Integration token"
    -> Keys of API v1 are not valid here. Use a private integration token: make one in the sub-account (not the agency): Settings > Private Integrations.
    failed: a token of unknown kind; HighLevel does not accept the token (HTTP 401): "Invalid Private Integration token"
    -> Use a private integration token, which begins with pit-: make one in the sub-account (not the agency): Settings > Private Integrations.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_that_the_token_does_not_reach_or_that_does_not_exist_is_named() {
    let sandbox = sandbox(|_| ()).await;
    let doctor = || Doctor::before("location", &sandbox).env("GHL_LOCATION_ID", "ve9EPM428h8vShlRW1KT");
    let (code, report) = doctor().json();
    assert_eq!((code, sandbox.wire().len()), (1, 1));
    let mut said = lines(&report, &["token", "location", "scope.contacts.write"]);
    let missing = [
        (400, json!({"message": "Location with id ve9EPM428h8vShlRW1KT not found", "statusCode": 400})),
        (404, json!({"message": "Location not found", "statusCode": 404})),
        (401, json!({"message": "This location is not accessible from this token!", "statusCode": 401})),
    ];
    for (status, body) in missing {
        refuse(&sandbox, status, &body);
        let (code, report) = doctor().json();
        assert_eq!(code, 1);
        said += &lines(&report, &["location"]);
    }
    insta::assert_snapshot!(said, @r#"
    token ok: a private integration token, accepted by HighLevel
    location failed: The token does not reach this location (HTTP 403): "The token does not have access to this location.".
    -> A private integration token reaches one sub-account: GHL_LOCATION_ID must be the sub-account that the token was made in.
    scope.contacts.write skipped: not asked: the token does not reach the location
    location failed: HighLevel knows no location ve9EPM428h8vShlRW1KT: HighLevel refused the request (HTTP 400): "Location with id ve9EPM428h8vShlRW1KT not found"
    -> Copy the id out of the address of the sub-account's dashboard (/location/<id>/) into GHL_LOCATION_ID.
    location failed: HighLevel knows no location ve9EPM428h8vShlRW1KT: this HighLevel does not have the endpoint (HTTP 404): "Location not found"
    -> Copy the id out of the address of the sub-account's dashboard (/location/<id>/) into GHL_LOCATION_ID.
    location failed: The token does not reach this location (HTTP 401): "This location is not accessible from this token!".
    -> A private integration token reaches one sub-account: GHL_LOCATION_ID must be the sub-account that the token was made in.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agencys_token_is_known_by_what_highlevel_refuses() {
    let sandbox = sandbox(|_| ()).await;
    let body = json!({"statusCode": 401, "message": "This authClass type is not allowed to access this scope. Please contact Support."});
    for path in ["/contacts/", "/users/"] {
        for method in ["GET", "DELETE"] {
            sandbox.fault_on(method, path, Fault::answer(401, body.to_string()));
        }
    }
    let (code, report) = Doctor::before("agency", &sandbox).json();
    assert_eq!(code, 1);
    insta::assert_snapshot!(lines(&report, &["token", "scope.contacts.readonly"]), @r#"
    token failed: a private integration token: it is an agency's, and may not use contacts
    -> Use a token of the sub-account: make one in the sub-account (not the agency): Settings > Private Integrations.
    scope.contacts.readonly failed: the token lacks the scope for this request (HTTP 401): "This authClass type is not allowed to access this scope. Please contact Support."
    -> See the line `token`.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_a_redirect_and_a_block_are_of_the_connection() {
    let sandbox = sandbox(|_| ()).await;
    let mut said = String::new();
    for fault in [
        Fault::answer(403, "<html>error code: 1010</html>".to_owned()),
        Fault::Redirect { location: "https://login.example.com/".to_owned() },
        Fault::answer(404, json!({"message": "Cannot GET /locations/x", "statusCode": 404}).to_string()),
        Fault::Html { status: 200 },
        Fault::HangUp { apply: false },
    ] {
        sandbox.fail_always(Some(fault));
        let (code, report) = Doctor::before("page", &sandbox).json();
        assert_eq!(code, 1, "{report:?}");
        said += &lines(&report, &["connection", "token"]);
    }
    insta::assert_snapshot!(said, @r#"
    connection failed: HighLevel's CDN blocked the request (HTTP 403): "error code: 1010".
    -> The block is by IP address or network, not by the token; try from another network.
    token skipped: a private integration token; not known whether it is valid
    connection failed: HighLevel answered with a redirect, which is not followed (HTTP 307).
    -> Check the API address, and whether a captive portal intercepts requests.
    token skipped: a private integration token; not known whether it is valid
    connection failed: 127.0.0.1 answers, but knows none of HighLevel's paths (HTTP 404)
    -> Check the API address (--base-url, GHL_BASE_URL); without one it is https://services.leadconnectorhq.com.
    token skipped: a private integration token; not known whether it is valid
    connection failed: HighLevel is unavailable (HTTP 200): "Bad gateway cloudflare".
    -> Try again in a minute. If every line fails so, what answers at 127.0.0.1 is not HighLevel.
    token skipped: a private integration token; not known whether it is valid
    connection failed: The connection to HighLevel broke before an answer came.
    -> Run doctor again; if it stays so, a firewall or a proxy cuts the connections to 127.0.0.1.
    token skipped: a private integration token; not known whether it is valid
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_connection_the_reason_is_named_and_a_proxy_that_is_not_used() {
    let intercepted = Upstream::over_tls(self_signed(), [answer("200 OK", "", "{}")]).await;
    let mut said = String::new();
    for url in [
        format!("https://{}", intercepted.address()),
        // Nothing listens on the discard port.
        "https://127.0.0.1:9".to_owned(),
        format!("https://{}.invalid", "x".repeat(64)),
    ] {
        let doctor =
            Doctor::new("offline").env("GHL_BASE_URL", &url).env("GHL_LOCATION_ID", "ve9EPM428h8vShlRW1KT");
        let doctor = doctor.env("GHL_PIT_TOKEN", "pit-0b1c2d3e-1234-4abc-9def-0123456789ab");
        let (code, report) = doctor.env("https_proxy", "http://jane:canary@proxy.example:3128").json();
        assert_eq!((code, report.of("failed")), (1, vec!["connection"]), "{report:?}");
        let text = lines(&report, &["connection", "token", "proxy"]);
        assert!(!report.0.to_string().contains("canary"));
        said += &text
            .replace(&"x".repeat(64), "[label]")
            .replace(&intercepted.address().port().to_string(), "[port]");
    }
    insta::assert_snapshot!(said, @"
    connection failed: No secure connection to HighLevel could be made: the certificate of 127.0.0.1 is not from an authority that is trusted.
    -> Check this machine's clock and whether a proxy replaces certificates.
    token skipped: a private integration token; not known whether it is valid
    proxy warning: https_proxy (proxy.example:3128) is set, but this program uses no proxy and connects directly
    -> If this network allows connections by the proxy only, let this program connect to 127.0.0.1:[port] directly.
    connection failed: HighLevel could not be reached: 127.0.0.1 refused the connection.
    -> Check this machine's network and the API address; then try again.
    token skipped: a private integration token; not known whether it is valid
    proxy warning: https_proxy (proxy.example:3128) is set, but this program uses no proxy and connects directly
    -> If this network allows connections by the proxy only, let this program connect to 127.0.0.1:9 directly.
    connection failed: HighLevel could not be reached: no connection to [label].invalid was made.
    -> Check this machine's network and the API address; then try again.
    token skipped: a private integration token; not known whether it is valid
    proxy warning: https_proxy (proxy.example:3128) is set, but this program uses no proxy and connects directly
    -> If this network allows connections by the proxy only, let this program connect to [label].invalid:443 directly.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_route_that_fails_is_one_line() {
    let sandbox = sandbox(|_| ()).await;
    for _ in 0..3 {
        sandbox.fault_on("GET", "/users/", Fault::answer(503, json!({"message": "down"}).to_string()));
    }
    sandbox.fault_on(
        "GET",
        "/locations/SandboxLocation00001/tags",
        Fault::Status {
            status: 200,
            body: json!({"labels": []}).to_string(),
            apply: false,
            headers: Vec::new(),
        },
    );
    let (code, report) = Doctor::before("one-route", &sandbox).json();
    assert_eq!(code, 1);
    assert_eq!(report.of("failed"), ["scope.locations/tags.readonly", "scope.users.readonly"]);
    insta::assert_snapshot!(lines(&report, &["scope.locations/tags.readonly", "scope.users.readonly"]), @r#"
    scope.locations/tags.readonly failed: HighLevel's answer could not be read (HTTP 200).
    -> Run doctor again; if it happens again, HighLevel has a fault.
    scope.users.readonly failed: HighLevel is unavailable (HTTP 503): "down".
    -> Try again in a minute.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_used_up_is_named() {
    let few = sandbox(|options| (options.daily, options.burst) = (6, 6)).await;
    let (code, report) = Doctor::before("used-up", &few).json();
    assert_eq!(
        (code, report.of("failed"), report.of("warning")),
        (1, vec!["quota.day"], vec!["quota.window"])
    );
    insta::assert_snapshot!(report.line("quota.day"), @"
    failed: nothing is left for today; resets in [time]
    -> Wait, or use less: every process and every other app with this token or account counts.
    ");
    insta::assert_snapshot!(report.line("quota.window"), @"
    warning: 0 of 6 requests left in 10 s
    -> Others use the same quota now: calls wait until the next window.
    ");
    few.clear_wire();
    let (code, report) = Doctor::before("over", &few).json();
    assert_eq!((code, few.wire().len(), report.of("failed")), (1, 1, vec!["quota.day"]));
    assert_eq!(report.line("scope.contacts.write"), "skipped: not asked: the quota is used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_a_duplicate_policy_and_another_dialect_are_warnings() {
    let mut said = String::new();
    for ahead in [-3_700, 3_700, 59] {
        let wrong = sandbox(|options| options.clock = Arc::new(WrongClock(ahead))).await;
        let (code, report) = Doctor::before("clock", &wrong).json();
        assert_eq!(code, 0);
        said += &lines(&report, &["clock"]);
    }
    for (allowed, keys) in
        [(true, &["email"][..]), (false, &["phone"]), (false, &["phone", "email"]), (false, &[])]
    {
        let unlike = sandbox(|options| {
            options.allow_duplicate_contact = allowed;
            options.unique_identifiers = keys.iter().map(|key| (*key).to_owned()).collect();
        });
        let (code, report) = Doctor::before("duplicates", &unlike.await).json();
        assert_eq!(code, 0);
        said += &lines(&report, &["duplicates"]);
    }
    let odd = sandbox(|options| options.country = "Narnia".to_owned()).await;
    let (code, report) = Doctor::before("country", &odd).json();
    assert_eq!(code, 0);
    said += &lines(&report, &["location"]);
    let recipe = sandbox(|options| options.dialect = Dialect::Recipe).await;
    let (code, report) = Doctor::before("recipe", &recipe).json();
    assert_eq!(code, 0, "{report:?}");
    said += &lines(
        &report,
        &["connection", "token", "dialect", "scope.locations.readonly", "scope.contacts.write"],
    );
    insta::assert_snapshot!(said, @r#"
    clock warning: this machine's clock is 1 h 1 min ahead of HighLevel's
    -> Set this machine's clock, by NTP: OAuth tokens seem to end too early or too late, and so do certificates.
    clock warning: this machine's clock is 1 h 1 min behind HighLevel's
    -> Set this machine's clock, by NTP: OAuth tokens seem to end too early or too late, and so do certificates.
    clock ok: this machine's clock and HighLevel's agree
    duplicates warning: allowed: several contacts may have one e-mail or phone; an upsert that finds several changes none and names them
    -> To have each person once, turn Allow Duplicate Contact off in HighLevel (Settings > Business Profile).
    duplicates warning: not allowed: an upsert changes the contact found by phone, and creates one only where none is found. Two contacts may have one e-mail: HighLevel does not tell contacts apart by it
    -> Add e-mail to the contact deduplication preferences in HighLevel (Settings > Business Profile).
    duplicates ok: not allowed: an upsert changes the contact found by phone, then e-mail, and creates one only where none is found
    duplicates ok: not allowed: an upsert changes the contact found by e-mail, then phone, and creates one only where none is found
    location warning: Harbour Light Studio, Narnia, America/New_York
    -> Set the country in HighLevel (Settings > Business Profile) or by --country: a phone number without a country code is refused without it.
    connection ok: 127.0.0.1 answers, over plain HTTP on this machine
    token ok: a private integration token, accepted by HighLevel
    dialect warning: recipe: the API of the recipes article, which is no HighLevel of today (detected)
    -> Check the API address: with HighLevel's own this does not happen.
    scope.locations.readonly warning: This HighLevel does not have the endpoint (HTTP 404): "Cannot GET /locations/SandboxLocation00001".
    -> Check the API address (--base-url) and --dialect.
    scope.contacts.write skipped: not known: this HighLevel has no request that shows it without writing
    "#);
    insta::assert_snapshot!(requests(&recipe).join("\n"), @"
    GET /contacts/search -> 200
    GET /contacts/search/duplicate -> 404
    GET /locations/SandboxLocation00001 -> 404
    GET /locations/SandboxLocation00001/customFields -> 404
    GET /locations/SandboxLocation00001/tags -> 404
    GET /users/ -> 404
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_store_of_an_app_is_looked_at() {
    let app = OauthApp {
        client_id: "app".to_owned(),
        client_secret: "canary-of-a-secret".to_owned(),
        access_ttl: std::time::Duration::from_secs(86_399),
    };
    let sandbox = sandbox(|options| options.oauth = Some(app)).await;
    let (access, refresh) = sandbox.new_grant();
    let store = |refresh: &str, ends: u64, location: &str| {
        json!({"version": 1, "client_id": "app", "access_token": access, "refresh_token": refresh,
            "expires_at": ends, "expires_in": 86_399, "userType": "Location", "locationId": location})
        .to_string()
    };
    let doctor = |text: Option<String>| {
        let doctor =
            Doctor::new("app").env("GHL_CLIENT_ID", "app").env("GHL_CLIENT_SECRET", "canary-of-a-secret");
        let path = doctor.home.join("tokens.json");
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
            #[cfg(unix)]
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        }
        let doctor =
            doctor.env("GHL_TOKEN_STORE", path.to_str().unwrap()).env("GHL_BASE_URL", &sandbox.url());
        doctor.env("GHL_LOCATION_ID", sandbox.location_id())
    };
    let far = 4_000_000_000;
    let mut said = String::new();
    for text in [
        None,
        Some("{".to_owned()),
        Some(store(&refresh, far, "SandboxLocation00001")),
        Some(store(&refresh, far, "ve9EPM428h8vShlRW1KT")),
        Some(store("sandbox-refresh-spent", 1_000, "SandboxLocation00001")),
    ] {
        let (code, report) = doctor(text).json();
        let _ = writeln!(said, "exit {code}\n{}", lines(&report, &["connection", "token", "tokenStore"]));
        let text = report.0.to_string();
        assert!(
            !text.contains("canary") && !text.contains(&access) && !text.contains("sandbox-refresh"),
            "{text}"
        );
    }
    insta::assert_snapshot!(said, @"
    exit 1
    connection skipped: nothing was sent: there is no access token to send
    token failed: The token store does not exist
    -> Run `ghl-contacts-mcp login` to make it.
    tokenStore failed: [home]/tokens.json: the token store does not exist
    -> Run `ghl-contacts-mcp login` to make it.

    exit 1
    connection skipped: nothing was sent: there is no access token to send
    token failed: The token store cannot be understood
    -> Run `ghl-contacts-mcp login` to make it anew.
    tokenStore failed: [home]/tokens.json: the token store cannot be understood
    -> Run `ghl-contacts-mcp login` to make it anew.

    exit 0
    connection ok: 127.0.0.1 answers, over plain HTTP on this machine
    token ok: an app's access token, accepted by HighLevel
    tokenStore ok: [home]/tokens.json: tokens of the location SandboxLocation00001; the access token is valid for 23 h 59 min; it is renewed when needed

    exit 0
    connection ok: 127.0.0.1 answers, over plain HTTP on this machine
    token ok: an app's access token, accepted by HighLevel
    tokenStore warning: [home]/tokens.json: tokens of the location ve9EPM428h8vShlRW1KT; the access token is valid for 23 h 59 min
    -> Set GHL_LOCATION_ID to this location, or run `ghl-contacts-mcp login` for the other.

    exit 1
    connection skipped: nothing was sent: there is no access token to send
    token failed: HighLevel no longer accepts the app's refresh token (it was used elsewhere, revoked, or a year old)
    -> Run `ghl-contacts-mcp login` to authorise again.
    tokenStore ok: [home]/tokens.json: tokens of the location SandboxLocation00001; the access token has ended; it is renewed when needed
    ");
}
