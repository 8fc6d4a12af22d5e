mod agency;
mod disk;
mod fixture;
mod refusals;
mod shared;
mod time_limit;

use futures_util::future::join_all;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::ghl::auth::oauth::tests::fixture::{DAY, Fixture, Once, another_process, request, stored, write};
use crate::ghl::auth::oauth::tests::time_limit::until;
use crate::ghl::client::Client;
use crate::ghl::model::{Kind, Written};

fn invalid_grant() -> Once {
    Once::Json(400, json!({"error": "invalid_grant", "error_description": "This refresh token is invalid"}))
}

#[tokio::test]
async fn a_token_is_refreshed_five_minutes_before_its_end() {
    let fixture = Fixture::new();
    fixture.request().await.unwrap();
    fixture.clock.advance(DAY - 301);
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().counts(), [2, 0, 0]);
    fixture.clock.advance(1);
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().api(), ["at-0", "at-0", "at-1"]);
    assert_eq!(fixture.server().refreshes(), ["rt-0"]);
    assert_eq!(
        (&fixture.on_disk()["refresh_token"], &fixture.on_disk()["userType"]),
        (&json!("rt-1"), &json!("Location"))
    );
}

#[tokio::test]
async fn row_58_a_lifetime_that_cannot_be_right_does_not_make_each_call_a_refresh() {
    let absurd = ["0", "\"0\"", "-1", "1", "1.5", "\"soon\"", "null", "[]", "{}", "true", "1e20"];
    for expires_in in absurd {
        let fixture = Fixture::new();
        fixture.server().revoke_all();
        let expires_in: serde_json::Value = serde_json::from_str(expires_in).unwrap();
        let answer = |token: &str| {
            fixture.server().accept(token);
            Once::Json(200, json!({ "access_token": token, "refresh_token": "rt", "expires_in": expires_in }))
        };
        fixture.server().answers([answer("new"), answer("newer")]);
        for _ in 0..20 {
            fixture.request().await.unwrap();
            fixture.clock.advance(2);
        }
        assert_eq!(fixture.server().counts(), [21, 1, 0], "{expires_in}");
        // HighLevel has the last word on a token's life.
        fixture.server().revoke_all();
        fixture.server().accept("newer");
        fixture.request().await.unwrap();
        assert_eq!(fixture.server().counts(), [23, 2, 0], "{expires_in}");
    }
}

#[tokio::test]
async fn row_58_a_token_that_lives_ten_seconds_is_renewed_at_its_end() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    let answer = |token: &str| Once::Json(200, json!({ "access_token": token, "expires_in": 10 }));
    fixture.server().answers([answer("a"), answer("b")]);
    fixture.server().accept("a");
    fixture.request().await.unwrap();
    fixture.clock.advance(10);
    fixture.server().revoke_all();
    fixture.server().accept("b");
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().counts(), [4, 2, 0]);
}

#[tokio::test]
async fn row_58_an_endpoint_that_gives_dead_tokens_is_not_asked_for_each_call() {
    let fixture = Fixture::new();
    fixture.server().api_answers(401, "Invalid JWT");
    fixture
        .server()
        .answers((0..3).map(|_| Once::Json(200, json!({ "access_token": "a", "expires_in": 0 }))));
    for _ in 0..20 {
        assert_eq!(*fixture.request().await.unwrap_err().kind(), Kind::Unauthorized);
    }
    assert_eq!(fixture.server().counts(), [21, 1, 0]);
}

#[tokio::test]
async fn fifty_refused_calls_are_one_refresh_and_fifty_replays() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    let scope = fixture.scope();
    for answer in join_all((0..50).map(|_| request(&scope))).await {
        answer.unwrap();
    }
    assert_eq!(fixture.server().counts(), [100, 1, 0]);
    assert_eq!(scope.requests(), 100);
}

#[tokio::test]
async fn calls_that_waited_for_a_renewal_keep_the_rate_limit() {
    let fixture = Fixture::new();
    fixture.server().allows(20);
    let client = Client::new(fixture.settings());
    let scope = || client.scope(CancellationToken::new());
    request(&scope()).await.unwrap();
    fixture.clock.advance(DAY - 60);
    let held = fixture.server().gate.acquire().await.unwrap();
    let calls: Vec<_> =
        (0..40).map(|_| scope()).map(|scope| tokio::spawn(async move { request(&scope).await })).collect();
    until(|| !fixture.server().refreshes().is_empty()).await;
    settle().await;
    // A permit that was taken before the wait would be free again by now, and its request not sent yet.
    fixture.clock.advance(11);
    drop(held);
    until(|| fixture.server().counts()[0] > 1).await;
    settle().await;
    assert_eq!(fixture.server().counts(), [1 + 20, 1, 0]);
    fixture.clock.advance(11);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(fixture.server().counts(), [1 + 40, 1, 0]);
}

