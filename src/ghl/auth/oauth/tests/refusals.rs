//! What the token endpoint answers instead of a token, and how calls end then.

use serde_json::json;

use crate::ghl::auth::oauth::tests::fixture::{Fixture, Once};
use crate::ghl::model::{Error, Kind};

/// How a request ends when the token endpoint answers this.
async fn refused(answer: Once) -> Error {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    fixture.server().answers([answer]);
    let error = fixture.request().await.unwrap_err();
    assert_eq!(fixture.server().counts(), [1, 1, 0], "{error:?}: a refusal is final");
    error
}

#[tokio::test]
async fn each_refusal_of_the_token_endpoint_is_told_by_its_kind() {
    let message = |text: &str| json!({ "message": text });
    for (answer, kind) in [
        (Once::Json(401, message("Not authorized for this SCOPE.")), Kind::ScopeMissing),
        (Once::Json(403, message("The token has no access to this location.")), Kind::WrongLocation),
        (Once::Json(403, message("Forbidden resource")), Kind::ScopeMissing),
        (Once::Html(403), Kind::Blocked),
        (Once::Json(404, message("Cannot POST /oauth/token")), Kind::RouteMissing),
        (Once::Json(429, message("Too many requests")), Kind::RateLimited),
        (Once::Html(300), Kind::Redirected),
        (Once::Html(302), Kind::Redirected),
        (Once::Html(399), Kind::Redirected),
        (Once::Json(400, message("the location's scope")), Kind::Refused(Vec::new())),
        (Once::Json(422, json!({"error": "Unprocessable Entity"})), Kind::Refused(Vec::new())),
    ] {
        let error = refused(answer).await;
        assert_eq!(*error.kind(), kind, "{error:?}");
    }
}

#[tokio::test]
async fn a_dead_token_and_a_wrong_app_are_known_by_any_of_highlevels_words() {
    let (again, app) = ("run `ghl-contacts-mcp login`", "check GHL_CLIENT_ID");
    for (status, body, advice) in [
        (400, json!({"error": "invalid_grant"}), again),
        (
            400,
            json!({"error": "Bad Request", "error_description": "Invalid grant: the code is spent"}),
            again,
        ),
        (400, json!({"message": "This refresh token is invalid"}), again),
        (401, json!({"message": "Invalid JWT"}), again),
        (401, json!({"error": "invalid_client"}), app),
        (400, json!({"error": "unauthorized_client"}), app),
    ] {
        let error = refused(Once::Json(status, body)).await;
        assert!(matches!(error.kind(), Kind::Authorization(_)), "{error:?}");
        assert!(error.to_string().contains(advice), "{error}");
    }
}

#[tokio::test]
async fn one_more_attempt_needs_a_second() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    fixture.server().answers((0..9).map(|_| Once::Stalled));
    let clock = fixture.clock.clone();
    // With the eight of the first send this leaves one of the twenty.
    fixture.server().before_answer(move || clock.advance(11));
    assert_eq!(*fixture.request().await.unwrap_err().kind(), Kind::Lost);
    assert_eq!(fixture.server().counts(), [1, 2, 0]);
}
