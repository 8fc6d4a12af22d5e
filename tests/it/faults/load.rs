//! Rows 51 and 52: many calls at once whose token HighLevel refuses, and which is then renewed.
#![expect(clippy::disallowed_methods, reason = "the specs write a token file and make the way take time")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use ghl_contacts_mcp::ghl::auth::{App, Credential, OAuth, TokenStore};
use ghl_contacts_mcp::ghl::wire::{HttpRequest, Transport};
use ghl_contacts_mcp::ghl::{Client, ContactId, Error, Settings, api};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::support::scripted::PausedClock;
use crate::support::upstream::memory::{MemoryUpstream, Reply, Rule};

/// What a request to the API said: its contact and its token.
type Line = (String, String);

/// A HighLevel whose first token is refused, and whose token endpoint answers at once. It counts 100 requests in ten
/// seconds, some of which others use, and each way takes 60 ms.
#[derive(Debug)]
struct Refusing {
    clock: Arc<PausedClock>,
    others: usize,
    /// Refuses the first token from this request on.
    from: usize,
    lines: Mutex<Vec<Line>>,
    window: Mutex<Vec<Duration>>,
    refreshes: Mutex<usize>,
    too_many: Mutex<usize>,
}

const ONE_WAY: Duration = Duration::from_millis(60);
const WINDOW: Duration = Duration::from_secs(10);
const MAX: usize = 100;

impl Refusing {
    fn arrive(&self, request: &HttpRequest) -> Reply {
        use ghl_contacts_mcp::ghl::Clock;
        if request.url.path() == "/oauth/token" {
            *self.refreshes.lock().unwrap() += 1;
            let body = json!({ "access_token": "new", "refresh_token": "r", "expires_in": 86_399 });
            return Reply::json(200, &body);
        }
        let (now, mut window) = (self.clock.now(), self.window.lock().unwrap());
        window.retain(|time| *time + WINDOW > now);
        if window.len() + self.others >= MAX {
            *self.too_many.lock().unwrap() += 1;
            return Reply::json(429, "");
        }
        window.push(now);
        let token = request.headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ");
        let id = request.url.path().rsplit('/').next().unwrap();
        let mut lines = self.lines.lock().unwrap();
        lines.push((id.to_owned(), token.to_owned()));
        let reply = if token == "new" || lines.len() < self.from {
            Reply::json(200, &format!(r#"{{"contact":{{"id":"{id}"}}}}"#))
        } else {
            Reply::json(401, r#"{"message":"Invalid JWT"}"#)
        };
        reply
            .with("x-ratelimit-max", &MAX)
            .with("x-ratelimit-interval-milliseconds", &WINDOW.as_millis())
            .with("x-ratelimit-remaining", &(MAX - self.others - window.len()))
    }
}

impl Rule for Refusing {
    fn reply(&self, request: HttpRequest) -> BoxFuture<'_, Reply> {
        async move {
            tokio::time::sleep(ONE_WAY).await;
            let reply = self.arrive(&request);
            tokio::time::sleep(ONE_WAY).await;
            reply
        }
        .boxed()
    }
}

/// A token file whose token `old` has a day to live.
fn stored(name: &str) -> TokenStore {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("load-{name}"));
    fs::create_dir_all(&folder).unwrap();
    let text = json!({"version": 1, "client_id": "app", "access_token": "old", "refresh_token": "r",
        "expires_at": 1_780_304_400 + 86_000, "expires_in": 86_399, "userType": "Location"});
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let path = folder.join("tokens.json");
    options.open(&path).unwrap().write_all(text.to_string().as_bytes()).unwrap();
    TokenStore::file(path)
}

fn client_of(name: &str, highlevel: &Arc<MemoryUpstream<Refusing>>) -> Client {
    let app = App { client_id: "app".to_owned(), client_secret: "secret-canary".into() };
    Client::new(Settings {
        base_url: "http://127.0.0.1:9".parse().unwrap(),
        credential: Credential::OAuth(Arc::new(OAuth::new(app, stored(name)))),
        location: Some("FaultLocation0000001".parse().unwrap()),
        dialect: None,
        clock: highlevel.clock(),
        transport: Arc::clone(highlevel) as Arc<dyn Transport>,
        deadline: Duration::from_secs(45),
    })
}

async fn get(client: &Client, n: usize) -> Result<(), Error> {
    let id: ContactId = format!("c{n}").parse().unwrap();
    api::get(&client.scope(CancellationToken::new()), &id).await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn row_51_a_token_refused_under_load_is_renewed_once_and_each_call_replayed_once() {
    // Nothing is known of the limits, or a call before has learnt them; and 40 of 100 may be used by others.
    for (warm, others) in [(false, 0), (true, 0), (false, 40), (true, 40)] {
        for calls in [1, 5, 6, 7, 30, 100] {
            let clock = Arc::new(PausedClock::default());
            let from = usize::from(warm) + 1;
            let rule = Refusing {
                clock: Arc::clone(&clock),
                others,
                from,
                lines: Mutex::default(),
                window: Mutex::default(),
                refreshes: Mutex::default(),
                too_many: Mutex::default(),
            };
            let highlevel = MemoryUpstream::new(rule, clock);
            let client = client_of(&format!("{warm}-{others}-{calls}"), &highlevel);
            if warm {
                get(&client, 1_000).await.unwrap();
            }
            let case = format!("{calls} calls, warm: {warm}, others: {others}");
            for answer in join_all((0..calls).map(|n| get(&client, n))).await {
                answer.unwrap_or_else(|error| panic!("{case}: {error}"));
            }
            let rule = &highlevel.rule;
            assert_eq!((*rule.refreshes.lock().unwrap(), *rule.too_many.lock().unwrap()), (1, 0), "{case}");
            let mut sent = BTreeMap::<String, Vec<String>>::new();
            for (id, token) in rule.lines.lock().unwrap().iter().skip(usize::from(warm)) {
                sent.entry(id.clone()).or_default().push(token.clone());
            }
            assert_eq!(sent.len(), calls, "{case}");
            assert!(sent.values().all(|tokens| tokens == &["old", "new"]), "{case}: {sent:?}");
        }
    }
}
