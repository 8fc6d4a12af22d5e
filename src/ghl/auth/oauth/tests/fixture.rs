//! A HighLevel in memory, a clock moved by hand, and a folder of its own for each test.
#![expect(clippy::disallowed_methods, reason = "the fixture makes a folder and a token file")]

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::ghl::auth::oauth::tests::time_limit::{TimeLimit, until};
use crate::ghl::auth::{App, Credential, OAuth, TokenStore};
use crate::ghl::client::{Client, Scope, Settings};
use crate::ghl::model::{Clock, Effect, Error};
use crate::ghl::upstream::memory::{MemoryUpstream, Reply, Rule};
use crate::ghl::wire::{Call, HttpRequest, Subject, Transport};

pub(crate) const DAY: u64 = 86_399;
const START: u64 = 1_780_304_400;

/// Time that stands still until it is moved. Its calendar can be moved alone.
#[derive(Debug, Default)]
pub(crate) struct ManualClock {
    limit: TimeLimit,
    asks: AtomicU64,
    sleeps: AtomicU64,
    passed: watch::Sender<Duration>,
    calendar: Mutex<i64>,
}

impl ManualClock {
    pub(crate) fn advance(&self, seconds: u64) {
        self.passed.send_modify(|passed| *passed += Duration::from_secs(seconds));
    }

    /// How often a held lock was waited for.
    pub(crate) fn asks(&self) -> u64 {
        self.asks.load(Ordering::SeqCst)
    }

    /// How often a second or more was waited for.
    pub(crate) fn sleeps(&self) -> u64 {
        self.sleeps.load(Ordering::SeqCst)
    }

    pub(crate) fn set_calendar(&self, seconds: i64) {
        *self.calendar.lock().unwrap() = seconds;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        *self.passed.borrow()
    }

    fn wall(&self) -> SystemTime {
        let seconds = i64::try_from(START + self.now().as_secs()).unwrap() + *self.calendar.lock().unwrap();
        UNIX_EPOCH + Duration::from_secs(seconds.try_into().unwrap())
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        // A lock that is asked for again and again does not wait for the test.
        if time < Duration::from_secs(1) {
            self.limit.check();
            self.asks.fetch_add(1, Ordering::SeqCst);
            return tokio::task::yield_now().boxed();
        }
        self.sleeps.fetch_add(1, Ordering::SeqCst);
        let (mut passed, end) = (self.passed.subscribe(), self.now() + time);
        async move {
            if passed.wait_for(|passed| *passed >= end).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
        .boxed()
    }

    fn alarm(&self, _: Duration) -> BoxFuture<'static, ()> {
        std::future::pending().boxed()
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// How the token endpoint answers one request.
pub(crate) enum Once {
    Json(u16, Value),
    /// The token endpoint makes the grant, and the answer is lost.
    Lost,
    /// No answer comes until the attempt's timeout.
    Stalled,
    Html(u16),
    Unreachable,
}

type Hook = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Inside {
    grants: u64,
    valid: Vec<String>,
    once: VecDeque<Once>,
    before: Option<Hook>,
    api_answer: Option<(u16, &'static str)>,
    api: Vec<String>,
    refreshes: Vec<String>,
    exchanges: Vec<String>,
    /// `X-RateLimit-Max`, 1,000 unless set.
    max: Option<u32>,
}

/// A HighLevel with a token endpoint and one other route, which answers 200 to a valid token and 401 to any other.
pub(crate) struct TokenServer {
    inside: Mutex<Inside>,
    clock: Arc<ManualClock>,
    /// The token endpoint answers while a permit is free.
    pub(crate) gate: Semaphore,
}

impl std::fmt::Debug for TokenServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenServer")
    }
}

impl TokenServer {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    /// Sets the next answers of the token endpoint.
    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Once>) {
        self.inside().once.extend(answers);
    }

    /// Runs before the next answer of the token endpoint.
    pub(crate) fn before_answer(&self, hook: impl FnOnce() + Send + 'static) {
        self.inside().before = Some(Box::new(hook));
    }

