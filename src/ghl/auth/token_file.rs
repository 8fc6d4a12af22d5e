//! The file that holds the tokens. The only file of this module that touches the disk; everything here blocks.
//!
//! A refresh token serves once. So disk space is reserved before the token is spent, and what is on disk is either the
//! old file or the new one, whatever happens in between: write, fsync, rename, fsync of the folder.
#![expect(clippy::disallowed_methods, reason = "this file reads and writes the token file")]

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest as _, Sha256};

use crate::ghl::auth::store_error::StoreError;

/// More than two of HighLevel's JSON web tokens take. Reserved before a token is spent.
const RESERVED: usize = 8 * 1024;
/// A store is never larger.
const LARGEST: u64 = 64 * 1024;
/// How often a file is opened anew that another process replaced meanwhile.
const TRIES: u32 = 5;

/// What tells one content of the file from another.
pub(crate) type Fingerprint = [u8; 32];

/// A token store in a file, by its path.
#[derive(Debug, Clone)]
pub struct TokenFile {
    path: PathBuf,
}

/// The right to refresh and to write: one process on this machine has it at a time. Ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
    store: TokenFile,
}

impl TokenFile {
    /// Touches nothing.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is for its owner's eyes only; one that is not there yet is fine. Blocks.
    pub fn check(&self) -> Result<(), StoreError> {
        self.check_folder()?;
        match self.look() {
            Ok(_) | Err(StoreError::Missing) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The content, and its fingerprint.
    pub(crate) fn read(&self) -> Result<(SecretSlice<u8>, Fingerprint), StoreError> {
        self.check_folder()?;
        let text = content(self.open()?)?;
        let fingerprint = Sha256::digest(text.expose_secret()).into();
        Ok((text, fingerprint))
    }

    /// The content of a file that is read and never written; none where there is no file. A link is followed, since containers
    /// mount secrets as links. Blocks.
    pub(crate) fn read_seed(&self) -> Result<Option<SecretSlice<u8>>, StoreError> {
        let found = match fs::metadata(&self.path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::System("read", error.kind())),
        };
        if !found.is_file() {
            return Err(StoreError::NotAFile);
        }
        if mode(&found) & 0o022 != 0 {
            return Err(StoreError::Writable(mode(&found)));
        }
        content(File::open(&self.path).map_err(StoreError::system("read"))?).map(Some)
    }

    /// Nothing where another process holds it. The lock lies beside the store, since the store's own file is replaced
    /// at each write; it is never removed, or two processes could hold two locks of one name.
    pub(crate) fn try_lock(&self) -> Result<Option<Lock>, StoreError> {
        self.make_folder()?;
        let refused = StoreError::system("locked");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = owners_only(&mut options).open(self.beside(".lock")).map_err(&refused)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file, store: self.clone() })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(refused(error)),
        }
    }

    /// The file's own metadata, where it is a file of its owner alone.
    fn look(&self) -> Result<Metadata, StoreError> {
        let found = fs::symlink_metadata(&self.path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::Missing,
            kind => StoreError::System("read", kind),
        })?;
        if found.is_symlink() {
            return Err(StoreError::Link);
        }
        if !found.is_file() {
            return Err(StoreError::NotAFile);
        }
        match mode(&found) & 0o077 {
            0 => Ok(found),
            _ => Err(StoreError::TooPermissive(mode(&found))),
        }
    }

    /// Opens the very file that was looked at: a link put in its place in between is not followed.
    fn open(&self) -> Result<File, StoreError> {
        self.open_by(|path| File::open(path))
    }

    fn open_by(&self, mut open: impl FnMut(&Path) -> io::Result<File>) -> Result<File, StoreError> {
        for _ in 0..TRIES {
            let looked = self.look()?;
            let file = match open(&self.path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(StoreError::System("read", error.kind())),
            };
            if same(&looked, &file.metadata().map_err(StoreError::system("read"))?) {
                return Ok(file);
            }
        }
        Err(StoreError::System("read", io::ErrorKind::ResourceBusy))
    }

    /// As ssh has it: a folder that others may write to is no place for a secret, whatever the file's own mode.
    fn check_folder(&self) -> Result<(), StoreError> {
        let Ok(found) = fs::metadata(self.folder()) else { return Ok(()) };
        if mode(&found) & 0o022 == 0 { Ok(()) } else { Err(StoreError::Folder(mode(&found))) }
    }

    fn make_folder(&self) -> Result<(), StoreError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(self.folder()).map_err(StoreError::system("written"))
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    }
}

impl Lock {
    /// Reserves disk space for a new content, so that a full disk shows while the old token is still good.
    pub(crate) fn reserve(self) -> Result<Reservation, StoreError> {
        self.store.check()?;
        let refused = StoreError::system("written");
        let new = self.store.beside(".new");
        // An earlier process left it behind: only the holder of the lock writes here.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refused(error)),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let file = owners_only(&mut options).open(&new).map_err(&refused)?;
        let mut reservation =
            Reservation { file, new, store: self.store.clone(), written: false, lock: Some(self) };
        // Some file systems allocate space only at the fsync.
        reservation
            .file
            .write_all(&[b' '; RESERVED])
            .and_then(|()| reservation.file.sync_all())
            .map_err(&refused)?;
        Ok(reservation)
    }
}

/// Disk space for one new content, and the lock under which it was reserved. Freed when it is dropped unused.
#[derive(Debug)]
pub(crate) struct Reservation {
    file: File,
    new: PathBuf,
    store: TokenFile,
    written: bool,
    lock: Option<Lock>,
}

impl Reservation {
    /// Frees the space and gives the lock back.
    pub(crate) fn cancel(mut self) -> Option<Lock> {
        self.lock.take()
    }

    /// Puts `text` in the place of the store's content; on disk for good when this returns.
    pub(crate) fn write(mut self, text: &SecretSlice<u8>) -> Result<Fingerprint, StoreError> {
        let refused = StoreError::system("written");
        self.replace(text.expose_secret()).map_err(&refused)?;
        self.written = true;
        #[cfg(unix)]
        File::open(self.store.folder()).and_then(|folder| folder.sync_all()).map_err(&refused)?;
        Ok(Sha256::digest(text.expose_secret()).into())
    }

    fn replace(&mut self, text: &[u8]) -> io::Result<()> {
        self.file.rewind()?;
        self.file.write_all(text)?;
        self.file.set_len(text.len() as u64)?;
        self.file.sync_all()?;
        fs::rename(&self.new, &self.store.path)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if !self.written {
            let _ = fs::remove_file(&self.new);
        }
    }
}

/// Disk work, off the threads that serve.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.unwrap_or(Err(StoreError::System("used", std::io::ErrorKind::Other)))
}

fn content(file: File) -> Result<SecretSlice<u8>, StoreError> {
    let mut text = Vec::with_capacity(RESERVED);
    file.take(LARGEST).read_to_end(&mut text).map_err(StoreError::system("read"))?;
    Ok(SecretSlice::from(text))
}

#[cfg(unix)]
fn owners_only(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

/// The permission bits.
#[cfg(unix)]
fn mode(found: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(found) & 0o777
}

#[cfg(unix)]
fn same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Windows keeps a user's profile from others by itself.
#[cfg(not(unix))]
fn owners_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0
}

#[cfg(not(unix))]
fn same(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests;
