//! A host's file on disk: read, kept beside itself, and replaced as a whole.
#![expect(clippy::disallowed_methods, reason = "install writes the settings of hosts")]

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::hosts::Content;

/// The most links from one to the next.
const MOST_LINKS: usize = 40;
/// The most copies that are kept of one file.
const MOST_COPIES: usize = 1000;

/// A file of settings, as it was when it was read.
#[derive(Debug)]
pub(crate) struct Target {
    /// The file itself, behind symbolic links.
    file: PathBuf,
    /// Its text; none where it is not there.
    old: Option<Content>,
}

impl Target {
    /// Reads it. The error is the rest of a sentence about the file.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let file = behind_links(path).map_err(|error| format!("it cannot be read: {error}"))?;
        let old = Content::read(&file)?;
        Ok(Self { file, old })
    }

    /// Its text; empty where it is not there.
    pub(crate) fn text(&self) -> &str {
        self.old.as_ref().map_or("", |content| &content.0)
    }

    pub(crate) fn exists(&self) -> bool {
        self.old.is_some()
    }

    /// The texts that were kept, the newest first.
    pub(crate) fn copies(&self) -> Vec<String> {
        let paths = (1..=MOST_COPIES).map(|number| self.copy(number)).take_while(|path| path.exists());
        let mut texts: Vec<_> =
            paths.filter_map(|path| Content::read(&path).ok()?).map(|content| content.0).collect();
        texts.reverse();
        texts
    }

    /// Replaces its text and returns where the old one is kept. Nothing is written if it is no longer as it was read.
    /// `secret` says that the old text holds a token: the copy is then for its owner alone.
    pub(crate) fn replace(&self, text: &str, secret: bool) -> io::Result<Option<PathBuf>> {
        if Content::read(&self.file).map_err(io::Error::other)? != self.old {
            return Err(io::Error::other("it was changed meanwhile; run this again"));
        }
        let there = match fs::metadata(&self.file) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if there.as_ref().is_some_and(|found| found.permissions().readonly()) {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
        }
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let kept = there.as_ref().map(|found| self.keep(found, secret)).transpose()?;
        write(&self.file, text.as_bytes(), there.as_ref())?;
        Ok(kept)
    }

    /// Keeps the old text beside the file, once.
    fn keep(&self, found: &Metadata, secret: bool) -> io::Result<PathBuf> {
        let mut permissions = found.permissions();
        if secret {
            owners_only(&mut permissions);
        }
        for path in (1..=MOST_COPIES).map(|number| self.copy(number)) {
            if Content::read(&path).ok().flatten() == self.old {
                return Ok(path);
            }
            let mut options = OpenOptions::new();
            match for_owner(options.write(true).create_new(true)).open(&path) {
                Ok(mut file) => {
                    file.write_all(self.text().as_bytes())?;
                    file.set_permissions(permissions)?;
                    file.sync_all()?;
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("there are too many copies of it; delete some"))
    }

    fn copy(&self, number: usize) -> PathBuf {
        let ending = if number == 1 { ".ghl-backup".to_owned() } else { format!(".ghl-backup-{number}") };
        beside(&self.file, "", &ending)
    }
}

/// Puts `bytes` in the place of a file in one step. A new file is for its owner alone; one that was there keeps its mode and
/// its owner.
pub(crate) fn write(path: &Path, bytes: &[u8], there: Option<&Metadata>) -> io::Result<()> {
    let new = beside(path, ".", &format!(".ghl-new-{}", std::process::id()));
    let written = write_new(&new, bytes, there).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn write_new(new: &Path, bytes: &[u8], there: Option<&Metadata>) -> io::Result<()> {
    // An earlier run may have been stopped.
    match fs::remove_file(new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    let mut file = for_owner(options.write(true).create_new(true)).open(new)?;
    file.write_all(bytes)?;
    if let Some(found) = there {
        keep_owner(&file, new, found)?;
        file.set_permissions(found.permissions())?;
    }
    file.sync_all()
}

fn beside(path: &Path, start: &str, ending: &str) -> PathBuf {
    let mut name = OsString::from(start);
    name.push(path.file_name().unwrap_or_default());
    name.push(ending);
    path.with_file_name(name)
}

/// The file to which symbolic links lead, whether it is there or not.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let is_link = fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink());
        if !is_link {
            return Ok(path);
        }
        let to = fs::read_link(&path)?;
        path = path.parent().unwrap_or(Path::new("")).join(to);
    }
    Err(io::Error::other("there are too many symbolic links"))
}

#[cfg(unix)]
fn for_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(unix)]
fn owners_only(permissions: &mut Permissions) {
    use std::os::unix::fs::PermissionsExt as _;
    permissions.set_mode(permissions.mode() & 0o700);
}

/// A file that another user owns, as when this runs by `sudo`, stays theirs.
#[cfg(unix)]
fn keep_owner(new: &File, path: &Path, there: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let made = new.metadata()?;
    let differs = |a: u32, b: u32| (a != b).then_some(a);
    let (user, group) = (differs(there.uid(), made.uid()), differs(there.gid(), made.gid()));
    if user.is_none() && group.is_none() {
        return Ok(());
    }
    match std::os::unix::fs::chown(path, user, group) {
        // The group alone is not worth a refusal.
        Err(_) if user.is_none() => Ok(()),
        done => done,
    }
}

/// Windows keeps a user's profile from others by itself.
#[cfg(not(unix))]
fn for_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(not(unix))]
fn owners_only(_: &mut Permissions) {}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Path, _: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