    /// Sets the answer of the other route.
    pub(crate) fn api_answers(&self, status: u16, message: &'static str) {
        self.inside().api_answer = Some((status, message));
    }

    /// Allows this many requests in ten seconds.
    pub(crate) fn allows(&self, max: u32) {
        self.inside().max = Some(max);
    }

    pub(crate) fn accept(&self, token: &str) {
        self.inside().valid.push(token.to_owned());
    }

    /// Makes every token invalid.
    pub(crate) fn revoke_all(&self) {
        self.inside().valid.clear();
    }

    /// The numbers of other requests, of refreshes, and of exchanges of an agency token.
    pub(crate) fn counts(&self) -> [usize; 3] {
        let inside = self.inside();
        [inside.api.len(), inside.refreshes.len(), inside.exchanges.len()]
    }

    /// The refresh tokens that were sent.
    pub(crate) fn refreshes(&self) -> Vec<String> {
        self.inside().refreshes.clone()
    }

    /// The access tokens of the other requests.
    pub(crate) fn api(&self) -> Vec<String> {
        self.inside().api.clone()
    }

    async fn token(&self, request: &HttpRequest) -> Reply {
        let form = request.body.clone().unwrap_or_default();
        let pairs: Vec<_> = url::form_urlencoded::parse(&form).into_owned().collect();
        let given = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let once = {
            let mut inside = self.inside();
            match given("refresh_token") {
                Some(token) => inside.refreshes.push(token),
                None => inside.exchanges.push(bearer(request)),
            }
            inside.once.pop_front()
        };
        drop(self.gate.acquire().await.unwrap());
        let before = self.inside().before.take();
        if let Some(hook) = before {
            hook();
        }
        match once {
            Some(Once::Json(status, body)) => Reply::json(status, &body),
            Some(Once::Lost) => Reply::NoAnswer,
            Some(Once::Html(status)) => Reply::json(status, "<html>"),
            Some(Once::Unreachable) => Reply::NotConnected,
            Some(Once::Stalled) => {
                self.clock.advance(request.timeout.as_secs());
                Reply::NoAnswer
            }
            None if given("refresh_token").is_none() && !self.is_valid(&bearer(request)) => invalid_jwt(),
            None => Reply::json(200, &self.grant(given("locationId").as_deref())),
        }
    }

    fn is_valid(&self, token: &str) -> bool {
        self.inside().valid.iter().any(|valid| valid == token)
    }

    /// A new pair of tokens, valid at once. The old ones stay valid.
    fn grant(&self, location: Option<&str>) -> Value {
        let mut inside = self.inside();
        inside.grants += 1;
        let number = inside.grants;
        inside.valid.push(format!("at-{number}"));
        json!({"access_token": format!("at-{number}"), "refresh_token": format!("rt-{number}"), "expires_in": DAY,
            "userType": if location.is_some() { "Location" } else { "Company" }, "locationId": location})
    }

    fn api_reply(&self, request: &HttpRequest) -> Reply {
        let valid = self.is_valid(&bearer(request));
        let mut inside = self.inside();
        inside.api.push(bearer(request));
        match inside.api_answer {
            Some((status, message)) => Reply::json(status, &json!({"message": message})),
            None if valid => Reply::json(200, &json!({})),
            None => invalid_jwt(),
        }
    }
}

fn invalid_jwt() -> Reply {
    Reply::json(401, &json!({"message": "Invalid JWT"}))
}

fn bearer(request: &HttpRequest) -> String {
    let header = request.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    header.unwrap_or_default().trim_start_matches("Bearer ").to_owned()
}

impl Rule for TokenServer {
    fn reply(&self, request: HttpRequest) -> BoxFuture<'_, Reply> {
        async move {
            let (reply, max) = if request.url.path().starts_with("/oauth/") {
                (self.token(&request).await, 1_000)
            } else {
                // All requests of this moment are on the way before the first is answered.
                tokio::task::yield_now().await;
                (self.api_reply(&request), self.inside().max.unwrap_or(1_000))
            };
            reply.with("x-ratelimit-max", &max).with("x-ratelimit-interval-milliseconds", "10000")
        }
        .boxed()
    }
}

