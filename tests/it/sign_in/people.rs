//! Which account a person gets.

use std::sync::Arc;

use ghl_contacts_mcp::serve::{Handler, Metrics, People};
use ghl_contacts_mcp::sign_in::Rule;
use ghl_contacts_mcp::tool::Locations;
use serde_json::{Value, json};

use crate::http::client::{Answer, ask, post};
use crate::http::server::{TOKEN, greet, request};
use crate::protocol::fixture::{Fixture, catalogue_of};
use crate::sign_in::world::{World, challenge};
use crate::support::issuer::Signer;

fn list(entries: &[&str]) -> Vec<String> {
    entries.iter().map(|&entry| entry.to_owned()).collect()
}

/// A server of its own for an account, known by its instructions.
fn server(name: &str) -> Handler<Fixture> {
    let tools = Locations::one(Arc::new(catalogue_of(Arc::default())));
    Handler::for_locations(tools, name.to_owned(), Metrics::default())
}

/// Four accounts, each for other people.
fn accounts(people: People<Handler<Fixture>>) -> People<Handler<Fixture>> {
    let sales = Rule { groups: list(&["sales", "owners"]), ..Rule::default() };
    let jane = Rule { emails: list(&["jane@example.com"]), ..Rule::default() };
    let robot = Rule { clients: list(&["robot"]), subjects: list(&["r1", "r2"]), ..Rule::default() };
    let other =
        Rule { groups: list(&["sales"]), issuers: list(&["https://other.example"]), ..Rule::default() };
    people
        .account("sales", sales, server("sales"))
        .account("jane", jane, server("jane"))
        .account("robot", robot, server("robot"))
        .account("other", other, server("other"))
}

async fn world() -> World {
    World::start(Signer::p256("one"), |_| {}, |people, _| accounts(people)).await
}

async fn hello(world: &World, claims: Value) -> Answer {
    let hello = crate::http::server::initialize("2025-11-25");
    world.ask(post(&hello).bearer(&world.token(claims))).await
}

#[tokio::test]
async fn a_person_gets_the_account_that_is_for_them() {
    let world = world().await;
    for (claims, account) in [
        (json!({ "groups": ["office", "sales"] }), "sales"),
        (json!({ "groups": "owners" }), "sales"),
        (json!({ "roles": ["owners"] }), "sales"),
        (json!({ "email": "Jane@Example.com", "email_verified": true }), "jane"),
        (json!({ "client_id": "robot", "sub": "r2" }), "robot"),
        (json!({ "client_id": null, "azp": "robot", "sub": "r1" }), "robot"),
    ] {
        let answer = hello(&world, claims.clone()).await;
        assert_eq!(answer.status, 200, "{claims}: {answer:?}");
        assert_eq!(answer.json()["result"]["instructions"], account, "{claims}");
    }
}

#[tokio::test]
async fn a_person_without_an_account_is_sent_to_the_administrator() {
    let world = world().await;
    for claims in [
        json!({}),
        json!({ "email": "jane@example.com" }),
        json!({ "email": "jane@example.com", "email_verified": false }),
        json!({ "email": "jane@example.com", "email_verified": "true" }),
        json!({ "email": "jane@example.com.evil.example", "email_verified": true }),
        json!({ "groups": ["Sales"] }),
        json!({ "groups": { "sales": true } }),
        json!({ "groups": ["sales", 1] }),
        json!({ "client_id": "robot", "sub": "r3" }),
        json!({ "client_id": "other", "sub": "r1" }),
        // The claim of an application counts where there is no `client_id` only.
        json!({ "client_id": "other", "azp": "robot", "sub": "r1" }),
    ] {
        let answer = hello(&world, claims.clone()).await;
        assert_eq!((answer.status, challenge(&answer)), (403, ""), "{claims}: {answer:?}");
        assert!(answer.body.contains("ask the administrator"), "{answer:?}");
        let stream = ask("GET", "/sse").bearer(&world.token(claims.clone()));
        assert_eq!(world.ask(stream).await.status, 403, "{claims}");
    }
}

#[tokio::test]
async fn a_person_of_two_accounts_is_refused_and_not_told_which() {
    let world = world().await;
    let both = json!({ "groups": ["sales"], "email": "jane@example.com", "email_verified": true });
    let answer = hello(&world, both).await;
    assert_eq!((answer.status, challenge(&answer)), (403, ""));
    assert!(answer.body.contains("two accounts") && !answer.body.contains("sales"), "{answer:?}");
}

#[tokio::test]
async fn a_scope_narrows_an_account_and_none_gets_nothing() {
    let world = world().await;
    let sales = |scope: &str| world.token(json!({ "groups": ["sales"], "scope": scope }));
    assert_eq!(world.write(&sales("contacts:read contacts:write")).await.status, 200);
    assert_eq!(world.write(&sales("contacts:read")).await.status, 403);
    let answer = world.read(&sales("openid")).await;
    assert_eq!(answer.status, 403);
    assert!(challenge(&answer).contains(r#"error="insufficient_scope""#), "{answer:?}");
}

#[tokio::test]
async fn one_person_has_a_share_of_the_requests() {
    let world = World::with(Signer::p256("one"), |setup| setup.options.limits.requests_of_a_person = 2).await;
    let token = world.token(json!({}));
    let open = || ask("GET", "/sse").bearer(&token);
    let (first, second) = (open().stream(world.server.at).await, open().stream(world.server.at).await);
    assert!(first.1.contains("200 OK") && second.1.contains("200 OK"));
    let refused = world.ask(post(&greet("J")).bearer(&token)).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("5")));
    // The same person with another token of theirs, and others.
    let another = world.token(json!({ "scope": "contacts:read", "client_id": "chatgpt" }));
    assert_eq!(world.read(&another).await.status, 429);
    assert_eq!(world.read(&world.token(json!({ "sub": "joe" }))).await.status, 200);
    assert_eq!(world.read(TOKEN).await.status, 200);
    drop(first);
    while world.read(&token).await.status == 429 {}
    let list = post(&request("tools/list", json!({}))).bearer(&token);
    assert_eq!(world.ask(list).await.status, 200, "a request that has been answered counts no longer");
}
