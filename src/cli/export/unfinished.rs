//! The file of an export while it is not whole: it stands beside its place, with a journal that says how far it is. A page is in the
//! journal when it is on the disk; what was written after the last such page is cut off.
#![expect(clippy::disallowed_methods, reason = "export writes the file that the person names")]

use std::fs::{self, File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::cli::files::hash;
use crate::cli::files::journal::Journal;
use crate::cli::files::path::beside;
use crate::config::ConfigError;

const FAILED: &str = "cannot write the file";

/// Refuses a place where the file cannot stand.
pub(crate) fn check(place: &Path, force: bool) -> Result<(), ConfigError> {
    let refused = |reason| Err(ConfigError::new(place.display().to_string(), reason));
    if place.is_dir() {
        return refused("is a folder; name a file");
    }
    if place.exists() && !force {
        return refused("exists; add --force to replace it, or name another file");
    }
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return refused("lies in a folder that does not exist");
    }
    Ok(())
}

/// How far an export is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Progress {
    /// Bytes of the file.
    pub(crate) length: u64,
    /// Contacts that HighLevel answered and that cannot be read.
    pub(crate) unreadable: u64,
    /// The end of the last page.
    pub(crate) cursor: String,
}

/// The file.
#[derive(Debug)]
pub(crate) struct Unfinished {
    place: PathBuf,
    path: PathBuf,
    file: File,
    journal: Journal,
    force: bool,
}

impl Unfinished {
    /// Goes on with the file of the same settings, and says how far it is; or begins with these bytes.
    pub(crate) fn open(
        place: &Path,
        settings: &str,
        head: &[u8],
        force: bool,
    ) -> Result<(Self, Option<Progress>), CliError> {
        let io = |error| CliError::Io(FAILED, error);
        let first = format!("export 1 {}", hash::hash(settings));
        let (journal, lines) = Journal::open(beside(place, ".export-journal"), &first)?;
        let path = beside(place, ".partial");
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let progress = lines.last().and_then(|line| read(line)).filter(|progress| progress.length <= length);
        file.set_len(progress.as_ref().map_or(0, |progress| progress.length)).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
        if progress.is_none() {
            file.write_all(head).map_err(io)?;
        }
        Ok((Self { place: place.to_owned(), path, file, journal, force }, progress))
    }

    /// Where it is now.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where it will be.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    /// Adds a page.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        self.file.write_all(bytes).map_err(|error| CliError::Io(FAILED, error))
    }

    /// The pages so far are not asked for again.
    pub(crate) fn keep(&mut self, unreadable: u64, cursor: &str) -> Result<(), CliError> {
        let io = |error| CliError::Io(FAILED, error);
        self.file.sync_data().map_err(io)?;
        let length = self.file.stream_position().map_err(io)?;
        self.journal.add(&format!("{length} {unreadable} {cursor}"))
    }

    /// Puts the file into its place.
    pub(crate) fn finish(self) -> Result<(), CliError> {
        let io = |error| CliError::Io(FAILED, error);
        self.file.sync_all().map_err(io)?;
        drop(self.file);
        // Another program may have made a file there meanwhile.
        check(&self.place, self.force)?;
        fs::rename(&self.path, &self.place).map_err(io)?;
        self.journal.remove()
    }
}

fn read(line: &str) -> Option<Progress> {
    let mut words = line.split(' ');
    let (length, unreadable) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Progress { length, unreadable, cursor: words.next()?.to_owned() })
}
