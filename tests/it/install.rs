//! The hosts of a machine: where each keeps its servers, which entries are ours, and what `install` and `uninstall` do to
//! its file. Every home is made up; none is the real one.

#![expect(clippy::disallowed_methods, reason = "it makes homes")]

mod homes;
mod links;
mod write;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use ghl_contacts_mcp::config::{Environment, Home, Os};

/// A folder of its own, gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name =
            format!("ghl-contacts-mcp-home-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path.canonicalize().unwrap())
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    /// Writes a file, and the folders above it.
    fn write(&self, path: &str, text: &str) -> PathBuf {
        let file = self.at(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        file
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap()
    }

    /// Every file below, by its path from here.
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path.strip_prefix(&self.0).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Variables(BTreeMap<String, String>);

impl Environment for Variables {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// A home whose only variables are the system's own.
fn home(os: Os, folder: &Path) -> Home {
    with(os, folder, &[])
}

fn with(os: Os, folder: &Path, variables: &[(&str, &str)]) -> Home {
    let own = if os == Os::Windows { "USERPROFILE" } else { "HOME" };
    let mut all = BTreeMap::from([(own.to_owned(), folder.to_str().unwrap().to_owned())]);
    all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Home::read(os, &Variables(all)).unwrap()
}
