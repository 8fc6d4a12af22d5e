//! Tokens that are no JWTs: the authorization server is asked about them (RFC 7662). What it says is kept for a short time,
//! so that a token that is revoked is refused soon.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::ghl::wire::HttpResponse;
use crate::ghl::{Abandoned, Clock, Coalescer};
use crate::sign_in::claims::Claims;
use crate::sign_in::fetch::{FetchError, Fetcher};
use crate::sign_in::jwt::check;
use crate::sign_in::person::{Person, SignedIn};
use crate::sign_in::refusal::Refusal;
use crate::sign_in::settings::{Introspection, Settings};

/// How long an answer is kept: a revoked token is refused after this at the latest.
const KEPT: Duration = Duration::from_secs(30);
/// How long a token counts as valid of which the answer does not say when it expires.
const NO_EXPIRY: Duration = Duration::from_secs(3600);
/// The most answers that are kept.
const MOST: usize = 1024;
/// The most questions in [`WINDOW`]: anyone can send a text that has to be asked about.
const QUESTIONS: u32 = 100;
const WINDOW: Duration = Duration::from_secs(10);
/// A shorter text is no token.
const SHORTEST: usize = 16;

type Hash = [u8; 32];
type Answer = Result<SignedIn, Refusal>;

/// Asks about tokens.
#[derive(Debug)]
pub(crate) struct Introspector {
    settings: Introspection,
    all: Arc<Settings>,
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    questions: Coalescer<Hash, Answer>,
}

#[derive(Debug, Default)]
struct State {
    /// By the hash of the token: when the answer came, and the answer.
    kept: HashMap<Hash, (Duration, Answer)>,
    window: Duration,
    asked: u32,
}

impl State {
    /// The answer from before. A token that has expired since is not valid.
    fn recall(&self, token: &Hash, now: Duration) -> Option<Answer> {
        let (came, answer) = self.kept.get(token)?;
        let age = now.saturating_sub(*came);
        if age >= KEPT {
            return None;
        }
        Some(answer.clone().and_then(|signed_in| match signed_in.valid_for.checked_sub(age) {
            Some(left) if !left.is_zero() => Ok(SignedIn { valid_for: left, ..signed_in }),
            _ => Err(Refusal::Invalid("the token has expired")),
        }))
    }

    fn keep(&mut self, token: Hash, now: Duration, answer: &Answer) {
        if self.kept.len() >= MOST {
            self.kept.retain(|_, (came, _)| now.saturating_sub(*came) < KEPT);
        }
        // A crowd of tokens is asked about more often, and takes no more memory.
        if self.kept.len() < MOST {
            self.kept.insert(token, (now, answer.clone()));
        }
    }

    fn may_ask(&mut self, now: Duration) -> bool {
        if now >= self.window + WINDOW {
            (self.window, self.asked) = (now, 0);
        }
        self.asked = self.asked.saturating_add(1);
        self.asked <= QUESTIONS
    }
}

impl Introspector {
    pub(crate) fn new(
        settings: Introspection,
        all: Arc<Settings>,
        fetcher: Fetcher,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let questions = Coalescer::new(Abandoned::Finish);
        Self { settings, all, fetcher, clock, state: Mutex::default(), questions }
    }

    /// Whose token it is.
    pub(crate) async fn verify(self: &Arc<Self>, token: &str) -> Answer {
        if token.len() < SHORTEST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(UNKNOWN);
        }
        let hash: Hash = Sha256::digest(token.as_bytes()).into();
        let now = self.clock.now();
        let question = {
            let mut state = self.lock();
            if let Some(answer) = state.recall(&hash, now) {
                return answer;
            }
            match self.questions.under_way(&hash) {
                Some(question) => question,
                None if !state.may_ask(now) => return Err(Refusal::Unavailable),
                None => {
                    let (this, token) = (Arc::clone(self), token.to_owned());
                    self.questions.join(hash, || async move { this.ask(&token, hash).await })
                }
            }
        };
        question.await.unwrap_or(Err(Refusal::Unavailable))
    }

    async fn ask(&self, token: &str, hash: Hash) -> Answer {
        let answer = match ask_about(token, &self.settings, &self.fetcher).await {
            Ok(answer) => match serde_json::from_slice(&answer.body) {
                Ok(claims) => self.read(&claims),
                Err(_) => return self.unavailable("the answer cannot be read"),
            },
            Err(error) => return self.unavailable(&error.to_string()),
        };
        self.lock().keep(hash, self.clock.now(), &answer);
        answer
    }

    fn unavailable(&self, reason: &str) -> Answer {
        let endpoint = self.settings.endpoint.as_str();
        tracing::warn!(endpoint, reason, "the sign-in cannot be asked about a token");
        Err(Refusal::Unavailable)
    }

    fn read(&self, claims: &Claims) -> Answer {
        if !claims.is_true("active") {
            return Err(UNKNOWN);
        }
        let is_bearer = claims.text("token_type").is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
        let issuer = self.all.issuers.first().map(|issuer| issuer.text.as_str()).unwrap_or_default();
        if !is_bearer || claims.has("iss") && claims.text("iss") != Some(issuer) {
            return Err(UNKNOWN);
        }
        let now = self.clock.wall().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let valid_for = check(claims, &self.all.resource, now)?.unwrap_or(NO_EXPIRY);
        let person = Person::of(issuer, claims, &self.all.scopes)?;
        Ok(SignedIn { person: Arc::new(person), valid_for })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const UNKNOWN: Refusal = Refusal::Invalid("the token is not known, or is no longer valid");

/// What the endpoint says about this token.
pub(crate) fn ask_about(
    token: &str,
    settings: &Introspection,
    fetcher: &Fetcher,
) -> impl Future<Output = Result<HttpResponse, FetchError>> {
    let form = Serializer::new(String::new())
        .append_pair("token", token)
        .append_pair("token_type_hint", "access_token")
        .finish();
    fetcher.post(&settings.endpoint, headers(settings), form)
}

/// RFC 6749 section 2.3.1: id and secret are form-encoded first.
fn headers(settings: &Introspection) -> HeaderMap {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let (id, secret) = (&settings.client_id, settings.client_secret.expose_secret());
    let basic = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
    let mut headers = HeaderMap::new();
    // Base64 is valid in a header.
    if let Ok(mut basic) = HeaderValue::from_str(&format!("Basic {basic}")) {
        basic.set_sensitive(true);
        headers.insert(AUTHORIZATION, basic);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers
}
