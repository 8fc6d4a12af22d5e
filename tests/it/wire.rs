//! What every tool sends: headers, waits, repeats, and how bad answers are handled.

use std::time::Duration;

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, DEADLINE, Reply, contact, setup};

async fn ada() -> Crm {
    Crm::with(contact("ada").email("ada@example.com")).await
}

async fn get(crm: &Crm) -> Reply {
    crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await
}

fn status(status: u16, body: &Value) -> Fault {
    Fault::answer(status, body.to_string())
}

#[tokio::test]
async fn every_request_has_agent_version_token_and_location() {
    let crm = ada().await;
    crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "tags": ["vip"] })).await.ok();
    for exchange in ghl_contacts_mcp::sandbox::Sandbox::wire(&crm) {
        let header = |name: &str| {
            let found = exchange.headers.iter().find(|(header, _)| header == name);
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        assert_eq!(header("version"), "2021-07-28");
        assert_eq!(header("accept"), "application/json");
        assert_eq!(header("authorization"), "Bearer ***");
        assert_eq!(header("location-id"), crm.location_id());
        assert_eq!(header("user-agent"), concat!("ghl-contacts-mcp/", env!("CARGO_PKG_VERSION")));
        assert_eq!(header("content-type"), if exchange.body.is_some() { "application/json" } else { "" });
    }
}

#[tokio::test]
async fn no_request_is_sent_before_a_tool_call() {
    let crm = ada().await;
    crm.session().client().list_all_tools().await.unwrap();
    assert_eq!(crm.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_read_is_tried_three_times_and_a_refused_one_once() {
    for (fault, sent, code) in [
        (status(502, &Value::Null), 3, "unavailable"),
        (status(503, &Value::Null), 3, "unavailable"),
        (status(504, &Value::Null), 3, "unavailable"),
        (Fault::Html { status: 502 }, 3, "unavailable"),
        (Fault::Html { status: 200 }, 3, "unavailable"),
        (Fault::HangUp { apply: false }, 3, "connection_lost"),
        (Fault::Truncate { apply: false }, 3, "connection_lost"),
        (status(400, &json!({ "message": "no" })), 1, "refused"),
        (status(422, &json!({ "message": ["no"] })), 1, "refused"),
        (status(401, &json!({ "message": "Invalid JWT" })), 1, "unauthorized"),
        (
            status(401, &json!({ "message": "The token is not authorized for this scope." })),
            1,
            "scope_missing",
        ),
        (
            status(401, &json!({ "message": "This location is not accessible from this token!" })),
            1,
            "wrong_location",
        ),
        (
            status(403, &json!({ "message": "The token does not have access to this location." })),
            1,
            "wrong_location",
        ),
        (Fault::Html { status: 403 }, 1, "blocked"),
        (Fault::Redirect { location: "https://evil.example.com/".into() }, 1, "redirected"),
        (status(200, &json!([1, 2, 3])), 1, "unreadable_answer"),
        (status(200, &json!({ "contact": null })), 1, "not_found"),
        (status(400, &json!({ "error": "Contact with id ada not found", "status": 400 })), 1, "not_found"),
        (status(404, &Value::Null), 1, "not_found"),
    ] {
        let crm = ada().await;
        crm.fail_always(Some(fault.clone()));
        let reply = get(&crm).await;
        assert_eq!(reply.failed_read(), code, "{fault:?}");
        assert_eq!(crm.requests().len(), sent, "{fault:?}");
    }
}

#[tokio::test]
async fn a_call_waits_as_long_as_highlevel_asks() {
    let in_four = "Mon, 01 Jun 2026 09:00:04 GMT"; // The clock begins at 09:00:00.
    for (retry_after, window_headers, seconds) in [
        (Some("7"), true, 7),
        (Some(in_four), false, 4),
        (None, true, 10),
        (None, false, 10),
        (Some("-5"), true, 10),
        (Some("soon"), true, 10),
    ] {
        let crm = ada().await;
        let retry_after = retry_after.map(str::to_owned);
        crm.next(Fault::TooManyRequests { retry_after: retry_after.clone(), window_headers });
        get(&crm).await.ok();
        let waited = crm.clock().passed();
        assert!(
            waited >= Duration::from_secs(seconds) && waited < Duration::from_secs(seconds + 1),
            "{retry_after:?}: {waited:?}"
        );
        assert_eq!(crm.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let crm = ada().await;
    crm.next(Fault::TooManyRequests { retry_after: Some("3600".into()), window_headers: true });
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("rate_limited", "no"));
    assert_eq!(
        (&reply.failure()["retryAfterSeconds"], &reply.failure()["httpStatus"]),
        (&json!(3600), &json!(429))
    );
    assert_eq!((crm.requests().len(), crm.clock().passed()), (1, Duration::ZERO));
}

#[tokio::test]
async fn a_used_up_day_is_not_tried_again() {
    let crm = setup().options(|options| options.daily = 1).with(contact("ada")).open().await;
    get(&crm).await.ok();
    crm.clock().advance(Duration::from_secs(2));
    let reply = get(&crm).await;
    // The first answer said that nothing is left, so the second request is not sent.
    assert_eq!((reply.code(), crm.requests().len()), ("daily_limit", 1));
    assert!(reply.failure()["retryAfterSeconds"].as_u64().is_some_and(|seconds| seconds > 3_600));
}

#[tokio::test]
async fn a_busy_location_is_given_up_within_the_deadline() {
    let crm = ada().await;
    crm.fail_always(Some(Fault::TooManyRequests { retry_after: None, window_headers: true }));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
    crm.fail_always(None);
    assert_eq!((reply.code(), reply.may_have_written()), ("rate_limited", "no"));
    assert!(crm.clock().passed() <= DEADLINE && crm.requests().len() <= 3);
}

#[tokio::test]
async fn no_error_holds_an_address_or_a_token() {
    for fault in [
        Fault::HangUp { apply: false },
        Fault::Redirect { location: "https://evil.example.com/?email=ada@example.com".into() },
        status(500, &json!({ "message": "x".repeat(100_000) })),
    ] {
        let crm = ada().await;
        crm.fail_always(Some(fault));
        let reply = crm.call("ghl_get_contact", json!({ "email": "ada@example.com" })).await;
        for secret in ["127.0.0.1", "http", crm.token(), "ada@example.com", "/contacts/"] {
            assert!(!reply.error().replace("(HTTP", "").contains(secret), "{secret} in {}", reply.error());
        }
    }
}

#[tokio::test]
async fn an_answer_above_8_mib_is_not_read() {
    let crm = ada().await;
    crm.next(status(200, &json!({ "contact": { "id": "ada", "city": "x".repeat(9 << 20) } })));
    let reply = get(&crm).await;
    assert_eq!(reply.failed_read(), "unreadable_answer");
}

#[tokio::test]
async fn the_slash_of_a_create_and_the_plus_of_a_phone_are_sent() {
    let crm = Crm::empty().await;
    crm.upsert(json!({ "phone": "+14155550101" })).await.ok();
    let paths: Vec<_> =
        ghl_contacts_mcp::sandbox::Sandbox::wire(&crm).into_iter().map(|exchange| exchange.path).collect();
    assert!(paths[0].ends_with("number=%2B14155550101"), "{}", paths[0]);
    assert!(paths.contains(&"/contacts/".to_owned()), "{paths:?}");
}
