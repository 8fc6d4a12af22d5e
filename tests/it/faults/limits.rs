//! Rows 1 to 6, 36 to 38 and a part of 45: HighLevel's rate limits, in virtual time.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use futures_util::future::join_all;
use ghl_contacts_mcp::contacts::{self, Contacts};
use ghl_contacts_mcp::ghl::model::ContactWrite;
use ghl_contacts_mcp::ghl::{Client, ContactId, Error, Kind, Written, api};
use ghl_contacts_mcp::tool::{Answer, CallInfo, Catalogue};
use ghl_contacts_mcp::tools;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::scripted::{Counts, Quota, Script, client, contact, scripted, too_many};
use crate::support::upstream::memory::{MemoryUpstream, Reply};

async fn get(client: &Client) -> Result<(), Error> {
    let id: ContactId = "ada".parse().unwrap();
    api::get(&client.scope(CancellationToken::new()), &id).await.map(drop)
}

/// A HighLevel that answers a contact and sends no rate-limit headers.
fn silent() -> Arc<MemoryUpstream<Script>> {
    scripted([contact()]).1
}

/// The seconds between a refusal with these headers and the next attempt.
async fn waited<const N: usize>(headers: [(&'static str, &str); N]) -> f64 {
    let (client, highlevel) = scripted([too_many(headers), contact()]);
    get(&client).await.unwrap();
    assert_eq!(highlevel.hits(), 2);
    highlevel.times()[1]
}

#[tokio::test(start_paused = true)]
async fn row_01_every_call_waits_for_retry_after() {
    let (client, highlevel) = scripted([too_many([("retry-after", "2")]), contact()]);
    let later = async {
        client.clock().sleep(Duration::from_secs(1)).await;
        get(&client).await
    };
    let (first, second) = tokio::join!(get(&client), later);
    assert!(first.is_ok() && second.is_ok());
    let times = highlevel.times();
    assert_eq!(times.len(), 3, "two for the first call, one for the second");
    assert!(times[1..].iter().all(|time| (2.0..=2.5).contains(time)), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn row_02_a_429_without_retry_after_waits_for_the_window() {
    let waited = waited([("x-ratelimit-max", "100"), ("x-ratelimit-interval-milliseconds", "7000")]).await;
    assert!((7.0..=7.25).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn row_03_a_bare_429_waits_ten_seconds() {
    let waited = waited([]).await;
    assert!((10.0..=10.25).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn row_04_a_date_in_retry_after_is_obeyed_and_nonsense_ignored() {
    let at =
        |seconds: u64| httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(1_780_304_400 + seconds));
    for (value, seconds) in [
        (at(5), 5.0),
        (httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(1_000_000_000)), 0.0),
        ("soon".to_owned(), 10.0),
        ("-1".to_owned(), 10.0),
        ("1.5".to_owned(), 10.0),
        ("100000000000000000000".to_owned(), 10.0),
        ("4294967295".to_owned(), 10.0),
        (String::new(), 10.0),
    ] {
        let waited = waited([("retry-after", &value)]).await;
        assert!((seconds..=seconds + 0.25).contains(&waited), "{value}: {waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_05_a_wait_beyond_the_deadline_fails_at_once_with_its_length() {
    let (client, highlevel) = scripted([too_many([("retry-after", "3600")])]);
    for _ in 0..3 {
        let error = get(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.written()), (&Kind::RateLimited, Written::No));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    }
    assert_eq!((highlevel.hits(), client.clock().now()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn row_06_an_endless_429_ends_after_three_attempts() {
    let (client, highlevel) = scripted([too_many([])]);
    let error = get(&client).await.unwrap_err();
    assert_eq!((error.kind(), highlevel.hits()), (&Kind::RateLimited, 3));
    assert!(client.clock().now() <= Duration::from_secs(45));
}

#[tokio::test(start_paused = true)]
async fn a_request_without_time_for_an_answer_is_not_sent() {
    for (deadline, answered) in [(0, 0), (1_999, 0), (2_000, 20), (12_249, 20), (12_250, 21)] {
        // Twenty requests go out in ten seconds as long as HighLevel has not sent its limit.
        let highlevel = silent();
        let client = client(highlevel.clock(), Arc::clone(&highlevel) as _, Duration::from_millis(deadline));
        let answers = join_all((0..21).map(|_| get(&client))).await;
        let ok = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!((ok, highlevel.hits()), (answered, answered), "{deadline} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn row_36_a_thousand_calls_at_once_get_no_429_and_lose_no_time() {
    for counts in [Counts::Fixed, Counts::Sliding, Counts::Rejects] {
        let highlevel = Quota::of(counts, 100);
        let client = client(highlevel.clock(), Arc::clone(&highlevel) as _, Duration::from_secs(200));
        let answers = join_all((0..1_000).map(|_| get(&client))).await;
        assert!(answers.iter().all(Result::is_ok), "{counts:?}");
        assert_eq!((highlevel.hits(), highlevel.rule.refused().len()), (1_000, 0), "{counts:?}");
        // The minimum is 90.1 s. The first window is used to learn its size.
        let took = client.clock().now();
        assert!(took <= Duration::from_secs(95), "{counts:?} {took:?}");
        // `benches/drive/results.py` reads this line. A passing test does not print it.
        println!("pacing: {counts:?} {:.1} s", took.as_secs_f64());
    }
}

#[tokio::test(start_paused = true)]
async fn row_36_of_20_000_calls_the_excess_is_refused_at_once() {
    let highlevel = Quota::of(Counts::Fixed, 100);
    let client = client(highlevel.clock(), Arc::clone(&highlevel) as _, Duration::from_secs(35));
    let now = client.clock().clone();
    let catalogue =
        Arc::new(Catalogue::new(Arc::new(Contacts::new(client, contacts::Options::default())), tools::all()));
    let call = |n: u32| {
        let (catalogue, now) = (Arc::clone(&catalogue), now.clone());
        async move {
            let Value::Object(arguments) = json!({ "contactId": format!("c{n}") }) else { unreachable!() };
            let info = CallInfo::new(CancellationToken::new());
            let Answer::Result(result) = catalogue.call("ghl_get_contact", arguments, info).await else {
                unreachable!()
            };
            (result.is_error == Some(true), result.structured_content.unwrap(), now.now())
        }
    };
    let answers = join_all((0..20_000).map(call)).await;
    let busy: Vec<_> = answers.iter().filter(|(_, content, _)| content["code"] == "busy").collect();
    let at_once = busy.iter().filter(|(_, _, time)| *time <= Duration::from_millis(50)).count();
    let good = answers.iter().filter(|(failed, _, _)| !failed).count();
    assert_eq!(at_once, 20_000 - 64 - 256);
    assert!(busy.iter().all(|(_, content, _)| content["retryAfterSeconds"].as_u64() > Some(0)));
    // Every admitted call was answered, or refused after ten seconds in the queue.
    assert_eq!(good + busy.len(), 20_000);
    assert_eq!((highlevel.hits(), highlevel.rule.refused().len()), (good, 0));
    assert!(good >= 100, "{good}");
}

#[tokio::test(start_paused = true)]
async fn row_37_two_processes_get_at_most_one_429_a_window() {
    for max in [25, 100] {
        let highlevel = Quota::of(Counts::Fixed, max);
        let process = || client(highlevel.clock(), Arc::clone(&highlevel) as _, Duration::from_secs(400));
        let (one, other) = (process(), process());
        let calls = (0..250).flat_map(|_| [&one, &other]).map(get);
        let answers = join_all(calls).await;
        assert!(answers.iter().all(Result::is_ok), "{max}");
        let refused = highlevel.rule.refused();
        let worst = refused
            .iter()
            .map(|at| {
                refused.iter().filter(|time| *time >= at && **time < *at + Duration::from_secs(10)).count()
            })
            .max();
        assert!(worst.unwrap_or(0) <= 1, "{max}: {refused:?}");
        let least = Duration::from_secs(10 * (500 / max as u64 - 1));
        assert!(one.clock().now() <= least.mul_f64(1.5), "{max}: {:?} {least:?}", one.clock().now());
    }
}

#[tokio::test(start_paused = true)]
async fn row_38_a_used_up_day_is_reported_with_its_end_and_sends_no_more_for_a_minute() {
    let used_up = |status| {
        let headers = vec![
            ("x-ratelimit-daily-remaining", "0".to_owned()),
            ("x-ratelimit-daily-reset", "3600000".to_owned()),
        ];
        Reply::Answer(status, headers, r#"{"contact":{"id":"ada"}}"#.to_owned())
    };
    // A 429 says it, or the last good answer.
    for (status, good) in [(429, 0), (200, 1)] {
        let (client, highlevel) = scripted([used_up(status), contact()]);
        let mut answers = Vec::new();
        for _ in 0..5 {
            answers.push(get(&client).await);
        }
        assert_eq!((answers.iter().filter(|answer| answer.is_ok()).count(), highlevel.hits()), (good, 1));
        let error = answers.pop().unwrap().unwrap_err();
        assert_eq!((error.kind(), error.written()), (&Kind::DailyLimit, Written::No));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3_600)));
        assert!(error.to_string().contains("reset in 3600 s"), "{error}");
        client.clock().sleep(Duration::from_secs(3_600)).await;
        assert!(get(&client).await.is_ok());
        assert_eq!(highlevel.hits(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn row_38_a_nonsense_reset_does_not_block_for_years() {
    // A time since 1970 instead of the milliseconds until the reset that HighLevel's documents promise.
    let headers = vec![
        ("x-ratelimit-daily-remaining", "0".to_owned()),
        ("x-ratelimit-daily-reset", "1780304400000".to_owned()),
    ];
    let (client, highlevel) = scripted([Reply::Answer(429, headers, String::new()), contact()]);
    assert_eq!(get(&client).await.unwrap_err().kind(), &Kind::DailyLimit);
    client.clock().sleep(Duration::from_secs(10)).await;
    assert!(get(&client).await.is_ok());
    assert_eq!(highlevel.hits(), 2);
}

#[tokio::test(start_paused = true)]
async fn row_45_a_call_cancelled_in_the_queue_sends_nothing() {
    for write in [false, true] {
        let (client, highlevel) = scripted([too_many([("retry-after", "20")]), contact()]);
        let cancel = CancellationToken::new();
        let waits = async {
            client.clock().sleep(Duration::from_secs(1)).await;
            let scope = client.scope(cancel.clone());
            if write {
                api::create(&scope, &ContactWrite::default()).await.map(drop)
            } else {
                api::get(&scope, &"bob".parse().unwrap()).await.map(drop)
            }
        };
        let goes = async {
            client.clock().sleep(Duration::from_secs(5)).await;
            cancel.cancel();
            client.clock().now()
        };
        let (first, waited, _) = tokio::join!(get(&client), waits, goes);
        let error = waited.unwrap_err();
        assert_eq!((error.kind(), error.written()), (&Kind::Cancelled, Written::No));
        assert!(first.is_ok());
        assert_eq!(highlevel.hits(), 2, "both are the first call's");
    }
}
