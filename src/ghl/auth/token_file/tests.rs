#![expect(clippy::disallowed_methods, reason = "the tests read and change the token file")]

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::ghl::auth::store_error::StoreError;
#[cfg(unix)]
use crate::ghl::auth::token_file::same;
use crate::ghl::auth::token_file::{TokenFile, owners_only};

#[cfg(unix)]
#[test]
fn a_lock_has_one_holder_and_a_missing_folder_is_made_for_the_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = std::env::temp_dir().join(format!("ghl-store-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    let store = TokenFile::new(folder.join("deep").join("tokens.json"));
    let lock = store.try_lock().unwrap();
    assert!(lock.is_some() && store.try_lock().unwrap().is_none());
    drop(lock);
    let lock = store.try_lock().unwrap().unwrap();
    for folder in [folder.clone(), folder.join("deep")] {
        assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
    let reservation = lock.reserve().unwrap();
    assert_eq!(fs::metadata(folder.join("deep/tokens.json.new")).unwrap().len(), 8 * 1024);
    let fingerprint = reservation.write(&b"{}".to_vec().into()).unwrap();
    assert_eq!(store.read().unwrap().1, fingerprint);
    fs::remove_dir_all(folder).unwrap();
}

/// A folder of its own with a store in it, for the owner only.
fn a_store(name: &str) -> (PathBuf, TokenFile) {
    let folder = std::env::temp_dir().join(format!("ghl-store-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    let store = TokenFile::new(folder.join("tokens.json"));
    store.make_folder().unwrap();
    put(store.path());
    (folder, store)
}

/// Replaces the file, if there is one, as a write does.
fn put(path: &Path) {
    let new = path.with_extension("another");
    owners_only(OpenOptions::new().write(true).create(true)).open(&new).unwrap();
    fs::rename(new, path).unwrap();
}

#[cfg(unix)]
#[test]
fn a_replaced_store_is_opened_again_and_a_link_is_not_followed() {
    let (folder, store) = a_store("replaced");
    let mut opened = 0;
    let file = store.open_by(|path| {
        opened += 1;
        match opened {
            1 => put(path),
            2 => return Err(io::ErrorKind::NotFound.into()),
            _ => {}
        }
        fs::File::open(path)
    });
    assert_eq!((same(&file.unwrap().metadata().unwrap(), &store.look().unwrap()), opened), (true, 3));
    let mut opened = 0;
    let restless = store.open_by(|path| {
        opened += 1;
        put(path);
        fs::File::open(path)
    });
    assert!(matches!(restless, Err(StoreError::System("read", io::ErrorKind::ResourceBusy))), "{restless:?}");
    assert_eq!(opened, 5);
    let linked = store.open_by(|path| {
        fs::rename(path, folder.join("real")).unwrap();
        std::os::unix::fs::symlink("/dev/null", path).unwrap();
        fs::File::open(path)
    });
    assert!(matches!(linked, Err(StoreError::Link)), "{linked:?}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_store_that_cannot_be_opened_says_why_at_once() {
    let (folder, store) = a_store("closed");
    let mut opened = 0;
    let refused = store.open_by(|_| {
        opened += 1;
        Err(io::ErrorKind::PermissionDenied.into())
    });
    assert!(
        matches!(refused, Err(StoreError::System("read", io::ErrorKind::PermissionDenied))),
        "{refused:?}"
    );
    assert_eq!(opened, 1);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_unused_reservation_is_removed_and_a_blocked_one_says_why() {
    let (folder, store) = a_store("claimed");
    let lock = store.try_lock().unwrap().unwrap();
    let new = folder.join("tokens.json.new");
    let reservation = lock.reserve().unwrap();
    assert!(new.exists());
    let lock = reservation.cancel().unwrap();
    assert!(!new.exists());
    fs::create_dir(&new).unwrap();
    let refused = lock.reserve().unwrap_err();
    // "Already exists" would be only a consequence.
    assert!(
        matches!(refused, StoreError::System("written", kind) if kind != io::ErrorKind::AlreadyExists),
        "{refused:?}"
    );
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_folder_of_a_name_alone_is_the_one_we_are_in() {
    for (path, folder) in [("tokens.json", "."), ("a/tokens.json", "a"), ("/tokens.json", "/"), ("/", ".")] {
        assert_eq!(TokenFile::new(path).folder(), Path::new(folder), "{path}");
    }
}
