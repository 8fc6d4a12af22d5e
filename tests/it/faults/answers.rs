//! Rows 7, 11, 16 and 28 to 30: bad answers, in virtual time.

use std::time::Duration;

use ghl_contacts_mcp::ghl::model::{ContactWrite, Field};
use ghl_contacts_mcp::ghl::{Client, ContactId, Error, FieldForm, Kind, Written, api};
use tokio_util::sync::CancellationToken;

use crate::support::scripted::{contact, scripted};
use crate::support::upstream::memory::Reply;

fn ada() -> ContactId {
    "ada".parse().unwrap()
}

async fn get(client: &Client) -> Result<ghl_contacts_mcp::ghl::model::Contact, Error> {
    api::get(&client.scope(CancellationToken::new()), &ada()).await
}

async fn put(client: &Client) -> Result<(), Error> {
    let scope = client.scope(CancellationToken::new());
    api::update(&scope, &ada(), &ContactWrite::default(), FieldForm::FieldValue).await.map(drop)
}

async fn create(client: &Client) -> Result<(), Error> {
    api::create(&client.scope(CancellationToken::new()), &ContactWrite::default()).await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn row_07_a_read_is_repeated_after_a_server_error() {
    for status in [500, 502, 503, 504] {
        let (client, highlevel) = scripted([Reply::json(status, ""), contact()]);
        get(&client).await.unwrap();
        assert_eq!(highlevel.hits(), 2);
        assert!(highlevel.times()[1] <= 0.5);
    }
}

#[tokio::test(start_paused = true)]
async fn row_07_updates_are_repeated_and_a_create_never() {
    let (client, highlevel) = scripted([Reply::json(502, "")]);
    let error = put(&client).await.unwrap_err();
    assert_eq!((error.written(), highlevel.hits()), (Written::Unknown, 2));
    let (client, highlevel) = scripted([Reply::json(502, "")]);
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.written(), highlevel.hits()), (Written::Unknown, 1));
}

#[tokio::test(start_paused = true)]
async fn row_07_the_circuit_breaker_opens_while_highlevel_is_down() {
    let (client, highlevel) = scripted([Reply::json(503, "")]);
    for _ in 0..100 {
        assert_eq!(get(&client).await.unwrap_err().kind(), &Kind::Unavailable);
    }
    // Three attempts, then two more failures open the circuit breaker, which says when to try again.
    assert_eq!(highlevel.hits(), 5);
    assert!(get(&client).await.unwrap_err().retry_after().is_some());
    client.clock().sleep(Duration::from_secs(10)).await;
    let refused = create(&client).await.unwrap_err();
    assert_eq!((refused.written(), refused.retry_after()), (Written::No, Some(Duration::from_secs(20))));
    assert_eq!(highlevel.hits(), 6, "one probe, whether the caller reads or writes, and no write");
    get(&client).await.unwrap_err();
    assert_eq!(highlevel.hits(), 6, "the next probe comes after twice the time");
}

#[tokio::test(start_paused = true)]
async fn row_07_repeats_have_a_budget_while_highlevel_fails_now_and_then() {
    // Each call fails once and succeeds on its repeat, so the circuit breaker stays closed.
    let script = (0..24).map(|n| if n % 2 == 0 { Reply::json(503, "") } else { contact() });
    let (client, highlevel) = scripted(script.map(|reply| reply.with("x-ratelimit-max", "100")));
    for call in 0..10 {
        get(&client).await.unwrap_or_else(|error| panic!("call {call}: {error}"));
    }
    assert_eq!(get(&client).await.unwrap_err().kind(), &Kind::Unavailable);
    assert_eq!(highlevel.hits(), 21, "ten repeats are free, and a fifth of 21 requests is no more");
    client.clock().sleep(Duration::from_secs(10)).await;
    get(&client).await.unwrap();
    assert_eq!(highlevel.hits(), 22, "the eleventh call's repeat was not sent");
}

#[tokio::test(start_paused = true)]
async fn row_55_eight_calls_in_a_row_that_each_meet_one_503_succeed() {
    let script = (0..16).map(|n| if n % 2 == 0 { Reply::json(503, "") } else { contact() });
    let (client, highlevel) = scripted(script);
    for call in 0..8 {
        let answer = if call % 2 == 0 { get(&client).await.map(drop) } else { put(&client).await };
        answer.unwrap_or_else(|error| panic!("call {call}: {error}"));
    }
    assert_eq!(highlevel.hits(), 16);
}

