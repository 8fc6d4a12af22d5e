//! Tokens that are no JWTs: the authorization server is asked about them.

use std::time::Duration;

use futures_util::future::join_all;
use ghl_contacts_mcp::ghl::Clock as _;
use serde_json::{Value, json};

use crate::sign_in::world::{PUBLIC, World, challenge, introspection, short};
use crate::support::issuer::{Mood, Signer};

const OPAQUE: &str = "an-opaque-token-of-jane";

async fn world() -> World {
    World::with(Signer::p256("one"), |setup| {
        let endpoint = format!("{}/introspect", setup.settings.issuers[0].text);
        setup.settings.introspection = Some(introspection(&endpoint));
        setup.timeouts = short();
    })
    .await
}

/// What introspection says of a valid token.
fn active(world: &World, others: Value) -> Value {
    let mut says = world.claims_with(others);
    if says.get("active").is_none() {
        says["active"] = true.into();
    }
    says
}

#[tokio::test]
async fn the_issuer_is_asked_once_in_thirty_seconds() {
    let world = world().await;
    world.issuer.knows(OPAQUE, active(&world, json!({ "scope": "contacts:read" })));
    let answers = join_all((0..10).map(|_| world.read(OPAQUE))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(world.write(OPAQUE).await.status, 403);
    assert_eq!(world.issuer.asked(), ["/introspect"]);
    // RFC 6749: id and secret are form-encoded inside of the header.
    let question = &world.issuer.questions()[0];
    assert!(question.contains("authorization: Basic Y3JtK3NlcnZlcjpzM2NyZXQlM0FjYW5hcnk="), "{question}");
    assert!(question.ends_with("token=an-opaque-token-of-jane&token_type_hint=access_token"), "{question}");
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(world.read(OPAQUE).await.status, 200);
    assert_eq!(world.fetches(), 2);
}

#[tokio::test]
async fn a_token_that_is_revoked_is_refused_within_thirty_seconds() {
    let world = world().await;
    world.issuer.knows(OPAQUE, active(&world, json!({})));
    assert_eq!(world.read(OPAQUE).await.status, 200);
    world.issuer.knows(OPAQUE, json!({ "active": false }));
    world.clock.advance(Duration::from_secs(30));
    let answer = world.read(OPAQUE).await;
    assert_eq!(answer.status, 401);
    assert!(challenge(&answer).contains("invalid_token"), "{answer:?}");
}

#[tokio::test]
async fn a_token_that_expires_meanwhile_is_refused_without_a_question() {
    let world = world().await;
    world.issuer.knows(OPAQUE, active(&world, json!({ "exp": world.now() + 10 })));
    assert_eq!(world.read(OPAQUE).await.status, 200);
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(world.read(OPAQUE).await.status, 401);
    assert_eq!(world.fetches(), 1);
}

#[tokio::test]
async fn what_introspection_says_is_checked_as_claims_are() {
    let world = world().await;
    let now = world.now();
    let rows = [
        (json!({ "active": false }), 401),
        (json!({ "active": "true" }), 401),
        (json!({ "active": 1 }), 401),
        (json!({ "active": null }), 200),
        (json!({ "aud": null }), 401),
        (json!({ "aud": "https://other.example.net" }), 401),
        (json!({ "iss": "https://evil.example" }), 401),
        (json!({ "iss": null }), 200),
        (json!({ "exp": now }), 401),
        (json!({ "exp": "soon" }), 401),
        (json!({ "exp": null }), 200),
        (json!({ "nbf": now + 61 }), 401),
        (json!({ "token_type": "DPoP" }), 401),
        (json!({ "token_type": "bearer" }), 200),
        (json!({ "cnf": { "jkt": "x" } }), 401),
        (json!({ "sub": null, "client_id": null }), 401),
        (json!({ "scope": null }), 403),
    ];
    for (at, (others, status)) in rows.into_iter().enumerate() {
        let token = format!("an-opaque-token-{at}");
        world.issuer.knows(&token, active(&world, others.clone()));
        assert_eq!(world.read(&token).await.status, status, "{others}");
    }
}

#[tokio::test]
async fn a_flood_of_unknown_tokens_is_a_hundred_questions_in_ten_seconds() {
    let world = world().await;
    world.issuer.knows(OPAQUE, active(&world, json!({ "aud": PUBLIC })));
    assert_eq!(world.read(OPAQUE).await.status, 200);
    let mut last = 0;
    for at in 0..120 {
        last = world.read(&format!("an-unknown-token-{at}")).await.status;
    }
    assert_eq!((last, world.fetches()), (503, 100));
    assert_eq!(world.read(OPAQUE).await.status, 200, "a token that is known is served meanwhile");
    // A refused token is not asked about again, and a text that is too short is none.
    assert_eq!(world.read("an-unknown-token-1").await.status, 401);
    assert_eq!(world.read("short").await.status, 401);
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(world.read("an-unknown-token-119").await.status, 401);
    assert_eq!(world.fetches(), 101);
    assert!(world.clock.now() >= Duration::from_secs(10));
}

#[tokio::test]
async fn an_issuer_that_cannot_be_asked_is_a_503() {
    for mood in [
        Mood::Away,
        Mood::Silent,
        Mood::Huge,
        Mood::Odd(500, "{}".to_owned()),
        Mood::Odd(200, "[]".to_owned()),
    ] {
        let world = world().await;
        world.issuer.mood(mood.clone());
        assert_eq!(world.read(OPAQUE).await.status, 503, "{mood:?}");
        world.issuer.mood(Mood::Well);
        world.issuer.knows(OPAQUE, active(&world, json!({})));
        assert_eq!(world.read(OPAQUE).await.status, 200, "{mood:?}: a failure is not kept");
    }
}

#[tokio::test]
async fn a_jwt_is_checked_here_and_not_asked_about() {
    let world = world().await;
    assert_eq!(world.read(&world.token(json!({}))).await.status, 200);
    assert_eq!(world.read(&world.token(json!({ "exp": 1 }))).await.status, 401);
    assert!(!world.issuer.asked().contains(&"/introspect".to_owned()));
}
