//! An agency's token, and the ones of its sub-accounts that are made from it.

use serde_json::json;

use crate::ghl::auth::oauth::tests::stage::{DAY, Once, Stage};
use crate::ghl::model::Kind;

#[tokio::test]
async fn a_token_that_is_not_to_be_refreshed_leaves_the_lock_to_others() {
    let stage = Stage::agency();
    stage.request().await.unwrap();
    assert_eq!(stage.fake.counts(), [1, 0, 1]);
    assert!(!stage.folder.path().join("tokens.json.lock").exists());
}

#[tokio::test]
async fn a_refusal_of_the_token_that_was_just_made_is_the_end_and_no_loop() {
    let stage = Stage::agency();
    stage.fake.api_says(401, "Invalid JWT");
    assert_eq!(*stage.request().await.unwrap_err().kind(), Kind::Unauthorized);
    assert_eq!(stage.fake.counts(), [1, 0, 1]);
}

#[tokio::test]
async fn an_exchange_that_failed_is_left_alone_for_ten_seconds() {
    let stage = Stage::agency();
    let elsewhere = json!({"message": "The token has no access to this location."});
    stage.fake.answers([Once::Json(403, elsewhere)]);
    assert_eq!(*stage.request().await.unwrap_err().kind(), Kind::WrongLocation);
    stage.clock.advance(9);
    let error = stage.request().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after().unwrap().as_secs()), (&Kind::WrongLocation, 1));
    assert_eq!(stage.fake.counts(), [0, 0, 1]);
    stage.clock.advance(1);
    stage.request().await.unwrap();
    assert_eq!(stage.fake.counts(), [1, 0, 2]);
}

#[tokio::test]
async fn an_agencys_token_is_exchanged_up_to_its_end_and_not_at_it() {
    for (age, expected) in [(DAY - 1, [1, 3, 1]), (DAY, [0, 3, 0])] {
        let stage = Stage::agency();
        stage.clock.advance(age);
        stage.fake.answers((0..3).map(|_| Once::Lost));
        assert_eq!(
            stage.request().await.err().map(|error| error.kind().clone()),
            (age == DAY).then_some(Kind::Lost)
        );
        assert_eq!(stage.fake.counts(), expected, "{age}");
    }
}
