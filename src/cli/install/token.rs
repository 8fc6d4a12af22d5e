//! The token of `install`, in a file of its own that only its owner may read. A host's settings name the file.
#![expect(clippy::disallowed_methods, reason = "install writes the file of the token")]

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::hosts::{Content, NAME};
use crate::cli::install::file::write;
use crate::config::Home;

/// The file of a server's token.
pub(crate) fn path(home: &Home, name: &str) -> PathBuf {
    let file = if name == NAME { "token".to_owned() } else { format!("token-{name}") };
    home.own().join(file)
}

/// What writing a token into the file would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// There is no file.
    New,
    /// The file holds this token.
    None,
    /// The file holds another.
    Other,
}

/// Compares without writing. The error names the file.
pub(crate) fn compare(path: &Path, token: &SecretString) -> Result<Change, String> {
    check(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let there = Content::read(path).map_err(|reason| format!("{}: {reason}", path.display()))?;
    Ok(match there {
        None => Change::New,
        Some(content) if content.text().trim() == token.expose_secret() => Change::None,
        Some(_) => Change::Other,
    })
}

/// Writes it. The error names the file.
pub(crate) fn store(path: &Path, token: &SecretString) -> Result<(), String> {
    let written = || -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path.parent().unwrap_or(Path::new(".")))?;
        check(path)?;
        write(path, format!("{}\n", token.expose_secret()).as_bytes(), None)
    };
    written().map_err(|error| format!("{}: {error}", path.display()))
}

/// Removes it.
pub(crate) fn remove(path: &Path) -> Result<(), String> {
    fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// As ssh has it: neither a link, nor in a folder in which others may put another file in its place.
fn check(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().and_then(|folder| fs::metadata(folder).ok())
        && mode(&folder) & 0o022 != 0
    {
        return Err(io::Error::other("others may write to its folder: run `chmod go-w` on the folder"));
    }
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => Err(io::Error::other("it is a link or no regular file: remove it")),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn mode(found: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(found) & 0o777
}

/// Windows keeps a user's profile from others by itself.
#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0
}
