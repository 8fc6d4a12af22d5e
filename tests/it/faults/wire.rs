//! Rows 12 to 14, 30, 31 and 50: bytes on the wire, with milliseconds instead of the program's seconds.

use std::sync::Arc;
use std::time::Duration;

use ghl_contacts_mcp::ghl::model::ContactWrite;
use ghl_contacts_mcp::ghl::wire::{ReqwestTransport, Timeouts};
use ghl_contacts_mcp::ghl::{Client, ContactId, Error, FieldForm, Kind, Written, api};
use tokio_util::sync::CancellationToken;

use crate::support::VirtualClock;
use crate::support::scripted::client_of;
use crate::support::upstream::tcp::{Act, Upstream, answer, contact};

const SECOND: Duration = Duration::from_secs(1);
const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_millis(500),
    idle: Duration::from_millis(500),
    attempt: Duration::from_millis(1_500),
};

fn client(base: &str) -> Client {
    with_timeouts(base, TIMEOUTS)
}

fn with_timeouts(base: &str, timeouts: Timeouts) -> Client {
    client_of(base, Arc::new(VirtualClock::default()), Arc::new(ReqwestTransport::new(timeouts)), SECOND * 45)
}

fn ada() -> ContactId {
    "ada".parse().unwrap()
}

async fn get(client: &Client) -> Result<(), Error> {
    api::get(&client.scope(CancellationToken::new()), &ada()).await.map(drop)
}

async fn put(client: &Client) -> Result<(), Error> {
    let scope = client.scope(CancellationToken::new());
    api::update(&scope, &ada(), &ContactWrite::default(), FieldForm::FieldValue).await.map(drop)
}

async fn create(client: &Client) -> Result<(), Error> {
    api::create(&client.scope(CancellationToken::new()), &ContactWrite::default()).await.map(drop)
}

fn bytes(text: &str) -> Act {
    Act::Bytes(text.as_bytes().to_vec())
}

/// The head and the first bytes of a longer answer.
fn begun() -> Act {
    bytes(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2000\r\n\r\n{\"contact\":{\"id\":\"a",
    )
}

#[tokio::test]
async fn row_12_a_success_that_breaks_off_is_unreadable() {
    for ending in [Act::Close, Act::Reset] {
        let upstream = Upstream::playing([vec![begun(), ending.clone()]]).await;
        let error = create(&client(&upstream.url())).await.unwrap_err();
        assert_eq!((error.written(), upstream.hits()), (Written::Yes, 1), "{ending:?}");
        let upstream = Upstream::playing([vec![begun(), ending], contact()]).await;
        get(&client(&upstream.url())).await.unwrap();
        assert_eq!(upstream.requests(), ["GET /contacts/ada", "GET /contacts/ada"]);
    }
}

#[tokio::test]
async fn row_12_an_answer_shorter_than_its_json_is_unreadable() {
    let short = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{\"contact\":{\"id\":\"ada\"}}";
    let upstream = Upstream::playing([vec![bytes(short), Act::Close]]).await;
    let error = put(&client(&upstream.url())).await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&Kind::Unreadable, Written::Unknown));
    assert_eq!(upstream.hits(), 1);
}

#[tokio::test]
async fn row_13_a_connection_closed_before_the_answer_leaves_a_write_unknown() {
    for ending in [Act::Close, Act::Reset] {
        let upstream = Upstream::playing([vec![ending.clone()]]).await;
        let error = create(&client(&upstream.url())).await.unwrap_err();
        assert_eq!((error.kind(), error.written()), (&Kind::Lost, Written::Unknown), "{ending:?}");
        assert_eq!(upstream.hits(), 1);
        let upstream = Upstream::playing([vec![ending.clone()], contact()]).await;
        put(&client(&upstream.url())).await.unwrap();
        assert_eq!(upstream.hits(), 2);
    }
}

#[tokio::test]
async fn row_13_a_reused_connection_that_closes_leaves_a_write_unknown() {
    for ending in [Act::Close, Act::Reset] {
        // The second request reuses the connection of the first, which then closes.
        let upstream = Upstream::playing([contact(), vec![ending]]).await;
        let client = client(&upstream.url());
        get(&client).await.unwrap();
        let error = create(&client).await.unwrap_err();
        assert_eq!((error.written(), upstream.hits()), (Written::Unknown, 2));
    }
}

