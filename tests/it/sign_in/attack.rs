//! Tokens that are forged or misused: none is let in, and the authorization server is asked no more than is needed.

use serde_json::{Value, json};

use crate::sign_in::world::{PUBLIC, World, challenge};
use crate::support::issuer::{Signer, base64, raw_token};

/// What an attacker does: makes a token in this world.
type Attack = Box<dyn Fn(&World) -> String>;

/// The requests to the authorization server: none, for metadata and keys, or for the keys once more.
const NONE: usize = 0;
const KEYS: usize = 2;
const AGAIN: usize = 3;

/// A token whose claims are changed, signed by the issuer.
fn claims(others: Value) -> Attack {
    Box::new(move |world| world.token(others.clone()))
}

/// A token whose header is changed, signed by the issuer.
fn header(others: Value) -> Attack {
    Box::new(move |world| {
        let mut header = json!({ "alg": "RS256", "kid": "one", "typ": "at+jwt" });
        for (name, value) in others.as_object().unwrap() {
            header[name] = value.clone();
        }
        world.signer.token_with(&header, &world.claims().to_string())
    })
}

/// A token whose claims are this text, in which `"more"` is put before the end.
fn text(more: &'static str) -> Attack {
    Box::new(move |world| {
        let claims = world.claims().to_string();
        let claims = format!("{},{more}}}", claims.strip_suffix('}').unwrap());
        world.signer.token_with(&json!({ "alg": "RS256", "kid": "one" }), &claims)
    })
}

/// A token that another key signs, under the name of the issuer's key.
fn forged(others: Value) -> Attack {
    Box::new(move |world| {
        let mut header = json!({ "alg": "RS256", "kid": "one" });
        for (name, value) in others.as_object().unwrap() {
            header[name] = value.clone();
        }
        Signer::other_rsa("one").token_with(&header, &world.claims().to_string())
    })
}

/// A valid token, of which the text is changed.
fn changed(change: fn(&str) -> String) -> Attack {
    Box::new(move |world| change(&world.token(json!({}))))
}

fn parts(token: &str) -> [String; 3] {
    let parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts.try_into().unwrap()
}

