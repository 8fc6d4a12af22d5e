//! A HighLevel in memory, a clock moved by hand, and a folder of its own for each test.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::ghl::auth::oauth::tests::time_limit::{TimeLimit, until};
use crate::ghl::auth::{App, Credential, OAuth, Store};
use crate::ghl::client::{Client, Scope, Settings};
use crate::ghl::model::Clock;
use crate::ghl::model::Effect;
use crate::ghl::model::Error;
use crate::ghl::wire::{Call, Subject};
use crate::ghl::wire::{HttpRequest, HttpResponse, Transport, TransportError};

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

/// How the token endpoint answers once.
pub(crate) enum Once {
    Json(u16, Value),
    /// The grant is made and the answer lost.
    Lost,
    /// Nothing comes until the time for the attempt is over.
    Stalled,
    Html(u16),
    Unreachable,
}

type Hook = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Inside {
    made: u64,
    good: Vec<String>,
    once: VecDeque<Once>,
    before: Option<Hook>,
    api_says: Option<(u16, &'static str)>,
    api: Vec<String>,
    refreshes: Vec<String>,
    exchanges: Vec<String>,
    /// What `X-RateLimit-Max` says; a thousand unless it is set.
    most: Option<u32>,
}

/// HighLevel with a token endpoint and one other route, which answers 200 to a good token and 401 else.
pub(crate) struct Fake {
    inside: Mutex<Inside>,
    clock: Arc<ManualClock>,
    /// The token endpoint answers when it gets a permit of this.
    pub(crate) gate: Semaphore,
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fake")
    }
}

impl Fake {
    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Once>) {
        self.inside.lock().unwrap().once.extend(answers);
    }

    /// Runs before the token endpoint answers next.
    pub(crate) fn before_answer(&self, hook: impl FnOnce() + Send + 'static) {
        self.inside.lock().unwrap().before = Some(Box::new(hook));
    }

    pub(crate) fn api_says(&self, status: u16, message: &'static str) {
        self.inside.lock().unwrap().api_says = Some((status, message));
    }

    /// The requests that are allowed in ten seconds.
    pub(crate) fn allows(&self, most: u32) {
        self.inside.lock().unwrap().most = Some(most);
    }

    pub(crate) fn accept(&self, token: &str) {
        self.inside.lock().unwrap().good.push(token.to_owned());
    }

    /// No token is good any more.
    pub(crate) fn revoke_all(&self) {
        self.inside.lock().unwrap().good.clear();
    }

    /// Tokens of the requests, refresh tokens that were sent, and agency tokens that were exchanged.
    pub(crate) fn counts(&self) -> [usize; 3] {
        let inside = self.inside.lock().unwrap();
        [inside.api.len(), inside.refreshes.len(), inside.exchanges.len()]
    }

    pub(crate) fn refreshes(&self) -> Vec<String> {
        self.inside.lock().unwrap().refreshes.clone()
    }

    pub(crate) fn api(&self) -> Vec<String> {
        self.inside.lock().unwrap().api.clone()
    }

    async fn token(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let form = request.body.clone().unwrap_or_default();
        let pairs: Vec<_> = url::form_urlencoded::parse(&form).into_owned().collect();
        let given = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let once = {
            let mut inside = self.inside.lock().unwrap();
            match given("refresh_token") {
                Some(token) => inside.refreshes.push(token),
                None => inside.exchanges.push(bearer(request)),
            }
            inside.once.pop_front()
        };
        self.gate.acquire().await.unwrap().forget();
        self.gate.add_permits(1);
        let before = self.inside.lock().unwrap().before.take();
        if let Some(hook) = before {
            hook();
        }
        match once {
            Some(Once::Json(status, body)) => Ok(json_answer(status, &body)),
            Some(Once::Lost) => Err(TransportError::NoAnswer),
            Some(Once::Html(status)) => {
                Ok(HttpResponse { body: "<html>".into(), ..json_answer(status, &json!(0)) })
            }
            Some(Once::Unreachable) => Err(TransportError::NotConnected("refused".into())),
            Some(Once::Stalled) => {
                self.clock.advance(request.timeout.as_secs());
                Err(TransportError::NoAnswer)
            }
            None if given("refresh_token").is_none() && !self.is_good(&bearer(request)) => {
                Ok(json_answer(401, &json!({"message": "Invalid JWT"})))
            }
            None => Ok(json_answer(200, &self.grant(given("locationId").as_deref()))),
        }
    }

    fn is_good(&self, token: &str) -> bool {
        self.inside.lock().unwrap().good.iter().any(|good| good == token)
    }

    /// A new pair; it is good at once, and the old ones stay as they are.
    fn grant(&self, location: Option<&str>) -> Value {
        let mut inside = self.inside.lock().unwrap();
        inside.made += 1;
        let made = inside.made;
        inside.good.push(format!("at-{made}"));
        json!({"access_token": format!("at-{made}"), "refresh_token": format!("rt-{made}"), "expires_in": DAY,
            "userType": if location.is_some() { "Location" } else { "Company" }, "locationId": location})
    }

    fn api_answer(&self, request: &HttpRequest) -> HttpResponse {
        let good = self.is_good(&bearer(request));
        let mut inside = self.inside.lock().unwrap();
        inside.api.push(bearer(request));
        let mut answer = match inside.api_says {
            Some((status, message)) => json_answer(status, &json!({"message": message})),
            None if good => json_answer(200, &json!({})),
            None => json_answer(401, &json!({"message": "Invalid JWT"})),
        };
        if let Some(most) = inside.most {
            answer.headers.insert("x-ratelimit-max", HeaderValue::from(most));
        }
        answer
    }
}

