//! How far a command is, in a file beside the one that it works on: after Ctrl-C or a crash the same command goes on.
#![expect(clippy::disallowed_methods, reason = "the journal stands beside the file that the person names")]

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use crate::cli::error::CliError;

const FAILED: &str = "cannot write the journal";

/// A journal. While it is open, no other process has it.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Continues the journal that begins with the line `first`, or begins a new one. Also its other lines.
    pub(crate) fn open(path: PathBuf, first: &str) -> Result<(Self, Vec<String>), CliError> {
        let io = |error| CliError::Io(FAILED, error);
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(io)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let reason = format!("another run of this command holds {}", path.display());
                return Err(io(io::Error::new(io::ErrorKind::ResourceBusy, reason)));
            }
            // Some file systems have no locks.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let mut before = String::new();
        if file.read_to_string(&mut before).is_err() {
            before.clear();
        }
        // A line without its end was interrupted.
        let whole = before.rfind('\n').map_or("", |end| before.get(..=end).unwrap_or_default());
        let mut lines = whole.lines().map(str::to_owned);
        let continues = lines.next().as_deref() == Some(first);
        let lines: Vec<String> = lines.filter(|_| continues).collect();
        let length = if continues { whole.len() } else { 0 };
        file.set_len(u64::try_from(length).unwrap_or_default()).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
        let mut journal = Self { path, file };
        if !continues {
            journal.add(first)?;
        }
        Ok((journal, lines))
    }

    /// Adds a line. It is on the disk afterwards.
    pub(crate) fn add(&mut self, line: &str) -> Result<(), CliError> {
        let written =
            self.file.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|error| CliError::Io(FAILED, error))
    }

    /// The work is done.
    pub(crate) fn remove(self) -> Result<(), CliError> {
        let Self { path, file } = self;
        drop(file);
        fs::remove_file(path).map_err(|error| CliError::Io(FAILED, error))
    }
}