/// Each attack, the status, and the requests to the authorization server.
#[expect(clippy::too_many_lines, reason = "it is one table")]
fn attacks() -> Vec<(&'static str, Attack, u16, usize)> {
    let deep = format!("\"deep\":{}{}", "[".repeat(200), "]".repeat(200));
    let deep: &'static str = deep.leak();
    vec![
        // For others, or by others.
        ("another audience", claims(json!({ "aud": "https://other.example.net" })), 401, NONE),
        (
            "a list of other audiences",
            claims(json!({ "aud": ["a", "https://other.example.net/mcp"] })),
            401,
            NONE,
        ),
        (
            "an audience that begins alike",
            claims(json!({ "aud": format!("{PUBLIC}.evil.example") })),
            401,
            NONE,
        ),
        ("an audience below ours", claims(json!({ "aud": format!("{PUBLIC}/mcp/other") })), 401, NONE),
        ("an audience in capitals", claims(json!({ "aud": PUBLIC.to_uppercase() })), 401, NONE),
        ("an audience that is no text", claims(json!({ "aud": { PUBLIC: true } })), 401, NONE),
        ("a list with an audience that is no text", claims(json!({ "aud": [PUBLIC, 1] })), 401, NONE),
        ("an empty list of audiences", claims(json!({ "aud": [] })), 401, NONE),
        ("no audience", claims(json!({ "aud": null })), 401, NONE),
        ("an audience in resource only", claims(json!({ "aud": null, "resource": PUBLIC })), 401, NONE),
        ("another issuer with the same key id", claims(json!({ "iss": "https://evil.example" })), 401, NONE),
        ("no issuer", claims(json!({ "iss": null })), 401, NONE),
        (
            "a list of issuers",
            Box::new(|world| world.token(json!({ "iss": [world.issuer.name()] }))),
            401,
            NONE,
        ),
        (
            "the issuer with a slash",
            Box::new(|world| world.token(json!({ "iss": format!("{}/", world.issuer.name()) }))),
            401,
            NONE,
        ),
        (
            "the issuer in capitals",
            Box::new(|world| world.token(json!({ "iss": world.issuer.name().to_uppercase() }))),
            401,
            NONE,
        ),
        ("a subject that is no text", claims(json!({ "sub": 7, "client_id": null })), 401, KEYS),
        ("an empty subject", claims(json!({ "sub": "" })), 401, KEYS),
        ("no subject and no client", claims(json!({ "sub": null, "client_id": null })), 401, KEYS),
        ("a subject of 300 letters", claims(json!({ "sub": "j".repeat(300) })), 401, KEYS),
        // Algorithms.
        ("no algorithm", header(json!({ "alg": null })), 401, NONE),
        ("the algorithm none", header(json!({ "alg": "none" })), 401, NONE),
        ("the algorithm None", header(json!({ "alg": "None" })), 401, NONE),
        (
            "the algorithm none, without a signature",
            Box::new(|world| raw_token(r#"{"alg":"none"}"#, &world.claims().to_string(), |_| Vec::new())),
            401,
            NONE,
        ),
        ("HMAC with the public key", header(json!({ "alg": "HS256" })), 401, NONE),
        ("HMAC of 512 bits with the public key", header(json!({ "alg": "HS512" })), 401, NONE),
        ("an algorithm of another kind of key", forged(json!({ "alg": "ES256" })), 401, AGAIN),
        ("an algorithm that is not known", header(json!({ "alg": "RS1" })), 401, NONE),
        ("an algorithm in small letters", header(json!({ "alg": "rs256" })), 401, NONE),
        (
            "a signature of another algorithm",
            Box::new(|world| {
                let [_, claims, signature] = parts(&world.token(json!({})));
                format!("{}.{claims}.{signature}", base64(r#"{"alg":"PS256","kid":"one"}"#))
            }),
            401,
            KEYS,
        ),
        // Signatures.
        ("another key under the same id", forged(json!({})), 401, KEYS),
        ("another key and no id", forged(json!({ "kid": null })), 401, KEYS),
        ("no signature", changed(|token| format!("{}.", token.rsplit_once('.').unwrap().0)), 401, KEYS),
        (
            "a signature of zeros",
            changed(|token| {
                let zeros = base64([0; 256]);
                format!("{}.{zeros}", token.rsplit_once('.').unwrap().0)
            }),
            401,
            KEYS,
        ),
        ("a signature with more behind it", changed(|token| token.to_owned() + "AAAA"), 401, KEYS),
        (
            "claims of another token",
            Box::new(|world| {
                let [header, _, signature] = parts(&world.token(json!({ "scope": "contacts:read" })));
                format!("{header}.{}.{signature}", base64(world.claims().to_string()))
            }),
            401,
            KEYS,
        ),
        (
            "a header of another token",
            Box::new(|world| {
                let [_, claims, signature] = parts(&world.token(json!({})));
                format!("{}.{claims}.{signature}", base64(r#"{"alg":"RS256","kid":"one","x":1}"#))
            }),
            401,
            KEYS,
        ),
        // Keys from elsewhere.
        (
            "a key in the header",
            Box::new(|world| {
                let other = Signer::other_rsa("other");
                let header = json!({ "alg": "RS256", "kid": "one", "jwk": other.jwk() });
                other.token_with(&header, &world.claims().to_string())
            }),
            401,
            KEYS,
        ),
        (
            "keys at an address of the attacker",
            Box::new(|world| {
                let header = json!({ "alg": "RS256", "kid": "other", "jku": world.issuer.url("/evil") });
                Signer::other_rsa("other").token_with(&header, &world.claims().to_string())
            }),
            401,
            AGAIN,
        ),
        (
            "certificates at an address of the attacker",
            Box::new(|world| {
                let header = json!({ "alg": "RS256", "kid": "other", "x5u": world.issuer.url("/evil") });
                Signer::other_rsa("other").token_with(&header, &world.claims().to_string())
            }),
            401,
            AGAIN,
        ),
        ("a certificate in the header", forged(json!({ "x5c": ["MIIB"] })), 401, KEYS),
        ("a key id that is a path", forged(json!({ "kid": "../../../dev/null" })), 401, AGAIN),
        ("a key id that is an address", forged(json!({ "kid": "http://169.254.169.254/key" })), 401, AGAIN),
        ("a key id that is a query", forged(json!({ "kid": "one' OR '1'='1" })), 401, AGAIN),
        ("a key id with a zero", forged(json!({ "kid": "one\u{0}" })), 401, AGAIN),
        ("an empty key id", forged(json!({ "kid": "" })), 401, AGAIN),
        ("a key id that is no text", forged(json!({ "kid": 1 })), 401, NONE),
        ("a key id of 8 KB", forged(json!({ "kid": "k".repeat(5_000) })), 401, AGAIN),
        // Times.
        ("an expired token", Box::new(|world| world.token(json!({ "exp": world.now() - 1 }))), 401, NONE),
        ("a token that expires now", Box::new(|world| world.token(json!({ "exp": world.now() }))), 401, NONE),
        ("no expiry", claims(json!({ "exp": null })), 401, NONE),
        ("an expiry that is a text", claims(json!({ "exp": "4102444800" })), 401, NONE),
        ("an expiry with a fraction", claims(json!({ "exp": 4_102_444_800.5 })), 401, NONE),
        ("an expiry below zero", claims(json!({ "exp": -1 })), 401, NONE),
        ("an expiry that no number holds", text(r#""nbf":1e400"#), 401, NONE),
        (
            "a token of the future",
            Box::new(|world| world.token(json!({ "nbf": world.now() + 61 }))),
            401,
            NONE,
        ),
        (
            "a token issued in the future",
            Box::new(|world| world.token(json!({ "iat": world.now() + 61 }))),
            401,
            NONE,
        ),
        ("a beginning that is a text", claims(json!({ "nbf": "0" })), 401, NONE),
        // Other tokens than access tokens.
        ("an ID token", claims(json!({ "nonce": "n", "scope": null })), 401, NONE),
        ("an ID token with the hash of an access token", claims(json!({ "at_hash": "h" })), 401, NONE),
        ("a refresh token of Keycloak", claims(json!({ "typ": "Refresh" })), 401, NONE),
        ("an ID token of Keycloak", claims(json!({ "typ": "ID" })), 401, NONE),
        ("an ID token of Cognito", claims(json!({ "token_use": "id" })), 401, NONE),
        (
            "a logout token",
            claims(json!({ "events": { "http://schemas.openid.net/event/backchannel-logout": {} } })),
            401,
            NONE,
        ),
        ("a token that is bound to a key", claims(json!({ "cnf": { "jkt": "k" } })), 401, NONE),
        ("a type of another token", header(json!({ "typ": "logout+jwt" })), 401, NONE),
        ("a type of a proof", header(json!({ "typ": "dpop+jwt" })), 401, NONE),
        // Forms.
        ("an extension that is critical", header(json!({ "crit": ["exp"] })), 401, NONE),
        ("a payload that is not encoded", header(json!({ "crit": ["b64"], "b64": false })), 401, NONE),
        ("an empty list of critical extensions", header(json!({ "crit": [] })), 401, NONE),
        ("a compressed payload", header(json!({ "zip": "DEF" })), 401, NONE),
        ("an audience that is there twice", text(r#""aud":"https://crm.example.com/mcp""#), 401, NONE),
        ("a scope that is there twice, once escaped", text(r#""sc\u006fpe":"contacts:write""#), 401, NONE),
        (
            "an algorithm that is there twice",
            Box::new(|world| {
                raw_token(r#"{"alg":"RS256","alg":"none"}"#, &world.claims().to_string(), |_| Vec::new())
            }),
            401,
            NONE,
        ),
        ("claims that are nested deeply", text(deep), 401, NONE),
        (
            "claims that are a list",
            Box::new(|world| world.signer.token_with(&json!({ "alg": "RS256" }), "[]")),
            401,
            NONE,
        ),
        (
            "a token in a token",
            Box::new(|world| {
                let inner = world.token(json!({}));
                world.signer.token_with(&json!({ "alg": "RS256", "cty": "JWT" }), &inner)
            }),
            401,
            NONE,
        ),
        ("a token of 13 KB", claims(json!({ "groups": "g".repeat(9_500) })), 401, NONE),
        ("two parts", changed(|token| token.rsplit_once('.').unwrap().0.to_owned()), 401, NONE),
        ("five parts, as an encrypted token has", changed(|token| token.to_owned() + ".a.b"), 401, NONE),
        ("padding", changed(|token| token.replacen('.', "=.", 1)), 401, NONE),
        ("a text that is no token", Box::new(|_| "not-a-token-at-all".to_owned()), 401, NONE),
        // Scopes.
        ("no scope", claims(json!({ "scope": null })), 403, KEYS),
        ("an empty scope", claims(json!({ "scope": "" })), 403, KEYS),
        ("scopes of others", claims(json!({ "scope": "openid profile contacts:reader" })), 403, KEYS),
        ("scopes with commas", claims(json!({ "scope": "contacts:read,contacts:write" })), 403, KEYS),
        ("a scope in capitals", claims(json!({ "scope": "CONTACTS:READ" })), 403, KEYS),
        ("a scope that is a map", claims(json!({ "scope": { "contacts:read": true } })), 403, KEYS),
        (
            "a list of scopes with a number",
            claims(json!({ "scope": null, "scp": ["contacts:read", 1] })),
            403,
            KEYS,
        ),
        (
            "roles in place of scopes",
            claims(json!({ "scope": null, "roles": ["contacts:write"] })),
            403,
            KEYS,
        ),
    ]
}

#[tokio::test]
async fn no_forged_or_misused_token_is_let_in() {
    let attacks = attacks();
    assert!(attacks.len() >= 60, "{}", attacks.len());
    for (name, token, status, fetches) in attacks {
        let world = World::open().await;
        let token = token(&world);
        let answer = world.read(&token).await;
        let error = if status == 401 { r#"error="invalid_token""# } else { r#"error="insufficient_scope""# };
        assert!(challenge(&answer).contains(error), "{name}: {answer:?}");
        assert_eq!((answer.status, world.fetches()), (status, fetches), "{name}: {answer:?}");
        assert!(!world.issuer.asked().iter().any(|path| path.contains("evil")), "{name}");
        let claims = token.split('.').nth(1).filter(|claims| claims.len() > 20);
        assert!(claims.is_none_or(|claims| !format!("{answer:?}").contains(claims)), "{name}: {answer:?}");
    }
}

#[tokio::test]
async fn a_valid_token_is_let_in_in_each_of_its_forms() {
    for signer in [Signer::rsa("k"), Signer::p256("k"), Signer::p384("k"), Signer::ed25519("k")] {
        let world = World::with(signer, |_| {}).await;
        let answer = world.read(&world.token(json!({}))).await;
        assert_eq!((answer.status, world.fetches()), (200, KEYS), "{}: {answer:?}", world.signer.algorithm());
    }
    let world = World::open().await;
    for algorithm in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] {
        let header = json!({ "alg": algorithm, "kid": "one" });
        let token = world.signer.token_with(&header, &world.claims().to_string());
        assert_eq!(world.read(&token).await.status, 200, "{algorithm}");
    }
    for others in [
        json!({ "typ": "JWT" }),
        json!({ "typ": "at+JWT" }),
        json!({ "typ": "application/at+jwt" }),
        json!({ "typ": null }),
        json!({ "kid": null }),
        // Never opened, whatever it says.
        json!({ "jku": world.issuer.url("/evil"), "x5t": "t" }),
    ] {
        let token = header(others.clone())(&world);
        assert_eq!(world.read(&token).await.status, 200, "{others}");
    }
    for others in [
        json!({ "aud": PUBLIC }),
        json!({ "aud": format!("{PUBLIC}/") }),
        json!({ "aud": format!("{PUBLIC}/mcp/") }),
        json!({ "aud": ["https://other.example.net", PUBLIC] }),
        json!({ "nbf": world.now() + 60, "iat": world.now() + 60 }),
        json!({ "iat": null, "nbf": null }),
        json!({ "exp": u64::MAX }),
        json!({ "sub": null }),
        json!({ "nonce": "n" }),
        json!({ "typ": "Bearer", "token_use": "access" }),
        json!({ "scope": null, "scp": "contacts:read" }),
        json!({ "scope": null, "scp": ["contacts:read", "openid"] }),
    ] {
        let answer = world.read(&world.token(others.clone())).await;
        assert_eq!(answer.status, 200, "{others}: {answer:?}");
    }
    assert_eq!(world.fetches(), KEYS, "{:?}", world.issuer.asked());
}
