//! Several processes whose tokens are in one store.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use secrecy::SecretString;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::ghl::auth::grant::UserType;
use crate::ghl::auth::oauth::tests::fixture::{DAY, Fixture, Once, request, stored, write};
use crate::ghl::auth::oauth::tests::time_limit::until;
use crate::ghl::auth::oauth::tests::{invalid_grant, settle};
use crate::ghl::auth::{App, OAuth, TokenStore};
use crate::ghl::client::{Client, Scope};
use crate::ghl::model::{Clock, Error, Kind, NoopObserver};
use crate::ghl::policy::{MemoryStore, Store, StoreKey};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A HighLevel, a store, and a file with the first tokens.
struct Fleet {
    fixture: Fixture,
    memory: MemoryStore,
}

/// One process of the fleet.
struct Process {
    oauth: Arc<OAuth>,
    client: Client,
}

impl Process {
    async fn request(&self) -> Result<(), Error> {
        request(&self.scope()).await
    }

    /// A request that waits for the clock.
    fn begin_request(&self) -> JoinHandle<Result<(), Error>> {
        let scope = self.scope();
        tokio::spawn(async move { request(&scope).await })
    }

    fn scope(&self) -> Scope {
        self.client.scope(CancellationToken::new())
    }
}

impl Fleet {
    fn of(fixture: Fixture) -> Self {
        let memory = MemoryStore::new(Arc::clone(&fixture.clock) as Arc<dyn Clock>);
        Self { fixture, memory }
    }

    fn new() -> Self {
        Self::of(Fixture::new())
    }

    fn process_with(&self, key: &str, has_file: bool) -> Process {
        let fixture = &self.fixture;
        let app = App { client_id: "app".to_owned(), client_secret: "secret-canary".into() };
        let location = Some("loc".parse().unwrap());
        let store = TokenStore::shared("app", location, has_file.then(|| fixture.folder.store()));
        let (clock, key) = (Arc::clone(&fixture.clock) as Arc<dyn Clock>, StoreKey::read(key).unwrap());
        let oauth = Arc::new(OAuth::new(app, store));
        oauth.join(&Store::in_memory(&self.memory, key, clock, Arc::new(NoopObserver)));
        let client = Client::new(fixture.settings_of(&oauth));
        Process { oauth, client }
    }

    /// A process that has the file.
    fn process(&self) -> Process {
        self.process_with(KEY, true)
    }

    /// A process that has the store alone.
    fn process_without_file(&self) -> Process {
        self.process_with(KEY, false)
    }

    /// Another grant of a person, in the store.
    async fn login(&self, process: &Process, answer: serde_json::Value) -> Result<(), Error> {
        self.fixture.server().answers([Once::Json(200, answer)]);
        let endpoint = self.fixture.settings_of(&process.oauth).token_endpoint();
        let code = SecretString::from("code");
        process.oauth.authorize(&endpoint, &code, "http://127.0.0.1/", UserType::Location).await.map(|_| ())
    }

    /// Lets the time pass in which tokens are put back.
    async fn advance(&self, seconds: u64) {
        for _ in 0..seconds {
            self.fixture.clock.advance(1);
            settle().await;
        }
    }
}

fn granted(name: &str) -> serde_json::Value {
    json!({"access_token": format!("at-{name}"), "refresh_token": format!("rt-{name}"), "expires_in": DAY,
        "userType": "Location", "locationId": "loc"})
}

#[tokio::test]
async fn the_file_gives_the_first_tokens_and_is_never_written() {
    let fleet = Fleet::new();
    fleet.process().request().await.unwrap();
    fleet.fixture.server().revoke_all();
    let before = fleet.fixture.on_disk();
    fleet.process().request().await.unwrap();
    assert_eq!(fleet.fixture.server().refreshes(), ["rt-0"]);
    assert_eq!(fleet.fixture.on_disk(), before);
    // A process that starts later does not take the old tokens of the file.
    fleet.process().request().await.unwrap();
    fleet.process_without_file().request().await.unwrap();
    assert_eq!(fleet.fixture.server().api(), ["at-0", "at-0", "at-1", "at-1", "at-1"]);
}

