//! Rows 53, 54, 56 and 57: a probe of the server itself ends an outage, or a day that is used up, for reads and writes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use ghl_contacts_mcp::ghl::model::{ContactWrite, TagChange};
use ghl_contacts_mcp::ghl::wire::HttpRequest;
use ghl_contacts_mcp::ghl::{Client, ContactId, Error, Kind, Written, api};
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::support::routes::Routes;
use crate::support::scripted::client;
use crate::support::upstream::memory::{MemoryUpstream, Reply};
use crate::support::{Crm, contact, setup};

const LOCATION: &str = "GET /locations/FaultLocation0000001";
const LOOKUP: &str = "GET /contacts/search/duplicate";
const BULK: &str = "POST /contacts/bulk/tags/update/add";

fn client_of(highlevel: &Arc<MemoryUpstream<Routes>>) -> Client {
    client(highlevel.clock(), Arc::clone(highlevel) as _, Duration::from_secs(45))
}

async fn get(client: &Client) -> Result<(), Error> {
    api::get(&client.scope(CancellationToken::new()), &"ada".parse().unwrap()).await.map(drop)
}

async fn create(client: &Client) -> Result<(), Error> {
    api::create(&client.scope(CancellationToken::new()), &ContactWrite::default()).await.map(drop)
}

async fn tag(client: &Client) -> Result<(), Error> {
    let ids: [ContactId; 1] = ["ada".parse().unwrap()];
    let scope = client.scope(CancellationToken::new());
    api::change_tags_of_many(&scope, &ids, &["vip".to_owned()], TagChange::Add).await.map(drop)
}

