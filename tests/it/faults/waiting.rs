//! Row 71: a call that waits for another call is not served meanwhile, and keeps no place. The clock is tokio's, paused.
#![expect(clippy::disallowed_methods, reason = "the upstream answers after a while of the paused clock")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use ghl_contacts_mcp::contacts::{self, Contacts};
use ghl_contacts_mcp::ghl::wire::HttpRequest;
use ghl_contacts_mcp::tool::{Answer, CallInfo, Catalogue};
use ghl_contacts_mcp::tools;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::scripted::{PausedClock, client};
use crate::support::upstream::memory::{MemoryUpstream, Reply, Rule};

/// How long a request takes.
const REQUEST: Duration = Duration::from_millis(100);

/// A HighLevel without a rate limit. It has a contact for each e-mail and id, and none with a phone. It remembers what was asked, in order.
#[derive(Debug, Default)]
struct Slow(Mutex<Vec<String>>);

impl Rule for Slow {
    fn reply(&self, request: HttpRequest) -> BoxFuture<'_, Reply> {
        let path = request.url.path().to_owned();
        let email =
            request.url.query_pairs().find(|(name, _)| name == "email").map(|(_, email)| email.into_owned());
        let id = match &email {
            Some(email) => email.split('@').next().unwrap_or_default().to_owned(),
            None => path.rsplit('/').next().unwrap_or_default().to_owned(),
        };
        let by_phone = request.url.query_pairs().any(|(name, _)| name == "number");
        self.0.lock().unwrap().push(format!("{} {}", request.method, email.unwrap_or(path)));
        async move {
            tokio::time::sleep(REQUEST).await;
            let contact =
                json!({ "id": id, "email": format!("{id}@example.com"), "city": "Paris", "tags": [] });
            let location = json!({ "country": "US", "settings": { "allowDuplicateContact": false } });
            let contact = if by_phone { Value::Null } else { contact };
            Reply::json(200, &json!({ "contact": contact, "location": location }))
                .with("x-ratelimit-max", "100000")
                .with("x-ratelimit-remaining", "99999")
                .with("x-ratelimit-interval-milliseconds", "10000")
        }
        .boxed()
    }
}

struct Server {
    catalogue: Arc<Catalogue<Contacts>>,
    highlevel: Arc<MemoryUpstream<Slow>>,
}

/// The code of the answer, or `ok`, and when it came.
type Answered = (String, Duration);

impl Server {
    fn start() -> Self {
        let highlevel = MemoryUpstream::new(Slow::default(), Arc::new(PausedClock::default()));
        let client = client(highlevel.clock(), Arc::clone(&highlevel) as _, Duration::from_secs(45));
        let contacts = Contacts::new(client, contacts::Options::default());
        Self { catalogue: Arc::new(Catalogue::new(Arc::new(contacts), tools::all())), highlevel }
    }

    /// A call, and when it was answered.
    fn call(
        &self,
        tool: &'static str,
        arguments: Value,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, Answered> {
        let (catalogue, clock) = (Arc::clone(&self.catalogue), self.highlevel.clock());
        async move {
            let Value::Object(arguments) = arguments else { unreachable!() };
            let Answer::Result(result) = catalogue.call(tool, arguments, CallInfo::new(cancel)).await else {
                unreachable!()
            };
            let content = result.structured_content.unwrap_or_default();
            (content["code"].as_str().unwrap_or("ok").to_owned(), clock.now())
        }
        .boxed()
    }

    fn upsert(&self, email: &str) -> BoxFuture<'static, Answered> {
        let arguments = json!({ "email": email, "city": "Paris" });
        self.call("ghl_upsert_contact", arguments, CancellationToken::new())
    }

    fn get(&self, id: &str) -> BoxFuture<'static, Answered> {
        self.call("ghl_get_contact", json!({ "contactId": id }), CancellationToken::new())
    }

    fn requests(&self) -> Vec<String> {
        self.highlevel.rule.0.lock().unwrap().clone()
    }
}

fn count(answers: &[Answered], code: &str) -> usize {
    answers.iter().filter(|(answer, _)| answer == code).count()
}

#[tokio::test(start_paused = true)]
async fn row_71_three_hundred_upserts_of_one_email_leave_permits_for_a_get() {
    let server = Server::start();
    let mut calls: Vec<_> = (0..300).map(|_| server.upsert("ada@example.com")).collect();
    calls.push(server.get("bob"));
    let answers = join_all(calls).await;
    assert_eq!(server.requests()[..2], ["GET ada@example.com", "GET /contacts/bob"]);
    assert_eq!(answers[300], ("ok".to_owned(), REQUEST));
    assert_eq!(count(&answers, "ok"), 301);
    assert_eq!(server.requests().len(), 301);
}

#[tokio::test(start_paused = true)]
async fn row_71_upserts_beyond_those_that_may_wait_are_refused_at_once() {
    let server = Server::start();
    let mut calls: Vec<_> = (0..1_000).map(|_| server.upsert("ada@example.com")).collect();
    calls.push(server.get("bob"));
    let answers = join_all(calls).await;
    assert_eq!(answers[1_000], ("ok".to_owned(), REQUEST));
    // One runs and 320 wait.
    assert_eq!((count(&answers, "ok"), count(&answers, "busy")), (322, 679));
    let busy = answers.iter().filter(|(code, _)| code == "busy");
    assert!(busy.into_iter().all(|(_, at)| *at == Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn row_71_two_crowds_that_wait_for_each_others_keys_all_end() {
    let server = Server::start();
    let both = |email: &str, phone: &str| {
        let arguments = json!({ "email": email, "phone": phone, "city": "Paris", "dryRun": true });
        server.call("ghl_upsert_contact", arguments, CancellationToken::new())
    };
    let (a, b) = ("+14155550101", "+14155550102");
    let calls = (0..100)
        .flat_map(|_| [both("ada@example.com", a), both("ada@example.com", b), both("bob@example.com", a)]);
    let answers = join_all(calls).await;
    assert_eq!(answers.len(), 300);
    assert!(
        answers.iter().all(|(code, _)| ["ok", "timeout", "mismatch"].contains(&code.as_str())),
        "{answers:?}"
    );
    let began = server.highlevel.clock().now();
    let (code, at) = server.get("carl").await;
    assert_eq!((code.as_str(), at.saturating_sub(began)), ("ok", REQUEST), "every permit came back");
}

#[tokio::test(start_paused = true)]
async fn row_71_cancelled_upserts_leave_the_queue_of_a_key() {
    let server = Server::start();
    let cancel = CancellationToken::new();
    let arguments = json!({ "email": "ada@example.com", "city": "Paris" });
    let cancelled = (0..320).map(|_| server.call("ghl_upsert_contact", arguments.clone(), cancel.clone()));
    let waiting = tokio::spawn(join_all(cancelled.collect::<Vec<_>>()));
    tokio::task::yield_now().await;
    cancel.cancel();
    let answers = waiting.await.unwrap();
    assert_eq!(count(&answers, "cancelled"), 320);
    let began = server.highlevel.clock().now();
    let answers = join_all((0..300).map(|_| server.upsert("ada@example.com"))).await;
    assert_eq!(count(&answers, "ok"), 300);
    assert_eq!(answers[0].1.saturating_sub(began), REQUEST);
}
