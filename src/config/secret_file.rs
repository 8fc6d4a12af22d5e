//! Reads files that hold secrets or decide who may use this server.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::config::error::ConfigError;
use crate::config::value::MIN_SECRET_BYTES;

/// A file of settings is never larger.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The files that others may read, and whether the log names them already. Settings are read before the log starts.
static READABLE: Mutex<BTreeSet<(PathBuf, bool)>> = Mutex::new(BTreeSet::new());

/// The text of a file that a setting names. A link is followed, since containers mount secrets as links.
///
/// # Errors
/// It is not a regular file (to open a fifo would wait for its writer), or others may write it, or it cannot be read. The
/// error names the file.
pub(crate) fn read_file(path: &Path) -> io::Result<String> {
    read(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", shown(path))))
}

/// The same of the file that `setting` names.
pub(crate) fn read_setting(setting: &str, path: &Path) -> Result<String, ConfigError> {
    read_file(path).map_err(|error| ConfigError::new(setting, format!("the file cannot be read: {error}")))
}

/// The path as an error shows it. A token that was given in its place is not shown.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let is_path = text.contains(['/', '\\', '.']) || text.len() < MIN_SECRET_BYTES;
    if is_path && !name.starts_with("pit-") { text.into_owned() } else { "(this is no path)".to_owned() }
}

#[expect(clippy::disallowed_methods, reason = "config reads the files that its settings name")]
fn read(path: &Path) -> io::Result<String> {
    check(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    // Another file may have taken its place meanwhile.
    let found = file.metadata()?;
    check(&found)?;
    let mut text = String::new();
    if file.take(LARGEST + 1).read_to_string(&mut text)? as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 4 MiB"));
    }
    if mode(&found) & 0o044 != 0 {
        let mut readable = READABLE.lock().unwrap_or_else(PoisonError::into_inner);
        if !readable.contains(&(path.to_owned(), true)) {
            readable.insert((path.to_owned(), false));
        }
    }
    // Some editors write a byte order mark before the text.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The files that others may read, of those that were read.
pub(crate) fn readable_files() -> Vec<PathBuf> {
    let readable = READABLE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut files: Vec<_> = readable.iter().map(|(path, _)| path.clone()).collect();
    files.dedup();
    files
}

/// Logs the files that others may read, each once.
pub(crate) fn warn_of_readable() {
    let mut readable = READABLE.lock().unwrap_or_else(PoisonError::into_inner);
    let files = std::mem::take(&mut *readable);
    for (path, warned) in files {
        if !warned {
            tracing::warn!(file = %path.display(), "others on this machine may read this file, which holds secrets");
        }
        readable.insert((path, true));
    }
}

fn check(found: &Metadata) -> io::Result<()> {
    if !found.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    if mode(found) & 0o022 != 0 {
        let mode = mode(found);
        return Err(io::Error::other(format!(
            "it may be written by others (mode {mode:03o}): run `chmod go-w` on it"
        )));
    }
    Ok(())
}

/// The permission bits.
#[cfg(unix)]
fn mode(found: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(found) & 0o777
}

/// Windows keeps a user's profile from others by itself.
#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test writes the file that is read")]
    fn only_a_regular_file_that_others_may_not_write_is_read() {
        let folder = std::env::temp_dir().join(format!("ghl-contacts-mcp-secret-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("token");
        fs::write(&path, "canary").unwrap();
        for mode in [0o600, 0o400, 0o640, 0o644, 0o444, 0o440, 0o604, 0o700, 0o500, 0o755] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read_file(&path).unwrap(), "canary", "{mode:o}");
        }
        let link = folder.join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(read_file(&link).unwrap(), "canary");
        for mode in [0o620, 0o602, 0o622, 0o660, 0o606, 0o666, 0o664, 0o662, 0o770, 0o777] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            for path in [&path, &link] {
                let error = read_file(path).unwrap_err().to_string();
                assert!(error.contains("may be written by others") && error.contains("chmod"), "{error}");
                assert!(error.contains(path.to_str().unwrap()) && !error.contains("canary"), "{error}");
            }
        }
        let fifo = folder.join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let to_fifo = folder.join("to_fifo");
        std::os::unix::fs::symlink(&fifo, &to_fifo).unwrap();
        for path in [&fifo, &to_fifo, folder.as_path(), Path::new("/dev/null"), Path::new("/dev/zero")] {
            let error = read_file(path).unwrap_err().to_string();
            assert!(
                error.contains("is not a regular file") && error.contains(path.to_str().unwrap()),
                "{error}"
            );
        }
        let missing = read_file(&folder.join("missing")).unwrap_err().to_string();
        assert!(missing.contains("/missing: No such file"), "{missing}");
        for token in ["pit-0b1c2d3e-canary", "/pit-canary", "0b1c2d3ecanary0b1c2d3e"] {
            let error = read_file(Path::new(token)).unwrap_err().to_string();
            assert!(!error.contains("canary"), "{error}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