#[tokio::test]
async fn at_the_end_of_a_token_many_processes_refresh_it_once() {
    let fleet = Fleet::new();
    let processes: Vec<_> = (0..8).map(|_| fleet.process()).collect();
    for end in 1..=3 {
        for answer in join_all(processes.iter().map(Process::request)).await {
            answer.unwrap();
        }
        fleet.fixture.clock.advance(DAY - 299);
        for answer in join_all(processes.iter().map(Process::request)).await {
            answer.unwrap();
        }
        let refreshes: Vec<_> = (0..end).map(|number| format!("rt-{number}")).collect();
        assert_eq!(fleet.fixture.server().refreshes(), refreshes);
    }
}

#[tokio::test]
async fn a_token_that_is_refused_in_many_processes_at_once_is_refreshed_once() {
    let fleet = Fleet::new();
    let processes: Vec<_> = (0..8).map(|_| fleet.process()).collect();
    for answer in join_all(processes.iter().map(Process::request)).await {
        answer.unwrap();
    }
    fleet.fixture.server().revoke_all();
    for answer in join_all(processes.iter().map(Process::request)).await {
        answer.unwrap();
    }
    assert_eq!(fleet.fixture.server().counts(), [24, 1, 0]);
}

#[tokio::test]
async fn without_tokens_in_the_store_a_call_says_what_to_do() {
    let fleet = Fleet::new();
    let error = fleet.process_without_file().request().await.unwrap_err();
    assert!(error.to_string().contains("holds no tokens for this location: run `ghl-contacts-mcp login`"));
    // Another key names another entry.
    fleet.process().request().await.unwrap();
    let error = fleet.process_with(&KEY.replace("1e1f", "1e1e"), false).request().await.unwrap_err();
    assert!(matches!(error.kind(), Kind::Authorization(_)), "{error}");
    assert_eq!(fleet.fixture.server().counts(), [1, 0, 0]);
}