/// A folder of its own, for its owner only; gone at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("ghl-oauth-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.0.join("tokens.json")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
        let _ = fs::remove_file(&self.0);
    }
}

/// Writes a file that only its owner may read.
pub(crate) fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    set_mode(path, 0o600);
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    #[cfg(not(unix))]
    let _ = (path, mode);
}

/// All of it together: a store with `at-0` and `rt-0`, good for a day.
pub(crate) struct Fixture {
    pub(crate) folder: Folder,
    pub(crate) clock: Arc<ManualClock>,
    upstream: Arc<MemoryUpstream<TokenServer>>,
    pub(crate) oauth: Arc<OAuth>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock::default());
        let gate = Semaphore::new(1);
        let server = TokenServer { inside: Mutex::default(), clock: Arc::clone(&clock), gate };
        server.accept("at-0");
        let upstream = MemoryUpstream::new(server, Arc::clone(&clock) as Arc<dyn Clock>);
        let folder = Folder::new();
        write(&folder.store(), &stored("Location", "0", DAY).to_string());
        let oauth = another_process(&folder);
        Self { folder, clock, upstream, oauth }
    }

    pub(crate) fn agency() -> Self {
        let fixture = Self::new();
        write(&fixture.folder.store(), &stored("Company", "0", DAY).to_string());
        fixture
    }

    pub(crate) fn server(&self) -> &TokenServer {
        &self.upstream.rule
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings_of(&self.oauth)
    }

    pub(crate) fn settings_of(&self, oauth: &Arc<OAuth>) -> Settings {
        Settings {
            base_url: "https://highlevel.example".parse().unwrap(),
            credential: Credential::OAuth(Arc::clone(oauth)),
            location: Some("loc".parse().unwrap()),
            dialect: None,
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            transport: Arc::clone(&self.upstream) as Arc<dyn Transport>,
            deadline: Duration::from_secs(45),
        }
    }

    pub(crate) fn scope(&self) -> Scope {
        Client::new(self.settings()).scope(CancellationToken::new())
    }

    /// One request as a tool makes it.
    pub(crate) async fn request(&self) -> Result<(), Error> {
        request(&self.scope()).await
    }

    /// Lets the minute pass after which the tokens in memory are written again, and waits for the write.
    pub(crate) async fn wait_for_save(&self) {
        let sleeps = || self.clock.sleeps();
        until(|| sleeps() > 0).await;
        let before = sleeps();
        self.clock.advance(60);
        // It is on disk, or the next sleep has begun.
        until(|| !self.oauth.state().unsaved || sleeps() > before).await;
    }

    /// What the store holds.
    pub(crate) fn on_disk(&self) -> Value {
        serde_json::from_slice(&fs::read(self.folder.store()).unwrap()).unwrap()
    }
}

fn a_read() -> Call {
    Call::new("test", Method::GET, Effect::Read, Subject::Location).at("contacts")
}

/// One request under all policies.
pub(crate) async fn request(scope: &Scope) -> Result<(), Error> {
    scope.send::<serde::de::IgnoredAny>(a_read()).await.map(|_| ())
}

pub(crate) fn another_process(folder: &Folder) -> Arc<OAuth> {
    let app = App { client_id: "app".to_owned(), client_secret: "secret-canary".into() };
    Arc::new(OAuth::new(app, TokenStore::file(folder.store())))
}

/// A store's content: `at-N` and `rt-N`, with `left` seconds to live.
pub(crate) fn stored(user_type: &str, name: &str, left: u64) -> Value {
    json!({"version": 1, "client_id": "app", "access_token": format!("at-{name}"),
        "refresh_token": format!("rt-{name}"), "expires_at": START + left, "expires_in": DAY,
        "userType": user_type, "companyId": "co", "locationId": "loc"})
}
