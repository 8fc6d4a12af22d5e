//! What a client learns before it signs in.

use ghl_contacts_mcp::sign_in::{Resource, ScopeNames};
use serde_json::json;

use crate::http::client::{ask, post};
use crate::http::server::{Server, TOKEN, greet};
use crate::sign_in::world::{PUBLIC, World, challenge};
use crate::support::issuer::Signer;

const ROOT: &str = "/.well-known/oauth-protected-resource";

#[tokio::test]
async fn a_client_without_a_token_is_told_where_to_sign_in() {
    let world = World::open().await;
    for (method, path, metadata) in [
        ("POST", "/mcp", format!("{PUBLIC}{ROOT}/mcp")),
        ("GET", "/mcp", format!("{PUBLIC}{ROOT}/mcp")),
        ("GET", "/sse", format!("{PUBLIC}{ROOT}")),
        ("POST", "/messages?sessionId=1", format!("{PUBLIC}{ROOT}")),
    ] {
        let answer = world.ask(ask(method, path)).await;
        assert_eq!(answer.status, 401, "{path}");
        let expected =
            format!(r#"Bearer resource_metadata="{metadata}", scope="contacts:read contacts:write""#);
        assert_eq!(challenge(&answer), expected);
    }
    for wrong in ["Bearer x", "Basic eDp5", "Bearer", "DPoP x"] {
        let answer = world.ask(post(&greet("J")).with("authorization", wrong)).await;
        assert_eq!(answer.status, 401, "{wrong}");
        assert!(challenge(&answer).starts_with(r#"Bearer error="invalid_token""#), "{answer:?}");
    }
    let token = world.token(json!({}));
    assert_eq!(world.ask(post(&greet("J")).to(&format!("/mcp?access_token={token}"))).await.status, 401);
    let twice = post(&greet("J")).bearer(&token).and("authorization", &format!("Bearer {token}"));
    assert_eq!(world.ask(twice).await.status, 401);
    assert_eq!(world.fetches(), 0);
}

#[tokio::test]
async fn an_expired_token_is_told_apart_and_static_tokens_are_served_beside() {
    let world = World::open().await;
    let expired = world.read(&world.token(json!({ "exp": 7 }))).await;
    assert_eq!(expired.body, "the token has expired\n");
    insta::assert_snapshot!(challenge(&expired), @r#"Bearer error="invalid_token", error_description="the token has expired", resource_metadata="https://crm.example.com/.well-known/oauth-protected-resource/mcp", scope="contacts:read contacts:write""#);
    assert_eq!(world.ask(post(&greet("J")).bearer(TOKEN)).await.status, 200);
    assert_eq!(world.fetches(), 0);
}

#[tokio::test]
async fn the_metadata_of_the_resource_is_where_clients_look_for_it() {
    let world = World::open().await;
    for (path, resource) in
        [(ROOT.to_owned(), PUBLIC.to_owned()), (format!("{ROOT}/mcp"), format!("{PUBLIC}/mcp"))]
    {
        // Any client may read it, under any name of the server.
        for host in ["crm.example.com", "localhost", "10.0.0.1:8787"] {
            let answer = world.ask(ask("GET", &path).with("host", host)).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
            assert_eq!(
                answer.json(),
                json!({
                    "resource": resource,
                    "authorization_servers": [world.issuer.name()],
                    "scopes_supported": ["contacts:read", "contacts:write"],
                    "bearer_methods_supported": ["header"],
                    "resource_name": "HighLevel contacts",
                })
            );
        }
        assert_eq!(world.ask(ask("POST", &path)).await.status, 405);
    }
    for path in ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/register"]
    {
        assert_eq!(world.ask(ask("GET", path)).await.status, 404, "{path}");
    }
    for path in ["/.well-known/oauth-protected-resource/sse", "/.well-known/oauth-protected-resource/mcp/x"] {
        assert_eq!(world.ask(ask("GET", path)).await.body, "not found\n", "{path}");
    }
    assert_eq!(world.fetches(), 0);
}

#[tokio::test]
async fn a_path_of_the_public_address_and_other_scopes_are_in_the_metadata() {
    let world = World::with(Signer::p256("k"), |setup| {
        setup.settings.resource = Resource::new(&"https://example.net/crm".parse().unwrap(), Vec::new());
        setup.settings.scopes = ScopeNames::parse("read=api://crm/r,write=api://crm/w").unwrap();
    })
    .await;
    let answer = world.ask(ask("GET", &format!("{ROOT}/crm/mcp"))).await.json();
    assert_eq!(answer["resource"], "https://example.net/crm/mcp");
    assert_eq!(answer["scopes_supported"], json!(["api://crm/r", "api://crm/w"]));
    let refused = world.ask(ask("POST", "/mcp")).await;
    let expected = format!("https://example.net{ROOT}/crm/mcp");
    assert!(challenge(&refused).contains(&expected), "{refused:?}");
    let token = world.token(json!({ "aud": "https://example.net/crm/mcp", "scope": null, "scp": "r" }));
    assert_eq!(world.read(&token).await.status, 200);
    assert_eq!(world.write(&token).await.status, 403);
    assert_eq!(world.read(&world.token(json!({ "aud": "https://example.net/mcp" }))).await.status, 401);
}

#[tokio::test]
async fn an_audience_that_is_set_takes_the_place_of_the_address() {
    let world = World::with(Signer::p256("k"), |setup| {
        setup.settings.resource = Resource::new(&PUBLIC.parse().unwrap(), vec!["api://crm".to_owned()]);
    })
    .await;
    assert_eq!(world.read(&world.token(json!({ "aud": "api://crm" }))).await.status, 200);
    assert_eq!(world.read(&world.token(json!({}))).await.status, 401);
}

#[tokio::test]
async fn the_path_of_the_metadata_is_one_label_of_the_metrics() {
    let world = World::open().await;
    world.ask(ask("GET", &format!("{ROOT}/mcp"))).await;
    let page = world.server.metrics.render();
    assert!(page.contains(r#"route="/.well-known/oauth-protected-resource",status="200""#), "{page}");
}

#[tokio::test]
async fn a_server_without_a_sign_in_says_what_it_said_before() {
    let server = Server::locked(&[]).await;
    let answer = server.ask(post(&greet("J")).bearer("eyJhbGciOiJSUzI1NiJ9.e30.AAAA")).await;
    assert_eq!(challenge(&answer), r#"Bearer realm="ghl-contacts-mcp", error="invalid_token""#);
    assert_eq!(answer.body, "the bearer token is not known here\n");
    assert_eq!(challenge(&server.ask(ask("GET", "/sse")).await), r#"Bearer realm="ghl-contacts-mcp""#);
    let page = ask("OPTIONS", ROOT).with("origin", "https://app.example.com");
    assert_eq!(server.ask(page.with("access-control-request-method", "GET")).await.status, 404);
}
