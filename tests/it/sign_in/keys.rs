//! The keys of the authorization server: rotation, outage, and answers that cannot be used.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use crate::http::client::post;
use crate::http::server::{TOKEN, greet};
use crate::sign_in::world::{World, challenge, issuer_url, short};
use crate::support::issuer::{Mood, Signer};

const METADATA: &str = "/.well-known/oauth-authorization-server";

#[tokio::test]
async fn keys_are_fetched_once_and_kept() {
    let world = World::open().await;
    assert_eq!(world.fetches(), 0, "the start asks for nothing");
    for _ in 0..3 {
        assert_eq!(world.read(&world.token(json!({}))).await.status, 200);
    }
    assert_eq!(world.issuer.asked(), [METADATA, "/keys"]);
}

#[tokio::test]
async fn clients_that_come_at_once_share_one_fetch() {
    let world = World::open().await;
    let token = world.token(json!({}));
    let answers = join_all((0..20).map(|_| world.read(&token))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(world.issuer.asked(), [METADATA, "/keys"]);
}

#[tokio::test]
async fn a_new_key_is_used_from_its_first_token_on() {
    let world = World::open().await;
    assert_eq!(world.read(&world.token(json!({}))).await.status, 200);
    let new = Signer::p256("two");
    world.issuer.publish(&[&world.signer, &new]);
    assert_eq!(world.read(&new.token(&world.claims())).await.status, 200);
    assert_eq!(world.read(&world.token(json!({}))).await.status, 200);
    assert_eq!(world.issuer.asked(), [METADATA, "/keys", "/keys"]);
}

#[tokio::test]
async fn a_key_that_is_withdrawn_is_used_ten_minutes_at_most() {
    let world = World::open().await;
    assert_eq!(world.read(&world.token(json!({}))).await.status, 200);
    world.issuer.publish(&[&Signer::p256("two")]);
    world.clock.advance(Duration::from_secs(599));
    assert_eq!(world.read(&world.token(json!({}))).await.status, 200);
    assert_eq!(world.fetches(), 2);
    world.clock.advance(Duration::from_secs(1));
    // The token that finds the keys to be old is served by them; the fetch is not waited for.
    assert_eq!(world.read(&world.token(json!({}))).await.status, 200);
    while world.read(&world.token(json!({}))).await.status == 200 {}
    let answer = world.read(&world.token(json!({}))).await;
    assert_eq!(answer.status, 401);
    assert!(challenge(&answer).contains("the token's key is not known"), "{answer:?}");
}

#[tokio::test]
async fn a_flood_of_unknown_keys_is_one_fetch_in_thirty_seconds() {
    let world = World::open().await;
    assert_eq!(world.read(&world.token(json!({}))).await.status, 200);
    let claims = world.claims();
    let flood = |from: usize| (from..from + 50).map(|at| Signer::ed25519(&format!("k{at}")).token(&claims));
    for (seconds, fetches) in [(0, 3), (1, 3), (28, 3), (1, 4), (29, 4), (1, 5)] {
        world.clock.advance(Duration::from_secs(seconds));
        let tokens: Vec<_> = flood(fetches * 50).collect();
        let answers = join_all(tokens.iter().map(|token| world.read(token))).await;
        assert!(answers.iter().all(|answer| answer.status == 401));
        assert_eq!(world.fetches(), fetches);
        assert_eq!(world.read(&world.token(json!({}))).await.status, 200, "others are served meanwhile");
    }
}

#[tokio::test]
async fn old_keys_are_kept_while_the_issuer_is_away() {
    let world = World::with(Signer::rsa("one"), |setup| setup.timeouts = short()).await;
    let token = || world.token(json!({ "exp": world.now() + 300 }));
    assert_eq!(world.read(&token()).await.status, 200);
    let moods = [
        Mood::Away,
        Mood::Silent,
        Mood::Huge,
        Mood::Odd(500, "oops".to_owned()),
        Mood::Odd(200, "<html>".to_owned()),
        Mood::Odd(200, r#"{"keys":[]}"#.to_owned()),
        Mood::Moved("https://evil.example/keys".to_owned()),
    ];
    for mood in moods {
        world.issuer.mood(mood.clone());
        world.clock.advance(Duration::from_secs(3600));
        for _ in 0..3 {
            assert_eq!(world.read(&token()).await.status, 200, "{mood:?}");
        }
    }
    world.issuer.mood(Mood::Well);
    world.clock.advance(Duration::from_secs(3600));
    assert_eq!(world.read(&token()).await.status, 200);
}

#[tokio::test]
async fn without_keys_an_issuer_that_is_away_is_a_503_and_static_tokens_are_served() {
    let moods = [
        Mood::Away,
        Mood::Silent,
        Mood::Huge,
        Mood::Odd(404, "no".to_owned()),
        Mood::Odd(200, "[]".to_owned()),
    ];
    for mood in moods {
        let world = World::with(Signer::rsa("one"), |setup| setup.timeouts = short()).await;
        world.issuer.mood(mood.clone());
        let answer = world.read(&world.token(json!({}))).await;
        assert_eq!(answer.status, 503, "{mood:?}: {answer:?}");
        assert_eq!((answer.header("retry-after"), challenge(&answer)), (Some("5"), ""), "{mood:?}");
        let asked = world.fetches();
        // Where there is an answer, both places of the metadata were tried. More clients do not ask more.
        let places = if matches!(mood, Mood::Away | Mood::Silent) { 1 } else { 2 };
        assert_eq!(asked, places, "{mood:?}");
        for _ in 0..5 {
            assert_eq!(world.read(&world.token(json!({}))).await.status, 503, "{mood:?}");
        }
        assert_eq!(world.fetches(), asked, "{mood:?}");
        assert_eq!(world.ask(post(&greet("Jane")).bearer(TOKEN)).await.status, 200);
        world.issuer.mood(Mood::Well);
        world.clock.advance(Duration::from_secs(5));
        assert_eq!(world.read(&world.token(json!({}))).await.status, 200, "{mood:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = World::open().await;
    let world = World::open().await;
    world.issuer.mood(Mood::Moved(other.issuer.url("/keys")));
    assert_eq!(world.read(&world.token(json!({}))).await.status, 503);
    assert_eq!(other.fetches(), 0);
}

#[tokio::test]
async fn metadata_is_found_at_each_of_its_places() {
    for (path, place, requests) in [
        ("", "/.well-known/oauth-authorization-server", 2),
        ("", "/.well-known/openid-configuration", 3),
        ("/tenant/1", "/.well-known/oauth-authorization-server/tenant/1", 2),
        ("/tenant/1", "/.well-known/openid-configuration/tenant/1", 3),
        ("/tenant/1/", "/tenant/1/.well-known/openid-configuration", 4),
        ("/tenant/1", "/tenant/1/.well-known/oauth-authorization-server", 5),
    ] {
        let world = World::open().await;
        let name = world.issuer.url(path);
        world.issuer.describe(place, &name);
        let again = World::behind(world, &name).await;
        let token = again.token(json!({ "iss": name }));
        let answer = again.read(&token).await;
        assert_eq!((answer.status, again.fetches()), (200, requests), "{place}: {:?}", again.issuer.asked());
    }
}

#[tokio::test]
async fn metadata_of_another_issuer_and_keys_in_clear_text_are_not_used() {
    let world = World::open().await;
    let name = world.issuer.name();
    for metadata in [
        json!({ "issuer": format!("{name}/"), "jwks_uri": world.issuer.url("/keys") }),
        json!({ "issuer": "https://evil.example", "jwks_uri": world.issuer.url("/keys") }),
        json!({ "jwks_uri": world.issuer.url("/keys") }),
        json!({ "issuer": name }),
        json!({ "issuer": name, "jwks_uri": "http://evil.example/keys" }),
        json!({ "issuer": name, "jwks_uri": "file:///etc/passwd" }),
        json!({ "issuer": name, "jwks_uri": "/keys" }),
        json!({ "issuer": name, "jwks_uri": 7 }),
    ] {
        world.issuer.serve_metadata(METADATA, metadata.clone());
        world.clock.advance(Duration::from_secs(5));
        assert_eq!(world.read(&world.token(json!({}))).await.status, 503, "{metadata}");
        assert!(!world.issuer.asked().contains(&"/keys".to_owned()), "{metadata}");
    }
}

#[tokio::test]
async fn a_key_that_is_for_encryption_or_another_algorithm_checks_no_signature() {
    for (name, value) in [("use", json!("enc")), ("alg", json!("PS256")), ("key_ops", json!(["encrypt"]))] {
        let world = World::open().await;
        let mut key = world.signer.jwk();
        key[name] = value;
        // A second key, so that the set can be used.
        world.issuer.serve_keys(json!({ "keys": [key, Signer::p256("two").jwk()] }));
        assert_eq!(world.read(&world.token(json!({}))).await.status, 401, "{name}");
    }
}

#[tokio::test]
async fn a_key_of_1024_bits_checks_no_signature() {
    let world = World::open().await;
    let weak =
        json!({ "kty": "RSA", "kid": "one", "e": "AQAB", "n": crate::support::issuer::base64([0xc5; 128]) });
    world.issuer.serve_keys(json!({ "keys": [weak] }));
    assert_eq!(world.read(&world.token(json!({}))).await.status, 401);
}

#[tokio::test]
async fn two_issuers_do_not_sign_for_each_other() {
    let other = World::open().await;
    let name = other.issuer.name();
    let forger = Signer::other_rsa("one");
    other.issuer.publish(&[&forger]);
    let world = World::with(Signer::rsa("one"), |setup| setup.settings.issuers.push(issuer_url(&name))).await;
    assert_eq!(world.read(&world.token(json!({}))).await.status, 200);
    assert_eq!(world.read(&forger.token(&world.claims_with(json!({ "iss": name })))).await.status, 200);
    // The same key id, and a key that the other issuer has.
    assert_eq!(world.read(&forger.token(&world.claims())).await.status, 401);
    assert_eq!(world.read(&world.token(json!({ "iss": name }))).await.status, 401);
}