#[tokio::test]
async fn row_13_bytes_that_are_not_http_are_no_answer() {
    let upstream = Upstream::playing([vec![bytes("220 mail.example ESMTP\r\n"), Act::Close]]).await;
    let error = create(&client(&upstream.url())).await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&Kind::Lost, Written::Unknown));
    assert_eq!(upstream.hits(), 1);
}

/// Checks that an upstream that acts like this is given up, and the next attempt succeeds, long before the deadline.
#[expect(clippy::disallowed_methods, reason = "bounds the wait for a transport that does not give up")]
async fn is_cut(timeouts: Timeouts, acts: Vec<Act>) {
    let upstream = Upstream::playing([acts, contact()]).await;
    let client = with_timeouts(&upstream.url(), timeouts);
    let read = tokio::time::timeout(Duration::from_secs(20), get(&client)).await;
    read.expect("it gave up").unwrap();
    assert_eq!(upstream.hits(), 2);
}

#[tokio::test]
async fn row_14_a_stalled_answer_is_cut_after_the_idle_timeout() {
    assert_eq!((Timeouts::default().idle, Timeouts::default().attempt), (SECOND * 10, SECOND * 20));
    let idle = Timeouts { idle: Duration::from_millis(300), ..Timeouts::default() };
    for acts in [vec![Act::Stall], vec![begun(), Act::Stall]] {
        is_cut(Timeouts { attempt: SECOND * 40, ..idle }, acts).await;
    }
}

#[tokio::test]
async fn row_14_a_slow_answer_is_cut_after_the_attempt_timeout() {
    let drips = Act::Drip(vec![b' '; 2_000]);
    for acts in [vec![drips.clone()], vec![begun(), drips]] {
        is_cut(Timeouts { attempt: Duration::from_millis(600), ..Timeouts::default() }, acts).await;
    }
}

#[tokio::test]
async fn row_14_an_endless_stall_ends_after_three_attempts() {
    let upstream = Upstream::playing([vec![Act::Stall]]).await;
    let idle = Timeouts { idle: Duration::from_millis(300), ..Timeouts::default() };
    let error = get(&with_timeouts(&upstream.url(), idle)).await.unwrap_err();
    assert_eq!((error.kind(), error.written(), upstream.hits()), (&Kind::Lost, Written::No, 3));
}

#[tokio::test]
async fn row_30_invalid_utf8_is_unreadable() {
    let body = b"{\"contact\":{\"id\":\"ada\",\"firstName\":\"\xff\xfe\xc3\x28\"}}";
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let upstream = Upstream::playing([vec![bytes(&head), Act::Bytes(body.to_vec())]]).await;
    let client = client(&upstream.url());
    let error = get(&client).await.unwrap_err();
    assert_eq!((error.kind(), upstream.hits()), (&Kind::Unreadable, 1));
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.written(), upstream.hits()), (&Kind::Unreadable, Written::Unknown, 2));
}

#[tokio::test]
async fn row_31_a_giant_answer_is_cut_at_8_mib() {
    let head =
        |more: &str| bytes(&format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{more}\r\n\r\n"));
    let chunk = [b"10000\r\n".to_vec(), vec![b'['; 0x10000], b"\r\n".to_vec()].concat();
    let zeros = include_bytes!("zeros.gz");
    let bomb = format!("content-encoding: gzip\r\ncontent-length: {}", zeros.len());
    for acts in [
        vec![head("content-length: 200000000"), Act::Endless(vec![b'['; 1 << 16])],
        vec![head("transfer-encoding: chunked"), Act::Endless(chunk)],
        vec![head(&bomb), Act::Bytes(zeros.to_vec())],
    ] {
        let upstream = Upstream::playing([acts]).await;
        let error = get(&client(&upstream.url())).await.unwrap_err();
        assert_eq!((error.kind(), upstream.hits()), (&Kind::TooLarge, 1));
    }
}

#[tokio::test]
async fn row_50_a_redirect_is_not_followed() {
    let elsewhere = Upstream::playing([contact()]).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"] {
        let to = format!("location: {}/login\r\n", elsewhere.url());
        let upstream = Upstream::playing([answer(status, &to, "")]).await;
        let error = get(&client(&upstream.url())).await.unwrap_err();
        assert_eq!((error.kind(), upstream.hits()), (&Kind::Redirected, 1));
        let error = create(&client(&upstream.url())).await.unwrap_err();
        assert_eq!((error.kind(), error.written(), upstream.hits()), (&Kind::Redirected, Written::No, 2));
    }
    assert_eq!(elsewhere.hits(), 0);
}