/// Lets the tasks run as far as they can without the clock.
pub(crate) async fn settle() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_refused_token_that_is_replaced_already_is_not_refreshed_again() {
    let fixture = Fixture::new();
    let settings = fixture.settings();
    let old = settings.credential.bearer(&settings.token_endpoint()).await.unwrap();
    let bearer = async || settings.credential.bearer(&settings.token_endpoint()).await.unwrap().header;
    assert!(settings.credential.renew(&settings.token_endpoint(), &old).await.unwrap());
    let new = bearer().await;
    assert!(settings.credential.renew(&settings.token_endpoint(), &old).await.unwrap());
    assert_eq!((new, fixture.server().counts()), (bearer().await, [0, 1, 0]));
}

#[tokio::test]
async fn a_refused_second_token_does_not_loop() {
    let fixture = Fixture::new();
    fixture.server().api_answers(401, "Invalid JWT");
    assert_eq!(*fixture.request().await.unwrap_err().kind(), Kind::Unauthorized);
    assert_eq!(fixture.server().counts(), [2, 1, 0]);
    // The token is seconds old: another one would be refused too.
    assert_eq!(*fixture.request().await.unwrap_err().kind(), Kind::Unauthorized);
    assert_eq!(fixture.server().counts(), [3, 1, 0]);
    fixture.clock.advance(30);
    let _ = fixture.request().await;
    assert_eq!(fixture.server().counts(), [5, 2, 0]);
}

#[tokio::test]
async fn a_refused_scope_or_location_does_not_refresh_the_token() {
    for (status, message, kind, attempts) in [
        (401, "The token is not authorized for this scope.", Kind::ScopeMissing, 1),
        (403, "The token does not have access to this location.", Kind::WrongLocation, 1),
        (401, "Request timed out", Kind::Unavailable, 3),
    ] {
        let fixture = Fixture::new();
        fixture.server().api_answers(status, message);
        assert_eq!(*fixture.request().await.unwrap_err().kind(), kind);
        assert_eq!(fixture.server().counts(), [attempts, 0, 0], "{message}");
    }
}

#[tokio::test]
async fn a_dead_refresh_token_says_what_to_do_and_is_not_sent_for_a_minute() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    fixture.server().answers([invalid_grant(), invalid_grant()]);
    let error = fixture.request().await.unwrap_err();
    assert!(error.to_string().contains("run `ghl-contacts-mcp login` to authorise again"), "{error}");
    assert!(matches!(error.kind(), Kind::Authorization(_)));
    assert_eq!(error.written(), Written::No);
    fixture.clock.advance(59);
    let error = fixture.request().await.unwrap_err();
    assert_eq!(error.retry_after().unwrap().as_secs(), 1);
    assert_eq!(fixture.server().counts(), [2, 1, 0]);
    fixture.clock.advance(1);
    fixture.request().await.unwrap_err();
    assert_eq!(fixture.server().counts(), [3, 2, 0]);
}

#[tokio::test]
async fn after_a_new_login_the_server_goes_on_by_itself() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    fixture.server().answers([invalid_grant()]);
    fixture.request().await.unwrap_err();
    write(&fixture.folder.store(), &stored("Location", "login", DAY).to_string());
    fixture.server().accept("at-login");
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().api(), ["at-0", "at-0", "at-login"]);
    assert_eq!(fixture.server().counts(), [3, 1, 0]);
    // The pause was about the old token.
    fixture.server().revoke_all();
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().refreshes(), ["rt-0", "rt-login"]);
}

