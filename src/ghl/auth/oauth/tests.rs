mod agency;
mod disk;
mod patience;
mod refusals;
mod stage;

use futures_util::future::join_all;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::ghl::auth::oauth::tests::patience::until;
use crate::ghl::auth::oauth::tests::stage::{DAY, Once, Stage, another_process, request, stored, write};
use crate::ghl::client::Client;
use crate::ghl::model::{Kind, Written};

fn invalid_grant() -> Once {
    Once::Json(400, json!({"error": "invalid_grant", "error_description": "This refresh token is invalid"}))
}

#[tokio::test]
async fn a_token_serves_until_five_minutes_before_its_end_and_is_then_refreshed_first() {
    let stage = Stage::new();
    stage.request().await.unwrap();
    stage.clock.advance(DAY - 301);
    stage.request().await.unwrap();
    assert_eq!(stage.fake.counts(), [2, 0, 0]);
    stage.clock.advance(1);
    stage.request().await.unwrap();
    assert_eq!(stage.fake.api(), ["at-0", "at-0", "at-1"]);
    assert_eq!(stage.fake.refreshes(), ["rt-0"]);
    assert_eq!(
        (&stage.on_disk()["refresh_token"], &stage.on_disk()["userType"]),
        (&json!("rt-1"), &json!("Location"))
    );
}

#[tokio::test]
async fn fifty_calls_refused_at_once_are_one_refresh_and_fifty_replays() {
    let stage = Stage::new();
    stage.fake.revoke_all();
    let scope = stage.scope();
    for answer in join_all((0..50).map(|_| request(&scope))).await {
        answer.unwrap();
    }
    assert_eq!(stage.fake.counts(), [100, 1, 0]);
    assert_eq!(scope.requests(), 100);
}

#[tokio::test]
async fn those_who_waited_for_a_renewal_leave_at_the_pace_of_the_budget() {
    let stage = Stage::new();
    stage.fake.allows(20);
    let client = Client::new(stage.settings());
    let scope = || client.scope(CancellationToken::new());
    request(&scope()).await.unwrap();
    stage.clock.advance(DAY - 60);
    let held = stage.fake.gate.acquire().await.unwrap();
    let calls: Vec<_> =
        (0..40).map(|_| scope()).map(|scope| tokio::spawn(async move { request(&scope).await })).collect();
    until(|| !stage.fake.refreshes().is_empty()).await;
    settle().await;
    // A place that was taken before the wait would be free again by now, and its request not sent yet.
    stage.clock.advance(11);
    drop(held);
    until(|| stage.fake.counts()[0] > 1).await;
    settle().await;
    assert_eq!(stage.fake.counts(), [1 + 20, 1, 0]);
    stage.clock.advance(11);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(stage.fake.counts(), [1 + 40, 1, 0]);
}

/// Lets the tasks go as far as they come without the clock.
pub(crate) async fn settle() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_refusal_of_a_token_that_is_replaced_already_is_replayed_without_a_refresh() {
    let stage = Stage::new();
    let settings = stage.settings();
    let old = settings.credential.bearer(&settings.token_endpoint()).await.unwrap();
    let bearer = async || settings.credential.bearer(&settings.token_endpoint()).await.unwrap().header;
    assert!(settings.credential.renew(&settings.token_endpoint(), &old).await.unwrap());
    let new = bearer().await;
    assert!(settings.credential.renew(&settings.token_endpoint(), &old).await.unwrap());
    assert_eq!((new, stage.fake.counts()), (bearer().await, [0, 1, 0]));
}

#[tokio::test]
async fn a_refusal_of_the_new_token_too_is_the_end_and_no_loop() {
    let stage = Stage::new();
    stage.fake.api_says(401, "Invalid JWT");
    assert_eq!(*stage.request().await.unwrap_err().kind(), Kind::Unauthorized);
    assert_eq!(stage.fake.counts(), [2, 1, 0]);
    // The token is seconds old: another one would be refused too.
    assert_eq!(*stage.request().await.unwrap_err().kind(), Kind::Unauthorized);
    assert_eq!(stage.fake.counts(), [3, 1, 0]);
    stage.clock.advance(30);
    let _ = stage.request().await;
    assert_eq!(stage.fake.counts(), [5, 2, 0]);
}

