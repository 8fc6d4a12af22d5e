//! The token store when the disk fails, or a person changes it.
#![expect(clippy::disallowed_methods, reason = "the tests read and change the token file")]

use std::fs;

use serde_json::json;

use crate::ghl::auth::oauth::tests::fixture::{DAY, Fixture, request, set_mode, stored, write};
use crate::ghl::auth::oauth::tests::settle;
use crate::ghl::auth::oauth::tests::time_limit::until;
use crate::ghl::model::{Error, Kind};

fn says(error: &Error, words: &str) {
    assert!(matches!(error.kind(), Kind::Authorization(_)), "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

/// The refresh token is spent by then, and the new one cannot be written.
fn lose_the_folder_before_the_answer(fixture: &Fixture) {
    let folder = fixture.folder.path().to_owned();
    fixture.server().before_answer(move || {
        fs::remove_dir_all(&folder).unwrap();
        write(&folder, "a file where the folder was");
    });
}

#[tokio::test]
async fn a_full_disk_is_found_before_the_token_is_spent() {
    let fixture = Fixture::new();
    // A folder stands where the space is reserved.
    let in_the_way = fixture.folder.path().join("tokens.json.new");
    fs::create_dir(&in_the_way).unwrap();
    fixture.server().revoke_all();
    says(&fixture.request().await.unwrap_err(), "the token store cannot be written");
    assert_eq!(fixture.server().counts(), [1, 0, 0]);
    assert_eq!(fixture.on_disk()["refresh_token"], "rt-0");
    fs::remove_dir(&in_the_way).unwrap();
    fixture.clock.advance(10);
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().counts(), [3, 1, 0]);
}

#[tokio::test]
async fn after_a_failed_write_the_token_serves_from_memory_and_is_written_later() {
    let fixture = Fixture::new();
    fixture.request().await.unwrap();
    fixture.server().revoke_all();
    lose_the_folder_before_the_answer(&fixture);
    fixture.request().await.unwrap();
    fixture.request().await.unwrap();
    assert_eq!(
        (fixture.server().counts(), fixture.server().api()[2..].to_vec()),
        ([4, 1, 0], vec!["at-1".to_owned(); 2])
    );
    // A minute later the write still fails.
    fixture.wait_for_save().await;
    assert!(fixture.oauth.state().unsaved);
    fs::remove_file(fixture.folder.path()).unwrap();
    fixture.wait_for_save().await;
    assert!(!fixture.oauth.state().unsaved);
    assert_eq!(
        (&fixture.on_disk()["refresh_token"], &fixture.on_disk()["access_token"]),
        (&json!("rt-1"), &json!("at-1"))
    );
    assert_eq!(fixture.on_disk()["expires_at"], stored("Location", "1", DAY)["expires_at"]);
    fixture.request().await.unwrap();
    assert_eq!(fixture.server().counts(), [5, 1, 0]);
}

#[tokio::test]
async fn tokens_in_memory_do_not_overwrite_a_newer_store() {
    let fixture = Fixture::new();
    fixture.request().await.unwrap();
    fixture.server().revoke_all();
    let in_the_way = fixture.folder.path().join("tokens.json");
    let path = in_the_way.clone();
    fixture.server().before_answer(move || {
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        fs::write(path.join("x"), "").unwrap();
    });
    fixture.request().await.unwrap();
    assert!(fixture.oauth.state().unsaved);
    fs::remove_dir_all(&in_the_way).unwrap();
    write(&in_the_way, &stored("Location", "login", DAY).to_string());
    fixture.wait_for_save().await;
    assert_eq!(
        (fixture.oauth.state().unsaved, &fixture.on_disk()["access_token"]),
        (false, &json!("at-login"))
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_store_that_others_may_read_is_refused_without_a_request() {
    for mode in [0o644, 0o640, 0o606, 0o660] {
        let fixture = Fixture::new();
        set_mode(&fixture.folder.store(), mode);
        says(&fixture.request().await.unwrap_err(), &format!("(mode {mode:03o}): run `chmod 600`"));
        assert_eq!(fixture.server().counts(), [0, 0, 0]);
        assert!(fixture.oauth.store().check().is_err());
        set_mode(&fixture.folder.store(), 0o600);
        fixture.request().await.unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_others_may_write_to_is_refused() {
    let fixture = Fixture::new();
    set_mode(fixture.folder.path(), 0o777);
    says(&fixture.request().await.unwrap_err(), "in a folder that others may write to (mode 777)");
    set_mode(fixture.folder.path(), 0o755);
    fixture.request().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_symbolic_link_is_refused() {
    let fixture = Fixture::new();
    let real = fixture.folder.path().join("real.json");
    fs::rename(fixture.folder.store(), &real).unwrap();
    std::os::unix::fs::symlink(&real, fixture.folder.store()).unwrap();
    says(&fixture.request().await.unwrap_err(), "the token store is a symbolic link");
    assert_eq!(fixture.server().counts(), [0, 0, 0]);
}

#[tokio::test]
async fn a_missing_torn_or_foreign_store_says_what_to_do() {
    let fixture = Fixture::new();
    let whole = stored("Location", "0", DAY).to_string();
    let foreign = whole.replace("\"app\"", "\"another\"");
    for (text, words) in [
        (&whole[..whole.len() / 2], "cannot be understood: run `ghl-contacts-mcp login`"),
        ("", "cannot be understood"),
        ("null", "cannot be understood"),
        (&*whole.replace("\"version\":1", "\"version\":2"), "cannot be understood"),
        (&*foreign, "was made for another GHL_CLIENT_ID"),
    ] {
        write(&fixture.folder.store(), text);
        says(&fixture.request().await.unwrap_err(), words);
    }
    fs::remove_file(fixture.folder.store()).unwrap();
    says(&fixture.request().await.unwrap_err(), "does not exist: run `ghl-contacts-mcp login`");
    assert_eq!(fixture.server().counts(), [0, 0, 0]);
}

#[tokio::test]
async fn a_running_process_repairs_a_corrupt_or_removed_store() {
    for torn in [true, false] {
        let fixture = Fixture::new();
        fixture.request().await.unwrap();
        if torn {
            write(&fixture.folder.store(), "{\"version\":1,\"acc");
        } else {
            fs::remove_file(fixture.folder.store()).unwrap();
        }
        fixture.server().revoke_all();
        fixture.request().await.unwrap();
        assert_eq!(
            (fixture.server().counts(), &fixture.on_disk()["refresh_token"]),
            ([3, 1, 0], &json!("rt-1"))
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_write_is_for_the_owner_only_and_leaves_only_the_lock_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::new();
    write(&fixture.folder.path().join("tokens.json.new"), "left behind by a process that was killed");
    fixture.server().revoke_all();
    fixture.request().await.unwrap();
    let mut names: Vec<_> = fs::read_dir(fixture.folder.path())
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
async fn two_failed_writes_are_tried_again_once_a_minute() {
    let fixture = Fixture::new();
    fixture.request().await.unwrap();
    for _ in 0..2 {
        fixture.clock.advance(30);
        let _ = fs::remove_file(fixture.folder.path());
        fixture.server().revoke_all();
        lose_the_folder_before_the_answer(&fixture);
        fixture.request().await.unwrap();
        assert!(fixture.oauth.state().unsaved);
        settle().await;
    }
    assert_eq!(
        (fixture.server().refreshes(), fixture.clock.sleeps()),
        (vec!["rt-0".to_owned(), "rt-1".to_owned()], 1)
    );
}

#[tokio::test]
async fn a_held_lock_is_waited_for_twenty_five_seconds() {
    let fixture = Fixture::new();
    fixture.server().revoke_all();
    let held = fixture.oauth.store().try_lock().await.unwrap();
    let scope = fixture.scope();
    let waiting = tokio::spawn(async move { request(&scope).await });
    until(|| fixture.clock.asks() > 0).await;
    fixture.clock.advance(25);
    let asks = fixture.clock.asks();
    until(|| fixture.clock.asks() > asks + 1 || waiting.is_finished()).await;
    assert!(!waiting.is_finished());
    fixture.clock.advance(1);
    assert_eq!(*waiting.await.unwrap().unwrap_err().kind(), Kind::Unavailable);
    assert_eq!(fixture.server().counts(), [1, 0, 0]);
    drop(held);
}