#[tokio::test]
async fn a_store_that_another_process_rotated_is_read_again() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    fixture.server().answers([invalid_grant()]);
    fixture.server().accept("at-theirs");
    let path = fixture.folder.store();
    fixture.server().before_answer(move || write(&path, &stored("Location", "theirs", DAY).to_string()));
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().api(), ["at-0", "at-theirs"]);
    assert_eq!(fixture.server().counts(), [2, 1, 0]);
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
        let fixture = Fixture::new();
        fixture.server().revoke_all();
        fixture.server().answers([lost]);
        fixture.request().await.unwrap();
        assert_eq!(
            (fixture.server().counts(), fixture.server().refreshes()),
            ([2, 2, 0], vec!["rt-0".to_owned(); 2])
        );
    }
}

#[tokio::test]
async fn a_silent_token_endpoint_is_asked_three_times_in_twenty_seconds() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    fixture.server().answers((0..9).map(|_| Once::Stalled));
    let settings = fixture.settings();
    let old = settings.credential.bearer(&settings.token_endpoint()).await.unwrap();
    let failed = settings.credential.renew(&settings.token_endpoint(), &old).await.unwrap_err();
    assert_eq!((failed.kind(), failed.written()), (&Kind::Lost, Written::No));
    assert_eq!(crate::ghl::model::Clock::now(&*fixture.clock).as_secs(), 20);
    fixture.clock.advance(9);
    settings.credential.renew(&settings.token_endpoint(), &old).await.unwrap_err();
    assert_eq!(fixture.server().counts(), [0, 3, 0]);
    fixture.clock.advance(1);
    settings.credential.renew(&settings.token_endpoint(), &old).await.unwrap_err();
    assert_eq!(fixture.server().counts(), [0, 6, 0]);
}

#[tokio::test]
async fn calls_use_a_live_token_while_the_endpoint_is_down() {
    let fixture = Fixture::new();
    fixture.request().await.unwrap();
    fixture.clock.advance(DAY - 299);
    fixture.server().answers((0..9).map(|_| Once::Lost));
    for _ in 0..5 {
        fixture.request().await.unwrap();
    }
    assert_eq!(fixture.server().counts(), [6, 3, 0]);
    // Its end: nothing can be sent with it any more.
    fixture.clock.advance(299);
    assert_eq!(*fixture.request().await.unwrap_err().kind(), Kind::Lost);
    assert_eq!(fixture.server().counts(), [6, 6, 0]);
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    fixture.server().accept("new");
    fixture.server().answers([Once::Json(200, json!({"access_token": "new", "expires_in": 3600}))]);
    fixture.request().await.unwrap();
    assert_eq!(
        (&fixture.on_disk()["access_token"], &fixture.on_disk()["refresh_token"]),
        (&json!("new"), &json!("rt-0"))
    );
    fixture.clock.advance(3600 - 299);
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().refreshes(), ["rt-0", "rt-0"]);
}

#[tokio::test]
async fn a_token_that_another_process_refreshed_is_used() {
    let fixture = Fixture::new();
    let other = another_process(&fixture.folder);
    let theirs = Client::new(fixture.settings_of(&other)).scope(tokio_util::sync::CancellationToken::new());
    fixture.request().await.unwrap();
    request(&theirs).await.unwrap();
    fixture.server().revoke_all();
    fixture.request().await.unwrap();
    request(&theirs).await.unwrap();
    assert_eq!(fixture.server().api(), ["at-0", "at-0", "at-0", "at-1", "at-0", "at-1"]);
    assert_eq!(fixture.server().counts(), [6, 1, 0]);
}

#[tokio::test]
async fn two_processes_that_are_refused_at_once_refresh_once() {
    let fixture = Fixture::new();
    let other = another_process(&fixture.folder);
    let theirs = Client::new(fixture.settings_of(&other)).scope(tokio_util::sync::CancellationToken::new());
    let ours = fixture.scope();
    request(&ours).await.unwrap();
    request(&theirs).await.unwrap();
    fixture.server().revoke_all();
    let both = futures_util::future::join(request(&ours), request(&theirs)).await;
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    assert_eq!(fixture.server().counts(), [6, 1, 0]);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_take_the_new_token_with_it() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    let closed = fixture.server().gate.acquire().await.unwrap();
    let settings = fixture.settings();
    let old = settings.credential.bearer(&settings.token_endpoint()).await.unwrap();
    {
        let endpoint = settings.token_endpoint();
        let waiting = std::pin::pin!(settings.credential.renew(&endpoint, &old));
        let asked = until(|| fixture.server().counts()[1] > 0);
        futures_util::future::select(waiting, std::pin::pin!(asked)).await;
    }
    drop(closed);
    fixture.request().await.unwrap();
    assert_eq!(
        (fixture.server().api(), fixture.server().counts()),
        (vec!["at-0".to_owned(), "at-1".to_owned()], [2, 1, 0])
    );
    assert_eq!(fixture.on_disk()["refresh_token"], "rt-1");
}