#[tokio::test]
async fn a_refusal_about_a_scope_or_a_location_does_not_touch_the_token() {
    for (status, message, kind, attempts) in [
        (401, "The token is not authorized for this scope.", Kind::ScopeMissing, 1),
        (403, "The token does not have access to this location.", Kind::WrongLocation, 1),
        (401, "Request timed out", Kind::Unavailable, 3),
    ] {
        let stage = Stage::new();
        stage.fake.api_says(status, message);
        assert_eq!(*stage.request().await.unwrap_err().kind(), kind);
        assert_eq!(stage.fake.counts(), [attempts, 0, 0], "{message}");
    }
}

#[tokio::test]
async fn a_dead_refresh_token_says_how_to_authorise_again_and_is_not_shown_again_for_a_minute() {
    let stage = Stage::new();
    stage.fake.revoke_all();
    stage.fake.answers([invalid_grant(), invalid_grant()]);
    let error = stage.request().await.unwrap_err();
    assert!(error.to_string().contains("run `ghl-contacts-mcp login` to authorise again"), "{error}");
    assert!(matches!(error.kind(), Kind::Authorization(_)));
    assert_eq!(error.written(), Written::No);
    stage.clock.advance(59);
    let error = stage.request().await.unwrap_err();
    assert_eq!(error.retry_after().unwrap().as_secs(), 1);
    assert_eq!(stage.fake.counts(), [2, 1, 0]);
    stage.clock.advance(1);
    stage.request().await.unwrap_err();
    assert_eq!(stage.fake.counts(), [3, 2, 0]);
}

#[tokio::test]
async fn after_a_new_login_the_server_goes_on_by_itself() {
    let stage = Stage::new();
    stage.fake.revoke_all();
    stage.fake.answers([invalid_grant()]);
    stage.request().await.unwrap_err();
    write(&stage.folder.store(), &stored("Location", "login", DAY).to_string());
    stage.fake.accept("at-login");
    stage.request().await.unwrap();
    assert_eq!(stage.fake.api(), ["at-0", "at-0", "at-login"]);
    assert_eq!(stage.fake.counts(), [3, 1, 0]);
    // The pause was about the old token.
    stage.fake.revoke_all();
    stage.request().await.unwrap();
    assert_eq!(stage.fake.refreshes(), ["rt-0", "rt-login"]);
}

