//! Clients in a browser, such as the Inspector: CORS.

use serde_json::json;

use crate::http::client::{ask, post};
use crate::http::server::greet;
use crate::sign_in::world::World;

const APP: &str = "https://app.example.com";
const METADATA: &str = "/.well-known/oauth-protected-resource/mcp";

#[tokio::test]
async fn the_metadata_is_readable_for_every_page() {
    let world = World::open().await;
    for origin in [APP, "http://localhost:6274", "https://evil.example", "null"] {
        let preflight = ask("OPTIONS", METADATA)
            .with("origin", origin)
            .with("access-control-request-method", "GET")
            .with("access-control-request-headers", "mcp-protocol-version");
        let preflight = world.ask(preflight).await;
        assert_eq!(
            (preflight.status, preflight.header("access-control-allow-origin")),
            (204, Some("*")),
            "{origin}"
        );
        assert!(preflight.header("access-control-allow-headers").unwrap().contains("mcp-protocol-version"));
        let read = world.ask(ask("GET", METADATA).with("origin", origin)).await;
        assert_eq!((read.status, read.header("access-control-allow-origin")), (200, Some("*")), "{origin}");
    }
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_reads_the_challenge() {
    let world = World::open().await;
    let reader = world.token(json!({ "scope": "contacts:read" }));
    let writes = post(&crate::http::server::save()).bearer(&reader).with("origin", APP);
    for (ask, status) in [
        (post(&greet("J")).with("origin", APP), 401),
        (writes, 403),
        (post(&greet("J")).bearer(&reader).with("origin", APP), 200),
    ] {
        let answer = world.ask(ask).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, Some(APP)));
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("www-authenticate") && exposed.contains("mcp-session-id"), "{exposed}");
    }
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_with_a_valid_token() {
    let world = World::open().await;
    let token = world.token(json!({}));
    for origin in ["https://evil.example", "null", "http://localhost:6274"] {
        let answer = world.ask(post(&greet("J")).bearer(&token).with("origin", origin)).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None), "{origin}");
    }
    assert_eq!(world.fetches(), 0, "the origin is checked first");
}
