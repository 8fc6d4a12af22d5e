//! An agency's token, and the ones of its sub-accounts that are made from it.

use serde_json::json;

use crate::ghl::auth::oauth::tests::fixture::{DAY, Fixture, Once};
use crate::ghl::model::Kind;

#[tokio::test]
async fn without_a_refresh_the_lock_is_not_taken() {
    let fixture = Fixture::agency();
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().counts(), [1, 0, 1]);
    assert!(!fixture.folder.path().join("tokens.json.lock").exists());
}

#[tokio::test]
async fn a_refused_new_token_does_not_loop() {
    let fixture = Fixture::agency();
    fixture.server().api_answers(401, "Invalid JWT");
    assert_eq!(*fixture.request().await.unwrap_err().kind(), Kind::Unauthorized);
    assert_eq!(fixture.server().counts(), [1, 0, 1]);
}

#[tokio::test]
async fn an_exchange_that_failed_is_left_alone_for_ten_seconds() {
    let fixture = Fixture::agency();
    let elsewhere = json!({"message": "The token has no access to this location."});
    fixture.server().answers([Once::Json(403, elsewhere)]);
    assert_eq!(*fixture.request().await.unwrap_err().kind(), Kind::WrongLocation);
    fixture.clock.advance(9);
    let error = fixture.request().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after().unwrap().as_secs()), (&Kind::WrongLocation, 1));
    assert_eq!(fixture.server().counts(), [0, 0, 1]);
    fixture.clock.advance(1);
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().counts(), [1, 0, 2]);
}

#[tokio::test]
async fn an_agencys_token_is_exchanged_up_to_its_end_and_not_at_it() {
    for (age, expected) in [(DAY - 1, [1, 3, 1]), (DAY, [0, 3, 0])] {
        let fixture = Fixture::agency();
        fixture.clock.advance(age);
        fixture.server().answers((0..3).map(|_| Once::Lost));
        assert_eq!(
            fixture.request().await.err().map(|error| error.kind().clone()),
            (age == DAY).then_some(Kind::Lost)
        );
        assert_eq!(fixture.server().counts(), expected, "{age}");
    }
}