fn bearer(request: &HttpRequest) -> String {
    let header = request.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    header.unwrap_or_default().trim_start_matches("Bearer ").to_owned()
}

fn json_answer(status: u16, body: &Value) -> HttpResponse {
    let mut headers = HeaderMap::new();
    headers.insert("x-ratelimit-max", HeaderValue::from_static("1000"));
    headers.insert("x-ratelimit-interval-milliseconds", HeaderValue::from_static("10000"));
    HttpResponse {
        status: StatusCode::from_u16(status).unwrap(),
        headers,
        body: Bytes::from(body.to_string()),
    }
}

impl Transport for Fake {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        async move {
            if request.url.path().starts_with("/oauth/") {
                return self.token(&request).await;
            }
            // All requests that are sent at this moment are under way before the first is answered.
            tokio::task::yield_now().await;
            Ok(self.api_answer(&request))
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
    pub(crate) fake: Arc<Fake>,
    pub(crate) oauth: Arc<OAuth>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock::default());
        let gate = Semaphore::new(1);
        let fake = Arc::new(Fake { inside: Mutex::default(), clock: Arc::clone(&clock), gate });
        fake.accept("at-0");
        let folder = Folder::new();
        write(&folder.store(), &stored("Location", "0", DAY).to_string());
        let oauth = another_process(&folder);
        Self { folder, clock, fake, oauth }
    }

    pub(crate) fn agency() -> Self {
        let fixture = Self::new();
        write(&fixture.folder.store(), &stored("Company", "0", DAY).to_string());
        fixture
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
            transport: Arc::clone(&self.fake) as Arc<dyn Transport>,
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
    scope.send::<Value>(a_read()).await.map(|_| ())
}

pub(crate) fn another_process(folder: &Folder) -> Arc<OAuth> {
    let app = App { client_id: "app".to_owned(), client_secret: "secret-canary".into() };
    Arc::new(OAuth::new(app, Store::new(folder.store())))
}

/// A store's content: `at-N` and `rt-N`, with `left` seconds to live.
pub(crate) fn stored(user_type: &str, name: &str, left: u64) -> Value {
    json!({"version": 1, "client_id": "app", "access_token": format!("at-{name}"),
        "refresh_token": format!("rt-{name}"), "expires_at": START + left, "expires_in": DAY,
        "userType": user_type, "companyId": "co", "locationId": "loc"})
}