#[tokio::test]
async fn a_process_that_ends_waits_for_the_token_that_is_on_its_way() {
    let fixture = Fixture::new();
    let settings = fixture.settings();
    let old = settings.credential.bearer(&settings.token_endpoint()).await.unwrap();
    let waiting = async { settings.credential.renew(&settings.token_endpoint(), &old).await.map(|_| ()) };
    futures_util::FutureExt::now_or_never(waiting);
    settings.credential.settled(&settings.clock).await;
    assert_eq!(fixture.on_disk()["refresh_token"], "rt-1");
}

#[tokio::test]
async fn a_calendar_that_jumps_changes_nothing_in_a_running_process() {
    let fixture = Fixture::new();
    fixture.request().await.unwrap();
    for jump in [-3_600, 3_600, 200_000] {
        fixture.clock.set_calendar(jump);
        fixture.request().await.unwrap();
    }
    assert_eq!(fixture.server().counts(), [4, 0, 0]);
}

#[tokio::test]
async fn a_machine_that_slept_past_the_tokens_end_loses_one_request() {
    let fixture = Fixture::new();
    fixture.request().await.unwrap();
    // The monotonic clock stands still while a machine sleeps.
    fixture.clock.set_calendar(90_000);
    fixture.server().revoke_all();
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().api(), ["at-0", "at-0", "at-1"]);
    assert_eq!(fixture.server().counts(), [3, 1, 0]);
}

#[tokio::test]
async fn a_process_with_a_wrong_calendar_still_serves() {
    for (jump, expected) in
        [(-3_600, [1, 0, 0]), (3_600, [1, 0, 0]), (90_000, [1, 1, 0]), (-90_000, [1, 0, 0])]
    {
        let fixture = Fixture::new();
        fixture.clock.set_calendar(jump);
        fixture.request().await.unwrap();
        assert_eq!(fixture.server().counts(), expected, "{jump}");
    }
}

#[tokio::test]
async fn an_agencys_token_is_exchanged_for_the_location_once() {
    let fixture = Fixture::agency();
    for _ in 0..3 {
        fixture.request().await.unwrap();
    }
    assert_eq!(fixture.server().api(), ["at-1"; 3]);
    assert_eq!(fixture.server().counts(), [3, 0, 1]);
    // It ages: the agency's own does too by now, so both are made anew.
    fixture.clock.advance(DAY - 299);
    fixture.request().await.unwrap();
    assert_eq!(
        (fixture.server().counts(), fixture.server().refreshes()),
        ([4, 1, 2], vec!["rt-0".to_owned()])
    );
    assert_eq!(fixture.on_disk()["userType"], "Company");
}

#[tokio::test]
async fn the_agencys_token_is_refreshed_only_if_it_is_refused_too() {
    let fixture = Fixture::agency();
    fixture.request().await.unwrap();
    fixture.clock.advance(60);
    fixture.server().revoke_all();
    fixture.server().accept("at-0");
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().counts(), [3, 0, 2]);
    fixture.clock.advance(60);
    fixture.server().revoke_all();
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().counts(), [5, 1, 4]);
}

#[tokio::test]
async fn a_wrong_app_is_told_by_its_settings() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    fixture.server().answers([Once::Json(401, json!({"error": "invalid_client"}))]);
    let error = fixture.request().await.unwrap_err();
    assert!(error.to_string().contains("check GHL_CLIENT_ID and GHL_CLIENT_SECRET"), "{error}");
    assert_eq!(fixture.server().counts(), [1, 1, 0]);
}

#[tokio::test]
async fn no_secret_stands_in_an_error_or_in_debug() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    fixture
        .server()
        .answers([Once::Json(400, json!({"error": "at-canary", "access_token": "secret-canary"}))]);
    let error = fixture.request().await.unwrap_err();
    let settings = fixture.settings();
    let bearer = settings.credential.bearer(&settings.token_endpoint()).await;
    let shown = format!("{error} {error:?} {:?} {settings:?} {bearer:?}", fixture.oauth);
    for secret in ["canary", "at-0", "rt-0"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
