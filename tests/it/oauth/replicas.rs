//! Several programs whose tokens are in one store.

use std::process::Command;

use futures_util::future::join_all;
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::http::client::post;
use crate::http::program::Running;
use crate::http::server::call;
use crate::oauth::login::Login;
use crate::oauth::{DAY, Fixture, found_jane, output};
use crate::store::world::{KEY, Redis};
use crate::support::process::wait_for;

impl Fixture {
    /// A server with this store, and with the file for its first tokens.
    fn replica(&self, redis: &Redis) -> Running {
        let (url, file) = (self.sandbox.url(), self.store().display().to_string());
        Running::start(
            &["--log", "off", "--store", &redis.address()],
            &[
                ("GHL_BASE_URL", &url),
                ("GHL_LOCATION_ID", self.sandbox.location_id()),
                ("GHL_CLIENT_ID", "app"),
                ("GHL_CLIENT_SECRET", "secret-canary"),
                ("GHL_TOKEN_STORE", &file),
                ("GHL_STORE_KEY", KEY),
            ],
        )
    }

    /// One call of a program with this store and without a file.
    fn call_with(&self, address: &str) -> Command {
        let mut command = self.call();
        command.env_remove("GHL_TOKEN_STORE").env("GHL_STORE", address).env("GHL_STORE_KEY", KEY);
        command
    }
}

async fn find_jane(running: &Running) -> Value {
    let ask = post(&call("ghl_get_contact", json!({ "email": "jane.smith@example.com" })));
    ask.send(running.at).await.json()["result"]["structuredContent"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_servers_renew_a_token_once_at_each_of_its_ends() {
    let Some(redis) = Redis::settled() else { return };
    let fixture = Fixture::new("replicas").await;
    fixture.grant("Location", 0);
    let file = fixture.on_disk();
    for ends in 1..=5 {
        // Each time other processes, as in a rolling update. The file has the tokens of the first end.
        let servers: Vec<_> = (0..4).map(|_| fixture.replica(&redis)).collect();
        for answer in join_all(servers.iter().map(find_jane)).await {
            assert_eq!(answer["contact"]["name"], "Jane Smith", "{answer}");
        }
        assert_eq!(fixture.sandbox.oauth_refreshes(), ends);
        fixture.clock.advance(DAY);
    }
    assert_eq!(fixture.on_disk(), file);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_while_it_renews_the_token_takes_it_from_no_one() {
    let Some(redis) = Redis::settled() else { return };
    let fixture = Fixture::new("replica-killed").await;
    fixture.grant("Location", 0);
    // The first refresh never arrives.
    fixture.sandbox.fault_on("POST", "/oauth/token", Fault::Stall { apply: false });
    let killed = fixture.replica(&redis);
    let other = fixture.replica(&redis);
    let asked = tokio::spawn(async move { find_jane(&killed).await });
    wait_for(|| fixture.wire().0 > 0);
    asked.abort();
    // Its server is killed with it.
    let _ = asked.await;
    let locks: Vec<_> = redis.keys().into_iter().filter(|(key, _)| key.contains(":lock:")).collect();
    assert_eq!(locks.len(), 1, "{locks:?}");
    assert!((1..=10_000).contains(&locks[0].1), "the lease ends by itself: {locks:?}");
    redis.ask(&["PEXPIRE", &locks[0].0, "1"]);
    let answer = find_jane(&other).await;
    assert_eq!(answer["contact"]["name"], "Jane Smith", "{answer}");
    assert_eq!(fixture.sandbox.oauth_refreshes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_writes_into_the_store_what_no_one_can_read_without_the_key() {
    let Some(redis) = Redis::settled() else { return };
    let fixture = Fixture::new("replica-login").await;
    let missing = output(fixture.call_with(&redis.address())).await;
    let text = String::from_utf8_lossy(&missing.stdout).into_owned();
    assert!(text.contains("holds no tokens for this location: run `ghl-contacts-mcp login`"), "{text}");

    let login = Login::start_with(&fixture, &[("GHL_STORE", &redis.address()), ("GHL_STORE_KEY", KEY)]);
    assert_eq!(login.browser(&format!("code=one-time&state={}", login.state)), "HTTP/1.1 200 OK");
    let (code, out, err) = login.end();
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains(&format!("The tokens are in {}.", redis.address())), "{out}");
    assert!(!fixture.store().exists());

    found_jane(&output(fixture.call_with(&redis.address())).await);
    assert_eq!(fixture.sandbox.oauth_refreshes(), 0);
    let entries: Vec<_> = redis.keys().into_iter().filter(|(key, _)| key.contains(":tokens:")).collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    for (key, life) in redis.keys() {
        assert!(life > 0, "{key} has no life");
        let kind = redis.ask(&["TYPE", &key]);
        let content = if kind == "hash" { redis.ask(&["HGETALL", &key]) } else { String::new() };
        for secret in ["sandbox-access", "sandbox-refresh", fixture.sandbox.location_id()] {
            assert!(!content.contains(secret) && !key.contains(secret), "{key}: {content}");
        }
    }
    let other_key = KEY.replace("eeff", "eefe");
    let mut command = fixture.call_with(&redis.address());
    command.env("GHL_STORE_KEY", other_key);
    let other = output(command).await;
    assert!(!String::from_utf8_lossy(&other.stdout).contains("Jane Smith"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_of_the_documents_may_keep_tokens() {
    let Some(redis) = Redis::settled() else { return };
    let fixture = Fixture::new("replica-user").await;
    redis.add_user_of_the_documents();
    let address = redis.address().replace("://", "://fleet:PASSWORD@");
    let login = Login::start_with(&fixture, &[("GHL_STORE", &address), ("GHL_STORE_KEY", KEY)]);
    assert_eq!(login.browser(&format!("code=one-time&state={}", login.state)), "HTTP/1.1 200 OK");
    let (code, out, err) = login.end();
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(!out.contains("PASSWORD") && !err.contains("PASSWORD"), "{out}{err}");
    fixture.clock.advance(DAY);
    found_jane(&output(fixture.call_with(&address)).await);
    assert_eq!(fixture.sandbox.oauth_refreshes(), 1);
}