#[tokio::test(start_paused = true)]
async fn row_07_a_refused_repeat_decides_whether_a_write_happened() {
    let refused = [Reply::NoAnswer, Reply::json(400, r#"{"message":"no"}"#)];
    let (client, highlevel) = scripted(refused);
    assert_eq!((put(&client).await.unwrap_err().written(), highlevel.hits()), (Written::No, 2));
    let (client, highlevel) = scripted([Reply::NoAnswer, Reply::json(401, r#"{"message":"Invalid JWT"}"#)]);
    assert_eq!((put(&client).await.unwrap_err().written(), highlevel.hits()), (Written::Unknown, 2));
}

#[tokio::test(start_paused = true)]
async fn row_11_an_html_page_is_never_an_answer() {
    let page = |status| {
        let body = format!(
            "<html><head><title>Just a moment</title></head><body>{}</body></html>",
            "x ".repeat(2_000)
        );
        Reply::Answer(status, vec![("content-type", "text/html; charset=UTF-8".to_owned())], body)
    };
    for status in [200, 404, 502, 520, 521, 522, 523, 524, 525, 526] {
        let (client, highlevel) = scripted([page(status)]);
        let error = get(&client).await.unwrap_err();
        assert_eq!((error.kind(), highlevel.hits()), (&Kind::Unavailable, 3), "{status}");
        let words = error.upstream().unwrap();
        assert!(words.starts_with("Just a moment") && words.chars().count() <= 200 && !words.contains('<'));
        let (client, highlevel) = scripted([page(status)]);
        let error = create(&client).await.unwrap_err();
        assert_eq!((error.written(), highlevel.hits()), (Written::Unknown, 1), "{status}");
    }
    for write in [false, true] {
        let (client, highlevel) = scripted([page(403)]);
        let error = if write { create(&client).await } else { get(&client).await.map(drop) }.unwrap_err();
        assert_eq!((error.kind(), error.written()), (&Kind::Blocked, Written::No));
        assert_eq!(highlevel.hits(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn row_15_and_16_a_create_that_was_not_sent_is_sent_again() {
    let (client, highlevel) = scripted([Reply::NotConnected, Reply::NotConnected, contact()]);
    create(&client).await.unwrap();
    assert_eq!(highlevel.hits(), 3);
    let (client, highlevel) = scripted([Reply::NotConnected]);
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.written(), highlevel.hits()), (&Kind::Unreachable, Written::No, 3));
    assert_eq!(error.to_string(), "HighLevel could not be reached: no connection to 127.0.0.1 was made");
}

#[tokio::test(start_paused = true)]
async fn row_13_a_write_with_a_broken_answer_may_have_happened() {
    for (reply, written, hits) in [
        (Reply::NoAnswer, Written::Unknown, 2),
        (Reply::CutOff(200), Written::Yes, 1),
        (Reply::CutOff(502), Written::Unknown, 2),
    ] {
        let (client, highlevel) = scripted([reply.clone()]);
        let error = put(&client).await.unwrap_err();
        assert_eq!((error.written(), highlevel.hits()), (written, hits), "{reply:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_28_a_changed_property_loses_only_itself() {
    for body in [
        r#"{"contact":{"id":"ada","firstName":"Ada","brandNew":{"deep":[1]}},"traceId":"x"}"#,
        r#"{"contact":{"id":"ada","firstName":"Ada","tags":null,"customFields":null}}"#,
        r#"{"contact":{"id":"ada","firstName":"Ada","tags":"vip","dnd":"true","phone":15}}"#,
        r#"{"contact":{"_id":"ada","firstName":"Ada","customFields":{"a":1},"email":["x"]}}"#,
        r#"{"contact":{"id":"ada","firstName":"Ada","customFields":[null,1,{"id":7}]}}"#,
    ] {
        let (client, highlevel) = scripted([Reply::json(200, body)]);
        let contact = get(&client).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!((contact.id, highlevel.hits()), (ada(), 1));
        assert_eq!(get(&client).await.unwrap().text(Field::FirstName).as_deref(), Some("Ada"));
    }
}

#[tokio::test(start_paused = true)]
async fn row_29_a_null_contact_is_not_found_and_a_missing_list_is_an_error() {
    let (client, highlevel) = scripted([Reply::json(200, r#"{"contact":null}"#)]);
    assert_eq!((get(&client).await.unwrap_err().kind(), highlevel.hits()), (&Kind::NotFound, 1));
    // After a write it is not "not found": HighLevel answered success, which proves nothing without a contact.
    let (client, highlevel) = scripted([Reply::json(200, r#"{"contact":null}"#)]);
    assert_eq!((create(&client).await.unwrap_err().written(), highlevel.hits()), (Written::Unknown, 1));
}

#[tokio::test(start_paused = true)]
async fn row_30_an_unreadable_answer_is_not_quoted() {
    let deep = format!("{{\"contact\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for body in [
        deep.as_str(),
        r#"{"contact":{"id":"ada","firstName":"\ud800"}}"#,
        r#"{"contact":{"id":"ada","n":NaN}}"#,
        r#"{"contact":{"id":"../x"}}"#,
        r#"{"contact":{}}"#,
        // One key twice has two readings.
        r#"{"contact":{"id":"ada"},"contact":null}"#,
        r#"{"contact":null,"contact":{"id":"ada"}}"#,
        r#"{"contact":{"id":"ada","tags":["a"],"tags":null}}"#,
        "",
        "null secret-words",
    ] {
        let (client, highlevel) = scripted([Reply::json(200, body)]);
        let error = get(&client).await.unwrap_err();
        assert_eq!((error.kind(), highlevel.hits()), (&Kind::Unreadable, 1), "{body:.40}");
        assert!(!error.to_string().contains("secret-words"));
    }
    let (client, _) =
        scripted([Reply::json(200, r#"{"contact":{"id":"ada","firstName":"A\u0000\u202eda"}}"#)]);
    get(&client).await.unwrap();
}
