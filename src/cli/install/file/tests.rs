use std::os::unix::fs::PermissionsExt as _;

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ghl-contacts-mcp-file-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, text: &str) -> PathBuf {
        fs::write(self.0.join("x.json"), text).unwrap();
        self.0.join("x.json")
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_file_that_changed_since_it_was_shown_is_not_written() {
    let folder = Folder::new("changed");
    for change in [Some("{\"a\": 1}"), Some(""), None] {
        let path = folder.write("{}");
        let target = Target::open(&path).unwrap();
        match change {
            Some(text) => fs::write(&path, text).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let error = target.replace("new", false).unwrap_err().to_string();
        assert_eq!(error, "it was changed meanwhile; run this again");
        assert_eq!(fs::read_to_string(&path).ok().as_deref(), change);
    }
    let path = folder.0.join("later.json");
    let target = Target::open(&path).unwrap();
    fs::write(&path, "").unwrap();
    assert!(target.replace("new", false).is_err());
    assert_eq!(folder.names(), ["later.json"]);
}

#[test]
fn each_text_is_kept_once_and_one_with_a_token_for_its_owner_alone() {
    let folder = Folder::new("kept");
    let path = folder.write("1");
    for (new, copy) in [("2", "x.json.ghl-backup"), ("1", "x.json.ghl-backup-2"), ("3", "x.json.ghl-backup")]
    {
        let kept = Target::open(&path).unwrap().replace(new, false).unwrap().unwrap();
        assert_eq!(kept, folder.0.join(copy));
    }
    assert_eq!(Target::open(&path).unwrap().copies(), ["2", "1"]);
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let kept = Target::open(&path).unwrap().replace("4", true).unwrap().unwrap();
    assert_eq!(fs::metadata(kept).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
    assert_eq!(folder.names(), ["x.json", "x.json.ghl-backup", "x.json.ghl-backup-2", "x.json.ghl-backup-3"]);
}
