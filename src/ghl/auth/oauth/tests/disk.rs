//! The token store when the disk, or a person, gets in the way.

use std::fs;

use serde_json::json;

use crate::ghl::auth::oauth::tests::patience::until;
use crate::ghl::auth::oauth::tests::settle;
use crate::ghl::auth::oauth::tests::stage::{DAY, Stage, request, set_mode, stored, write};
use crate::ghl::model::{Error, Kind};

fn says(error: &Error, words: &str) {
    assert!(matches!(error.kind(), Kind::Authorization(_)), "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

/// The refresh token is spent by then, and its successor has no place any more.
fn lose_the_folder_before_the_answer(stage: &Stage) {
    let folder = stage.folder.path().to_owned();
    stage.fake.before_answer(move || {
        fs::remove_dir_all(&folder).unwrap();
        write(&folder, "a file where the folder was");
    });
}

#[tokio::test]
async fn a_disk_without_room_is_found_before_the_token_is_spent() {
    let stage = Stage::new();
    // A folder stands where the room is claimed.
    let in_the_way = stage.folder.path().join("tokens.json.new");
    fs::create_dir(&in_the_way).unwrap();
    stage.fake.revoke_all();
    says(&stage.request().await.unwrap_err(), "the token store cannot be written");
    assert_eq!(stage.fake.counts(), [1, 0, 0]);
    assert_eq!(stage.on_disk()["refresh_token"], "rt-0");
    fs::remove_dir(&in_the_way).unwrap();
    stage.clock.advance(10);
    stage.request().await.unwrap();
    assert_eq!(stage.fake.counts(), [3, 1, 0]);
}

#[tokio::test]
async fn a_disk_that_fails_after_the_refresh_leaves_the_new_token_in_memory_and_is_tried_again_each_minute() {
    let stage = Stage::new();
    stage.request().await.unwrap();
    stage.fake.revoke_all();
    lose_the_folder_before_the_answer(&stage);
    stage.request().await.unwrap();
    stage.request().await.unwrap();
    assert_eq!(
        (stage.fake.counts(), stage.fake.api()[2..].to_vec()),
        ([4, 1, 0], vec!["at-1".to_owned(); 2])
    );
    // A minute later it is no better.
    stage.wait_for_save().await;
    assert!(stage.oauth.state().unsaved);
    fs::remove_file(stage.folder.path()).unwrap();
    stage.wait_for_save().await;
    assert!(!stage.oauth.state().unsaved);
    assert_eq!(
        (&stage.on_disk()["refresh_token"], &stage.on_disk()["access_token"]),
        (&json!("rt-1"), &json!("at-1"))
    );
    assert_eq!(stage.on_disk()["expires_at"], stored("Location", "1", DAY)["expires_at"]);
    stage.request().await.unwrap();
    assert_eq!(stage.fake.counts(), [5, 1, 0]);
}

#[tokio::test]
async fn tokens_in_memory_do_not_overwrite_what_came_to_the_store_later() {
    let stage = Stage::new();
    stage.request().await.unwrap();
    stage.fake.revoke_all();
    let in_the_way = stage.folder.path().join("tokens.json");
    let path = in_the_way.clone();
    stage.fake.before_answer(move || {
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        fs::write(path.join("x"), "").unwrap();
    });
    stage.request().await.unwrap();
    assert!(stage.oauth.state().unsaved);
    fs::remove_dir_all(&in_the_way).unwrap();
    write(&in_the_way, &stored("Location", "login", DAY).to_string());
    stage.wait_for_save().await;
    assert_eq!((stage.oauth.state().unsaved, &stage.on_disk()["access_token"]), (false, &json!("at-login")));
}

#[cfg(unix)]
#[tokio::test]
async fn a_store_that_others_may_read_is_refused_without_a_request() {
    for mode in [0o644, 0o640, 0o606, 0o660] {
        let stage = Stage::new();
        set_mode(&stage.folder.store(), mode);
        says(&stage.request().await.unwrap_err(), &format!("(mode {mode:03o}): run `chmod 600`"));
        assert_eq!(stage.fake.counts(), [0, 0, 0]);
        assert!(stage.oauth.store().check().is_err());
        set_mode(&stage.folder.store(), 0o600);
        stage.request().await.unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_others_may_write_to_is_refused() {
    let stage = Stage::new();
    set_mode(stage.folder.path(), 0o777);
    says(&stage.request().await.unwrap_err(), "in a folder that others may write to (mode 777)");
    set_mode(stage.folder.path(), 0o755);
    stage.request().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_symbolic_link_is_refused() {
    let stage = Stage::new();
    let real = stage.folder.path().join("real.json");
    fs::rename(stage.folder.store(), &real).unwrap();
    std::os::unix::fs::symlink(&real, stage.folder.store()).unwrap();
    says(&stage.request().await.unwrap_err(), "the token store is a symbolic link");
    assert_eq!(stage.fake.counts(), [0, 0, 0]);
}

#[tokio::test]
async fn a_missing_torn_or_foreign_store_says_what_to_do() {
    let stage = Stage::new();
    let whole = stored("Location", "0", DAY).to_string();
    let foreign = whole.replace("\"app\"", "\"another\"");
    for (text, words) in [
        (&whole[..whole.len() / 2], "cannot be understood: run `ghl-contacts-mcp login`"),
        ("", "cannot be understood"),
        ("null", "cannot be understood"),
        (&*whole.replace("\"version\":1", "\"version\":2"), "cannot be understood"),
        (&*foreign, "was made for another GHL_CLIENT_ID"),
    ] {
        write(&stage.folder.store(), text);
        says(&stage.request().await.unwrap_err(), words);
    }
    fs::remove_file(stage.folder.store()).unwrap();
    says(&stage.request().await.unwrap_err(), "does not exist: run `ghl-contacts-mcp login`");
    assert_eq!(stage.fake.counts(), [0, 0, 0]);
}

#[tokio::test]
async fn a_running_process_outlives_a_torn_or_removed_store_and_mends_it() {
    for torn in [true, false] {
        let stage = Stage::new();
        stage.request().await.unwrap();
        if torn {
            write(&stage.folder.store(), "{\"version\":1,\"acc");
        } else {
            fs::remove_file(stage.folder.store()).unwrap();
        }
        stage.fake.revoke_all();
        stage.request().await.unwrap();
        assert_eq!((stage.fake.counts(), &stage.on_disk()["refresh_token"]), ([3, 1, 0], &json!("rt-1")));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_written_is_for_the_owner_only_and_leaves_nothing_beside_it_but_the_lock() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = Stage::new();
    write(&stage.folder.path().join("tokens.json.new"), "left behind by a process that was killed");
    stage.fake.revoke_all();
    stage.request().await.unwrap();
    let mut names: Vec<_> = fs::read_dir(stage.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().permissions().mode() & 0o777)
        })
        .collect();
    names.sort();
    assert_eq!(names, [("tokens.json".to_owned(), 0o600), ("tokens.json.lock".to_owned(), 0o600)]);
}

#[tokio::test]
async fn tokens_that_find_no_room_twice_are_tried_again_once_a_minute_and_not_twice() {
    let stage = Stage::new();
    stage.request().await.unwrap();
    for _ in 0..2 {
        stage.clock.advance(30);
        let _ = fs::remove_file(stage.folder.path());
        stage.fake.revoke_all();
        lose_the_folder_before_the_answer(&stage);
        stage.request().await.unwrap();
        assert!(stage.oauth.state().unsaved);
        settle().await;
    }
    assert_eq!(
        (stage.fake.refreshes(), stage.clock.sleeps()),
        (vec!["rt-0".to_owned(), "rt-1".to_owned()], 1)
    );
}

#[tokio::test]
async fn a_lock_that_another_process_holds_is_waited_for_twenty_five_seconds() {
    let stage = Stage::new();
    stage.fake.revoke_all();
    let held = stage.oauth.store().try_lock().unwrap();
    let scope = stage.scope();
    let waiting = tokio::spawn(async move { request(&scope).await });
    until(|| stage.clock.asks() > 0).await;
    stage.clock.advance(25);
    let asks = stage.clock.asks();
    until(|| stage.clock.asks() > asks + 1 || waiting.is_finished()).await;
    assert!(!waiting.is_finished());
    stage.clock.advance(1);
    assert_eq!(*waiting.await.unwrap().unwrap_err().kind(), Kind::Unavailable);
    assert_eq!(stage.fake.counts(), [1, 0, 0]);
    drop(held);
}
