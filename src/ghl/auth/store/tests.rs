use std::fs;

use crate::ghl::auth::store::Store;

#[cfg(unix)]
#[test]
fn a_lock_is_held_by_one_and_a_folder_that_is_not_there_is_made_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = std::env::temp_dir().join(format!("ghl-store-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    let store = Store::new(folder.join("deep").join("tokens.json"));
    let lock = store.try_lock().unwrap();
    assert!(lock.is_some() && store.try_lock().unwrap().is_none());
    drop(lock);
    let lock = store.try_lock().unwrap().unwrap();
    for folder in [folder.clone(), folder.join("deep")] {
        assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
    let claim = store.claim(&lock).unwrap();
    assert_eq!(fs::metadata(folder.join("deep/tokens.json.new")).unwrap().len(), 8 * 1024);
    let fingerprint = claim.write(&b"{}".to_vec().into()).unwrap();
    assert_eq!(store.read().unwrap().fingerprint, fingerprint);
    fs::remove_dir_all(folder).unwrap();
}