#[tokio::test]
async fn a_file_of_a_later_authorisation_replaces_what_the_store_has() {
    let fleet = Fleet::new();
    fleet.process().request().await.unwrap();
    let running = fleet.process_without_file();
    running.request().await.unwrap();
    fleet.advance(60).await;
    write(&fleet.fixture.folder.store(), &stored("Location", "login", DAY + 60).to_string());
    fleet.fixture.server().revoke_all();
    fleet.fixture.server().accept("at-login");
    fleet.process().request().await.unwrap();
    running.request().await.unwrap();
    assert_eq!(fleet.fixture.server().api(), ["at-0", "at-0", "at-login", "at-0", "at-login"]);
    assert_eq!(fleet.fixture.server().counts(), [5, 0, 0]);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_may_be_a_link_but_others_may_not_write_it() {
    #![expect(clippy::disallowed_methods, reason = "the test moves the file")]
    use crate::ghl::auth::oauth::tests::fixture::set_mode;
    let fleet = Fleet::new();
    let (file, real) = (fleet.fixture.folder.store(), fleet.fixture.folder.path().join("..data"));
    std::fs::rename(&file, &real).unwrap();
    std::os::unix::fs::symlink(&real, &file).unwrap();
    set_mode(&real, 0o440);
    fleet.process().request().await.unwrap();
    set_mode(&real, 0o622);
    let process = fleet.process();
    assert!(process.oauth.store().check().unwrap_err().to_string().contains("run `chmod go-w` on it"));
    let error = process.request().await.unwrap_err();
    assert!(error.to_string().contains("may be written by others (mode 622)"), "{error}");
}

#[tokio::test]
async fn a_login_is_used_by_processes_that_run_and_by_new_ones() {
    let fleet = Fleet::new();
    let running = fleet.process();
    running.request().await.unwrap();
    let login = fleet.process_without_file();
    fleet.login(&login, granted("login")).await.unwrap();
    fleet.fixture.server().revoke_all();
    fleet.fixture.server().accept("at-login");
    running.request().await.unwrap();
    fleet.process_without_file().request().await.unwrap();
    assert_eq!(fleet.fixture.server().api(), ["at-0", "at-0", "at-login", "at-login"]);
    assert_eq!(fleet.fixture.server().refreshes(), [""; 0]);
}

#[tokio::test]
async fn a_refresh_that_is_under_way_does_not_overwrite_a_login() {
    let fleet = Fleet::new();
    let running = fleet.process();
    running.request().await.unwrap();
    fleet.fixture.server().revoke_all();
    fleet.fixture.server().accept("at-login");
    let closed = fleet.fixture.server().gate.acquire().await.unwrap();
    let refreshing = running.begin_request();
    until(|| !fleet.fixture.server().refreshes().is_empty()).await;
    // The person's answer comes first, by another token endpoint's way: here the entry is written at once.
    let elsewhere = Fleet { fixture: Fixture::new(), memory: fleet.memory.clone() };
    elsewhere.login(&elsewhere.process_without_file(), granted("login")).await.unwrap();
    fleet.fixture.clock.advance(1);
    drop(closed);
    refreshing.await.unwrap().unwrap();
    assert_eq!(fleet.fixture.server().api(), ["at-0", "at-0", "at-login"]);
    fleet.process_without_file().request().await.unwrap();
    assert_eq!(fleet.fixture.server().api().last().unwrap(), "at-login");
}

#[tokio::test]
async fn while_the_store_is_away_a_token_serves_to_its_end_and_is_not_renewed() {
    let fleet = Fleet::new();
    let process = fleet.process();
    process.request().await.unwrap();
    fleet.memory.set_away(true);
    fleet.fixture.clock.advance(DAY - 299);
    process.request().await.unwrap();
    assert_eq!(fleet.fixture.server().counts(), [2, 0, 0]);
    fleet.fixture.clock.advance(299);
    let waiting = process.begin_request();
    settle().await;
    assert!(!waiting.is_finished(), "a call that needs the token waits");
    fleet.advance(26).await;
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!(*error.kind(), Kind::TokensAway);
    assert!(error.to_string().contains("the store cannot be reached"), "{error}");
    fleet.memory.set_away(false);
    fleet.advance(25).await;
    process.request().await.unwrap();
    assert_eq!(fleet.fixture.server().refreshes(), ["rt-0"]);
}

#[tokio::test]
async fn a_process_that_starts_without_the_store_waits_once_and_then_refuses_at_once() {
    let fleet = Fleet::new();
    let process = fleet.process();
    fleet.memory.set_away(true);
    let waiting = process.begin_request();
    settle().await;
    assert!(!waiting.is_finished());
    fleet.advance(26).await;
    assert_eq!(*waiting.await.unwrap().unwrap_err().kind(), Kind::TokensAway);
    let error = process.request().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after().unwrap().as_secs() <= 5), (&Kind::TokensAway, true));
    fleet.memory.set_away(false);
    fleet.advance(6).await;
    process.request().await.unwrap();
    assert_eq!(fleet.fixture.server().counts(), [1, 0, 0]);
}

#[tokio::test]
async fn tokens_that_could_not_be_written_are_in_the_store_a_moment_after_it_serves_again() {
    let fleet = Fleet::new();
    let (one, other) = (fleet.process(), fleet.process());
    one.request().await.unwrap();
    other.request().await.unwrap();
    fleet.fixture.server().revoke_all();
    let memory = fleet.memory.clone();
    fleet.fixture.server().before_answer(move || memory.set_away(true));
    one.request().await.unwrap();
    assert!(one.oauth.state().unsaved);
    fleet.memory.set_away(false);
    fleet.advance(7).await;
    assert!(!one.oauth.state().unsaved);
    let waiting = other.begin_request();
    fleet.advance(15).await;
    waiting.await.unwrap().unwrap();
    assert_eq!(fleet.fixture.server().refreshes(), ["rt-0"]);
}