#[tokio::test]
async fn a_store_that_somebody_rotated_meanwhile_is_read_again_before_giving_up() {
    let stage = Stage::new();
    stage.fake.revoke_all();
    stage.fake.answers([invalid_grant()]);
    stage.fake.accept("at-theirs");
    let path = stage.folder.store();
    stage.fake.before_answer(move || write(&path, &stored("Location", "theirs", DAY).to_string()));
    stage.request().await.unwrap();
    assert_eq!(stage.fake.api(), ["at-0", "at-theirs"]);
    assert_eq!(stage.fake.counts(), [2, 1, 0]);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_token() {
    for lost in [
        Once::Lost,
        Once::Html(502),
        Once::Unreachable,
        Once::Json(503, json!({})),
        Once::Json(200, json!({})),
    ] {
        let stage = Stage::new();
        stage.fake.revoke_all();
        stage.fake.answers([lost]);
        stage.request().await.unwrap();
        assert_eq!((stage.fake.counts(), stage.fake.refreshes()), ([2, 2, 0], vec!["rt-0".to_owned(); 2]));
    }
}

#[tokio::test]
async fn an_endpoint_that_stays_silent_is_asked_three_times_within_twenty_seconds_and_then_left_alone() {
    let stage = Stage::new();
    stage.fake.revoke_all();
    stage.fake.answers((0..9).map(|_| Once::Stalled));
    let settings = stage.settings();
    let old = settings.credential.bearer(&settings.token_endpoint()).await.unwrap();
    let failed = settings.credential.renew(&settings.token_endpoint(), &old).await.unwrap_err();
    assert_eq!((failed.kind(), failed.written()), (&Kind::Lost, Written::No));
    assert_eq!(crate::ghl::model::Clock::now(&*stage.clock).as_secs(), 20);
    stage.clock.advance(9);
    settings.credential.renew(&settings.token_endpoint(), &old).await.unwrap_err();
    assert_eq!(stage.fake.counts(), [0, 3, 0]);
    stage.clock.advance(1);
    settings.credential.renew(&settings.token_endpoint(), &old).await.unwrap_err();
    assert_eq!(stage.fake.counts(), [0, 6, 0]);
}

#[tokio::test]
async fn calls_go_on_with_a_token_that_lives_while_the_endpoint_is_down() {
    let stage = Stage::new();
    stage.request().await.unwrap();
    stage.clock.advance(DAY - 299);
    stage.fake.answers((0..9).map(|_| Once::Lost));
    for _ in 0..5 {
        stage.request().await.unwrap();
    }
    assert_eq!(stage.fake.counts(), [6, 3, 0]);
    // Its end: nothing can be sent with it any more.
    stage.clock.advance(299);
    assert_eq!(*stage.request().await.unwrap_err().kind(), Kind::Lost);
    assert_eq!(stage.fake.counts(), [6, 6, 0]);
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let stage = Stage::new();
    stage.fake.revoke_all();
    stage.fake.accept("new");
    stage.fake.answers([Once::Json(200, json!({"access_token": "new", "expires_in": 3600}))]);
    stage.request().await.unwrap();
    assert_eq!(
        (&stage.on_disk()["access_token"], &stage.on_disk()["refresh_token"]),
        (&json!("new"), &json!("rt-0"))
    );
    stage.clock.advance(3600 - 299);
    stage.request().await.unwrap();
    assert_eq!(stage.fake.refreshes(), ["rt-0", "rt-0"]);
}

#[tokio::test]
async fn what_another_process_refreshed_is_taken_over_without_a_refresh() {
    let stage = Stage::new();
    let other = another_process(&stage.folder);
    let theirs = Client::new(stage.settings_of(&other)).scope(tokio_util::sync::CancellationToken::new());
    stage.request().await.unwrap();
    request(&theirs).await.unwrap();
    stage.fake.revoke_all();
    stage.request().await.unwrap();
    request(&theirs).await.unwrap();
    assert_eq!(stage.fake.api(), ["at-0", "at-0", "at-0", "at-1", "at-0", "at-1"]);
    assert_eq!(stage.fake.counts(), [6, 1, 0]);
}

#[tokio::test]
async fn two_processes_that_are_refused_at_once_refresh_once() {
    let stage = Stage::new();
    let other = another_process(&stage.folder);
    let theirs = Client::new(stage.settings_of(&other)).scope(tokio_util::sync::CancellationToken::new());
    let ours = stage.scope();
    request(&ours).await.unwrap();
    request(&theirs).await.unwrap();
    stage.fake.revoke_all();
    let both = futures_util::future::join(request(&ours), request(&theirs)).await;
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    assert_eq!(stage.fake.counts(), [6, 1, 0]);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_take_the_new_token_with_it() {
    let stage = Stage::new();
    stage.fake.revoke_all();
    let closed = stage.fake.gate.acquire().await.unwrap();
    let settings = stage.settings();
    let old = settings.credential.bearer(&settings.token_endpoint()).await.unwrap();
    {
        let endpoint = settings.token_endpoint();
        let waiting = std::pin::pin!(settings.credential.renew(&endpoint, &old));
        let asked = until(|| stage.fake.counts()[1] > 0);
        futures_util::future::select(waiting, std::pin::pin!(asked)).await;
    }
    drop(closed);
    stage.request().await.unwrap();
    assert_eq!(
        (stage.fake.api(), stage.fake.counts()),
        (vec!["at-0".to_owned(), "at-1".to_owned()], [2, 1, 0])
    );
    assert_eq!(stage.on_disk()["refresh_token"], "rt-1");
}

#[tokio::test]
async fn a_process_that_ends_waits_for_the_token_that_is_on_its_way() {
    let stage = Stage::new();
    let settings = stage.settings();
    let old = settings.credential.bearer(&settings.token_endpoint()).await.unwrap();
    let waiting = async { settings.credential.renew(&settings.token_endpoint(), &old).await.map(|_| ()) };
    futures_util::FutureExt::now_or_never(waiting);
    settings.credential.settled(&settings.clock).await;
    assert_eq!(stage.on_disk()["refresh_token"], "rt-1");
}

#[tokio::test]
async fn a_calendar_that_jumps_changes_nothing_in_a_running_process() {
    let stage = Stage::new();
    stage.request().await.unwrap();
    for jump in [-3_600, 3_600, 200_000] {
        stage.clock.set_calendar(jump);
        stage.request().await.unwrap();
    }
    assert_eq!(stage.fake.counts(), [4, 0, 0]);
}

#[tokio::test]
async fn a_machine_that_slept_past_the_tokens_end_loses_one_request() {
    let stage = Stage::new();
    stage.request().await.unwrap();
    // The monotonic clock stands still while a machine sleeps.
    stage.clock.set_calendar(90_000);
    stage.fake.revoke_all();
    stage.request().await.unwrap();
    assert_eq!(stage.fake.api(), ["at-0", "at-0", "at-1"]);
    assert_eq!(stage.fake.counts(), [3, 1, 0]);
}

#[tokio::test]
async fn a_process_that_starts_with_a_wrong_calendar_serves_all_the_same() {
    for (jump, expected) in
        [(-3_600, [1, 0, 0]), (3_600, [1, 0, 0]), (90_000, [1, 1, 0]), (-90_000, [1, 0, 0])]
    {
        let stage = Stage::new();
        stage.clock.set_calendar(jump);
        stage.request().await.unwrap();
        assert_eq!(stage.fake.counts(), expected, "{jump}");
    }
}

#[tokio::test]
async fn an_agencys_token_is_exchanged_for_the_location_once() {
    let stage = Stage::agency();
    for _ in 0..3 {
        stage.request().await.unwrap();
    }
    assert_eq!(stage.fake.api(), ["at-1"; 3]);
    assert_eq!(stage.fake.counts(), [3, 0, 1]);
    // It ages: the agency's own does too by now, so both are made anew.
    stage.clock.advance(DAY - 299);
    stage.request().await.unwrap();
    assert_eq!((stage.fake.counts(), stage.fake.refreshes()), ([4, 1, 2], vec!["rt-0".to_owned()]));
    assert_eq!(stage.on_disk()["userType"], "Company");
}

#[tokio::test]
async fn a_refused_location_token_is_exchanged_again_and_the_agencys_is_refreshed_only_if_it_is_refused_too()
{
    let stage = Stage::agency();
    stage.request().await.unwrap();
    stage.clock.advance(60);
    stage.fake.revoke_all();
    stage.fake.accept("at-0");
    stage.request().await.unwrap();
    assert_eq!(stage.fake.counts(), [3, 0, 2]);
    stage.clock.advance(60);
    stage.fake.revoke_all();
    stage.request().await.unwrap();
    assert_eq!(stage.fake.counts(), [5, 1, 4]);
}

#[tokio::test]
async fn a_wrong_app_is_told_by_its_settings() {
    let stage = Stage::new();
    stage.fake.revoke_all();
    stage.fake.answers([Once::Json(401, json!({"error": "invalid_client"}))]);
    let error = stage.request().await.unwrap_err();
    assert!(error.to_string().contains("check GHL_CLIENT_ID and GHL_CLIENT_SECRET"), "{error}");
    assert_eq!(stage.fake.counts(), [1, 1, 0]);
}

#[tokio::test]
async fn no_secret_stands_in_an_error_or_in_debug() {
    let stage = Stage::new();
    stage.fake.revoke_all();
    stage.fake.answers([Once::Json(400, json!({"error": "at-canary", "access_token": "secret-canary"}))]);
    let error = stage.request().await.unwrap_err();
    let settings = stage.settings();
    let bearer = settings.credential.bearer(&settings.token_endpoint()).await;
    let shown = format!("{error} {error:?} {:?} {settings:?} {bearer:?}", stage.oauth);
    for secret in ["canary", "at-0", "rt-0"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
