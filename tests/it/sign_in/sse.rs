//! HTTP+SSE with a sign-in: a session is its person's, and ends with the token.

use std::time::Duration;

use serde_json::{Value, json};

use crate::http::client::{Connection, ask, header, post};
use crate::http::server::{MOMENT, TOKEN, greet, initialize, request, save};
use crate::sign_in::world::{World, challenge};
use crate::support::issuer::Signer;

/// An open session.
struct Session {
    connection: Connection,
    endpoint: String,
}

impl Session {
    async fn open(world: &World, token: &str) -> Self {
        let (mut connection, head) = ask("GET", "/sse").bearer(token).stream(world.server.at).await;
        assert_eq!(header(&head, "content-type"), Some("text/event-stream"), "{head}");
        let event = connection.event().await.unwrap();
        let endpoint = event.strip_prefix("event: endpoint\ndata: ").unwrap().trim().to_owned();
        Self { connection, endpoint }
    }

    async fn send(&self, world: &World, token: &str, message: &Value) -> u16 {
        world.ask(post(message).to(&self.endpoint).bearer(token)).await.status
    }

    async fn initialize(&mut self, world: &World, token: &str) {
        assert_eq!(self.send(world, token, &initialize("2024-11-05")).await, 202);
        self.connection.message().await.unwrap();
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(self.send(world, token, &ready).await, 202);
    }
}

#[tokio::test]
async fn a_session_is_its_persons_whichever_of_their_tokens_comes() {
    let world = World::open().await;
    let token = world.token(json!({}));
    let mut session = Session::open(&world, &token).await;
    session.initialize(&world, &token).await;
    let newer = world.token(json!({ "exp": world.now() + 600, "client_id": "chatgpt" }));
    assert_eq!(session.send(&world, &newer, &greet("Jane")).await, 202);
    assert_eq!(session.connection.message().await.unwrap()["result"]["isError"], false);
    let joe = world.token(json!({ "sub": "joe" }));
    for other in [&*joe, TOKEN] {
        assert_eq!(session.send(&world, other, &greet("Jane")).await, 404, "a session of another");
    }
}

#[tokio::test]
async fn a_message_that_writes_needs_the_scope() {
    let world = World::open().await;
    let reader = world.token(json!({ "scope": "contacts:read" }));
    let mut session = Session::open(&world, &reader).await;
    session.initialize(&world, &reader).await;
    assert_eq!(session.send(&world, &reader, &request("tools/list", json!({}))).await, 202);
    let list = session.connection.message().await.unwrap();
    assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 1, "{list}");
    let refused = world.ask(post(&save()).to(&session.endpoint).bearer(&reader)).await;
    assert_eq!(refused.status, 403);
    assert!(challenge(&refused).contains("contacts:write"), "{refused:?}");
    // Each message is judged by its own token: the session goes on with more.
    let writer = world.token(json!({}));
    assert_eq!(session.send(&world, &writer, &request("tools/list", json!({}))).await, 202);
    let list = session.connection.message().await.unwrap();
    assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 3, "{list}");
    assert_eq!(session.send(&world, &writer, &save()).await, 202);
}

#[tokio::test]
async fn a_message_with_an_expired_token_is_refused_and_the_session_goes_on_with_a_new_one() {
    let world = World::open().await;
    let token = world.token(json!({}));
    let mut session = Session::open(&world, &token).await;
    session.initialize(&world, &token).await;
    world.clock.advance(Duration::from_secs(300));
    let refused = world.ask(post(&greet("Jane")).to(&session.endpoint).bearer(&token)).await;
    assert_eq!(refused.status, 401);
    assert!(challenge(&refused).contains("the token has expired"), "{refused:?}");
    let renewed = world.token(json!({}));
    assert_eq!(session.send(&world, &renewed, &greet("Jane")).await, 202);
    assert_eq!(session.connection.message().await.unwrap()["result"]["isError"], false);
}

#[tokio::test]
async fn a_stream_ends_after_the_newest_token_that_it_has_seen() {
    let world = World::with(Signer::p256("one"), |setup| setup.options.limits.expired_time = MOMENT).await;
    // One second is the shortest time that a token can have.
    let short = world.token(json!({ "exp": world.now() + 1 }));
    let mut idle = Session::open(&world, &short).await;
    let mut renewed = Session::open(&world, &short).await;
    renewed.initialize(&world, &world.token(json!({}))).await;
    while idle.connection.event().await.is_some() {}
    let token = world.token(json!({}));
    assert_eq!(idle.send(&world, &token, &greet("Jane")).await, 404, "the session has ended");
    assert_eq!(renewed.send(&world, &token, &greet("Jane")).await, 202);
    assert_eq!(renewed.connection.message().await.unwrap()["result"]["isError"], false);
}