#[tokio::test]
async fn after_a_loss_the_newest_tokens_are_put_back_before_any_refresh() {
    let fleet = Fleet::new();
    // The second process has tokens of before the refresh, and puts them back first.
    let (new, old) = (fleet.process(), fleet.process());
    old.request().await.unwrap();
    fleet.advance(6).await;
    new.request().await.unwrap();
    fleet.fixture.server().revoke_all();
    new.request().await.unwrap();
    assert_eq!(fleet.fixture.server().refreshes(), ["rt-0"]);
    fleet.memory.lose();
    let waiting = old.begin_request();
    settle().await;
    assert!(!waiting.is_finished(), "it does not spend what another process may have replaced");
    fleet.advance(20).await;
    waiting.await.unwrap().unwrap();
    fleet.process_without_file().request().await.unwrap();
    assert_eq!(fleet.fixture.server().refreshes(), ["rt-0"]);
    assert_eq!(fleet.fixture.server().api().last().unwrap(), "at-1");
}

#[tokio::test]
async fn a_process_that_is_killed_while_it_refreshes_is_followed_within_its_lease() {
    let fleet = Fleet::new();
    let (killed, other) = (fleet.process(), fleet.process());
    killed.request().await.unwrap();
    other.request().await.unwrap();
    fleet.fixture.server().revoke_all();
    let name = |process: &Process| match process.oauth.store() {
        TokenStore::Shared(shared) => shared.clone(),
        TokenStore::File(_) => panic!("not shared"),
    };
    let lock = name(&killed).try_lock().await.unwrap().unwrap();
    // What a killed process leaves behind: a lock that is neither renewed nor given back.
    fleet.memory.set_away(true);
    drop(lock);
    settle().await;
    fleet.memory.set_away(false);
    let waiting = other.begin_request();
    fleet.advance(2).await;
    assert_eq!(fleet.fixture.server().refreshes(), [""; 0]);
    fleet.advance(24).await;
    waiting.await.unwrap().unwrap();
    assert_eq!(fleet.fixture.server().refreshes(), ["rt-0"]);
}

#[tokio::test]
async fn a_dead_refresh_token_asks_for_a_new_login_in_every_process() {
    let fleet = Fleet::new();
    let (one, other) = (fleet.process(), fleet.process());
    fleet.fixture.server().revoke_all();
    fleet.fixture.server().answers([invalid_grant(), invalid_grant()]);
    for process in [&one, &other] {
        let error = process.request().await.unwrap_err();
        assert!(error.to_string().contains("run `ghl-contacts-mcp login`"), "{error}");
    }
    fleet.login(&fleet.process_without_file(), granted("login")).await.unwrap();
    fleet.fixture.server().accept("at-login");
    for process in [&one, &other] {
        process.request().await.unwrap();
    }
}

#[tokio::test]
async fn an_agencys_tokens_serve_all_its_locations_and_are_refreshed_once() {
    let fleet = Fleet::of(Fixture::agency());
    let (one, other) = (fleet.process(), fleet.process_without_file());
    one.request().await.unwrap();
    other.request().await.unwrap();
    fleet.fixture.clock.advance(DAY - 299);
    let both = join_all([one.request(), other.request()]).await;
    assert!(both.iter().all(Result::is_ok), "{both:?}");
    assert_eq!(fleet.fixture.server().refreshes(), ["rt-0"]);
    // The agency is named in a store that has lost it, too.
    fleet.memory.lose();
    fleet.advance(Duration::from_secs(20).as_secs()).await;
    fleet.process_without_file().request().await.unwrap();
    assert_eq!(fleet.fixture.server().refreshes(), ["rt-0"]);
}