fn well(_: &HttpRequest) -> Reply {
    Reply::json(200, r#"{"contact":{"id":"ada"},"responses":[]}"#)
}

fn failing(_: &HttpRequest) -> Reply {
    Reply::json(503, "")
}

/// A client whose circuit breaker has opened just now.
async fn opened() -> (Client, Arc<MemoryUpstream<Routes>>) {
    let highlevel = Routes::answering(failing);
    let client = client_of(&highlevel);
    while create(&client).await.unwrap_err().status().is_some() {}
    highlevel.rule.now(well);
    (client, highlevel)
}

async fn pass(client: &Client, seconds: u64) {
    client.clock().sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test]
async fn row_53_a_client_that_only_writes_comes_back_after_an_outage() {
    for native in [true, false] {
        let crm = if native { setup().native() } else { setup() };
        let crm = crm.with(contact("ada").email("ada@example.com")).with(contact("bob")).open().await;
        let write = || async {
            if native {
                return crm.upsert(json!({ "email": "grace@example.com", "firstName": "Grace" })).await;
            }
            crm.call("ghl_add_tags", json!({ "contactIds": ["ada", "bob"], "tags": ["vip"] })).await
        };
        crm.fail_always(Some(Fault::answer(503, "{}")));
        for _ in 0..6 {
            assert!(write().await.is_error());
        }
        let refused = write().await;
        assert_eq!((refused.code(), refused.may_have_written()), ("unavailable", "no"), "{native}");
        let wait = refused.failure()["retryAfterSeconds"].as_u64().unwrap();
        assert!((1..=10).contains(&wait) && refused.error().contains(&format!("Wait {wait} seconds")));
        crm.fail_always(None);
        crm.clear_wire();
        crm.clock().advance(Duration::from_secs(wait));
        write().await.ok();
        assert_eq!(crm.requests()[0], "GET /locations/{location} -> 200");
        assert_eq!(crm.sent("GET /locations/{location} "), 1);
        let (sent, stored) = if native {
            (
                crm.sent("POST /contacts/upsert "),
                crm.held(&crm.id_of("grace@example.com"))["firstName"].clone(),
            )
        } else {
            (crm.sent("POST /contacts/bulk/tags/update/add "), crm.held("bob")["tags"][0].clone())
        };
        assert_eq!((sent, stored), (1, json!(if native { "Grace" } else { "vip" })));
    }
}

#[tokio::test(start_paused = true)]
async fn row_53_one_probe_serves_all_who_call() {
    let (client, highlevel) = opened().await;
    pass(&client, 10).await;
    let (tags, reads) =
        tokio::join!(join_all((0..10).map(|_| tag(&client))), join_all((0..10).map(|_| get(&client))));
    assert!(tags.iter().chain(&reads).all(Result::is_ok));
    let count = |line: &str| highlevel.rule.lines().iter().filter(|one| *one == line).count();
    assert_eq!((count(LOCATION), count(BULK), count("GET /contacts/ada")), (1, 10, 10));
    assert_eq!(highlevel.rule.lines().len(), 21);
}

#[tokio::test(start_paused = true)]
async fn row_53_any_answer_of_highlevel_to_the_probe_ends_the_outage() {
    for (status, body) in [
        (200, "{}"),
        (200, "not json"),
        (200, r#"{"location":{"id":"another"}}"#),
        (400, ""),
        (401, r#"{"message":"Invalid JWT"}"#),
        (401, r#"{"message":"The token is not authorized for this scope."}"#),
        (403, r#"{"message":"The token does not have access to this location."}"#),
        (404, "{}"),
        (422, "{}"),
    ] {
        let (client, highlevel) = opened().await;
        highlevel.rule.now(move |request| {
            if request.url.path().starts_with("/locations/") {
                Reply::json(status, body)
            } else {
                well(request)
            }
        });
        pass(&client, 10).await;
        tag(&client).await.unwrap();
        assert_eq!(highlevel.rule.lines(), [LOCATION, BULK], "{status} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_53_a_probe_that_meets_a_429_waits_for_the_window_and_then_goes_on() {
    let (client, highlevel) = opened().await;
    highlevel.rule.now(|request| {
        let path = request.url.path();
        if path.starts_with("/locations/") {
            Reply::json(429, "").with("retry-after", "3")
        } else {
            well(request)
        }
    });
    pass(&client, 10).await;
    let before = client.clock().now();
    tag(&client).await.unwrap();
    assert_eq!(highlevel.rule.lines(), [LOCATION, BULK]);
    assert!(client.clock().now().saturating_sub(before) >= Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn row_54_while_probes_fail_the_waits_grow_to_a_minute_and_say_so() {
    let (client, highlevel) = opened().await;
    highlevel.rule.now(failing);
    let mut wait = tag(&client).await.unwrap_err().retry_after().unwrap();
    let mut waits = Vec::new();
    for _ in 0..6 {
        client.clock().sleep(wait).await;
        let calls = join_all((0..5).map(|_| tag(&client))).await;
        for error in calls.into_iter().map(Result::unwrap_err) {
            assert_eq!((error.kind(), error.written()), (&Kind::Unavailable, Written::No));
            wait = error.retry_after().unwrap();
        }
        waits.push(wait.as_secs());
    }
    assert_eq!(waits, [20, 40, 60, 60, 60, 60]);
    // One request a probe, and none of them is a write.
    assert_eq!(highlevel.rule.lines(), [LOCATION, LOOKUP, LOCATION, LOOKUP, LOCATION, LOOKUP]);
}

#[tokio::test(start_paused = true)]
async fn row_54_one_route_that_is_broken_for_good_does_not_keep_the_client_away() {
    for broken in ["/locations/", "/contacts/search/duplicate"] {
        let (client, highlevel) = opened().await;
        highlevel.rule.now(move |request| {
            if request.url.path().starts_with(broken) { Reply::json(500, "") } else { well(request) }
        });
        pass(&client, 10).await;
        if tag(&client).await.is_err() {
            pass(&client, 20).await;
            tag(&client).await.unwrap();
        }
        assert_eq!(highlevel.rule.lines().last().unwrap(), BULK, "{broken}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_54_a_caller_that_goes_away_leaves_the_probe_to_the_others() {
    let (client, highlevel) = opened().await;
    pass(&client, 10).await;
    let cancel = CancellationToken::new();
    let gone = async {
        let scope = client.scope(cancel.clone());
        api::create(&scope, &ContactWrite::default()).await.map(drop)
    };
    let cancels = async {
        client.clock().sleep(Duration::from_millis(30)).await;
        cancel.cancel();
    };
    let (gone, (), other) = tokio::join!(gone, cancels, tag(&client));
    assert_eq!(*gone.unwrap_err().kind(), Kind::Cancelled);
    other.unwrap();
    assert_eq!(highlevel.rule.lines(), [LOCATION, BULK]);
    // Alone, too: its answer is not lost.
    let (client, highlevel) = opened().await;
    pass(&client, 10).await;
    let mut alone = Box::pin(create(&client));
    assert!(futures_util::poll!(&mut alone).is_pending());
    drop(alone);
    pass(&client, 1).await;
    tag(&client).await.unwrap();
    assert_eq!(highlevel.rule.lines(), [LOCATION, BULK]);
}

#[tokio::test(start_paused = true)]
async fn row_54_calls_that_wait_for_the_rate_limit_when_an_outage_begins_are_not_sent() {
    let highlevel = Routes::answering(failing);
    let client = client_of(&highlevel);
    let answers = join_all((0..40).map(|_| create(&client))).await;
    assert!(answers.iter().all(Result::is_err));
    // Five at once until HighLevel has said its limit: the others find the breaker open.
    assert_eq!(highlevel.rule.lines().len(), 5);
    let unsent = answers.into_iter().filter(|answer| answer.as_ref().unwrap_err().written() == Written::No);
    assert_eq!(unsent.count(), 35);
    // They have not used up the window either.
    highlevel.rule.now(well);
    pass(&client, 10).await;
    let before = client.clock().now();
    assert!(join_all((0..14).map(|_| create(&client))).await.iter().all(Result::is_ok));
    assert!(client.clock().now().saturating_sub(before) < Duration::from_secs(1));
}

/// An answer that says so much is left of the day.
fn left(status: u16, remaining: &str, reset: &str) -> Reply {
    let reply = Reply::json(status, r#"{"contact":{"id":"ada"},"responses":[]}"#);
    reply.with("x-ratelimit-daily-remaining", remaining).with("x-ratelimit-daily-reset", reset)
}

#[tokio::test(start_paused = true)]
async fn row_56_one_wrong_header_stops_the_client_for_a_minute_and_not_for_a_day() {
    let highlevel = Routes::answering(|_| left(200, "0", "86400000"));
    let client = client_of(&highlevel);
    get(&client).await.unwrap();
    highlevel.rule.now(|_| left(200, "150000", "86340000"));
    for answer in [get(&client).await, tag(&client).await, create(&client).await] {
        let error = answer.unwrap_err();
        assert_eq!((error.kind(), error.written()), (&Kind::DailyLimit, Written::No));
        assert_eq!(error.retry_after(), Some(Duration::from_hours(24)));
        assert!(error.to_string().contains("reset in 86400 s; a call in 60 s finds out"), "{error}");
    }
    assert_eq!(highlevel.rule.lines(), [""; 0]);
    pass(&client, 60).await;
    get(&client).await.unwrap();
    tag(&client).await.unwrap();
    assert_eq!(highlevel.rule.lines(), ["GET /contacts/ada", BULK]);
}

#[tokio::test(start_paused = true)]
async fn row_56_a_client_that_only_writes_finds_out_that_the_day_is_not_used_up() {
    let highlevel = Routes::answering(|_| left(200, "0", "86400000"));
    let client = client_of(&highlevel);
    tag(&client).await.unwrap();
    highlevel.rule.now(|_| left(200, "7", "86340000"));
    pass(&client, 60).await;
    assert!(join_all((0..6).map(|_| tag(&client))).await.iter().all(Result::is_ok));
    assert_eq!(highlevel.rule.lines(), [LOCATION, BULK, BULK, BULK, BULK, BULK, BULK]);
}

#[tokio::test(start_paused = true)]
async fn row_56_a_day_that_is_used_up_costs_one_request_a_minute_and_no_write() {
    for status in [200, 429] {
        let highlevel = Routes::answering(move |_| left(status, "0", "86400000"));
        let client = client_of(&highlevel);
        let _ = get(&client).await;
        highlevel.rule.now(move |_| left(status, "0", "86000000"));
        for second in 0..600 {
            let _ = if second % 3 == 0 { get(&client).await } else { tag(&client).await };
            pass(&client, 1).await;
        }
        let lines = highlevel.rule.lines();
        assert!((9..=10).contains(&lines.len()), "{status} {lines:?}");
        assert!(lines.iter().all(|line| line.starts_with("GET ")), "{status} {lines:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_57_a_reset_that_cannot_be_right_neither_locks_for_long_nor_lets_all_through() {
    for reset in ["-1", "-86400000", "0", "100000000000000000000", "1780304400000", "soon", "", "1.5", "NaN"]
    {
        let highlevel = Routes::answering(move |_| left(429, "0", reset));
        let client = client_of(&highlevel);
        assert_eq!(get(&client).await.unwrap_err().kind(), &Kind::DailyLimit);
        let error = tag(&client).await.unwrap_err();
        assert!(error.retry_after().unwrap() <= Duration::from_secs(10), "{reset}");
        assert!(error.to_string().contains("does not say when the limit is reset"), "{error}");
        pass(&client, 10).await;
        // The probe is refused, too.
        assert_eq!(tag(&client).await.unwrap_err().kind(), &Kind::DailyLimit);
        highlevel.rule.now(|_| left(200, "9", "3600000"));
        pass(&client, 60).await;
        tag(&client).await.unwrap();
        assert_eq!(highlevel.rule.lines(), [LOOKUP, BULK], "{reset}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_57_an_outage_in_a_day_that_is_used_up_ends_like_each_of_them() {
    let highlevel = Routes::answering(|_| left(200, "0", "86400000"));
    let client = client_of(&highlevel);
    get(&client).await.unwrap();
    highlevel.rule.now(failing);
    for _ in 0..3 {
        pass(&client, 60).await;
        assert!(tag(&client).await.is_err());
    }
    assert_eq!(highlevel.rule.lines(), [LOCATION, LOOKUP, LOCATION]);
    highlevel.rule.now(well);
    pass(&client, 60).await;
    // This answer says nothing of the day, but HighLevel has served it.
    tag(&client).await.unwrap();
    assert_eq!(highlevel.rule.lines(), [LOOKUP, BULK]);
}

#[tokio::test]
async fn row_56_the_model_sees_when_the_next_probe_is_made() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let headers = vec![
        ("x-ratelimit-daily-remaining".to_owned(), "0".to_owned()),
        ("x-ratelimit-daily-reset".to_owned(), "86400000".to_owned()),
    ];
    let body = r#"{"statusCode":429,"message":"Too Many Requests"}"#.to_owned();
    crm.next(Fault::Status { status: 429, body, apply: false, headers });
    let call = || crm.call("ghl_add_tags", json!({ "contactIds": ["ada", "ada2"], "tags": ["vip"] }));
    let _ = call().await;
    crm.clear_wire();
    let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada" })).await;
    assert_eq!(
        reply.error(),
        "HighLevel's limit for the day is used up: it says that the limit is reset in 86400 s; a call in 60 s finds out \
         whether it still holds. Nothing was written. The limit is per day: send the same call again after \
         `retryAfterSeconds`. Earlier, one call a minute finds out whether the limit still holds."
    );
    assert_eq!((reply.code(), crm.requests().len()), ("daily_limit", 0));
    crm.clock().advance(Duration::from_secs(60));
    crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada" })).await.ok();
    assert_eq!(crm.held("ada")["firstName"], "Ada");
}
