//! Which rows of a file are done, so that an import that was interrupted goes on.
#![expect(clippy::disallowed_methods, reason = "the journal stands beside the file that is imported")]

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::cli::error::CliError;
use crate::cli::import::scan::hex;

const FAILED: &str = "cannot write the journal of the import";

/// The journal beside a file.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    done: HashSet<usize>,
}

/// The path of a file beside another one.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

impl Journal {
    /// Continues the journal of the same content with the same settings, or begins a new one.
    pub(crate) fn open(path: &Path, hash: &str, settings: &str) -> Result<Self, CliError> {
        let path = beside(path, ".import-journal");
        let settings = hex(&Sha256::digest(settings.as_bytes()));
        let first = format!("import 1 {hash} {settings}");
        let before = fs::read_to_string(&path).unwrap_or_default();
        let io = |error| CliError::Io(FAILED, error);
        // A line without its end was interrupted.
        let whole = before.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let mut lines = whole.lines();
        let done: HashSet<usize> = if lines.next() == Some(&*first) {
            lines.flat_map(|line| line.split(' ')).filter_map(|number| number.parse().ok()).collect()
        } else {
            HashSet::new()
        };
        if done.is_empty() {
            fs::write(&path, format!("{first}\n")).map_err(io)?;
        } else if !before.ends_with('\n') {
            fs::write(&path, format!("{whole}\n")).map_err(io)?;
        }
        let file = OpenOptions::new().append(true).open(&path).map_err(io)?;
        Ok(Self { path, file, done })
    }

    /// Whether the row was done before.
    pub(crate) fn has(&self, number: usize) -> bool {
        self.done.contains(&number)
    }

    /// These rows are done.
    pub(crate) fn add(&mut self, numbers: &[usize]) -> Result<(), CliError> {
        if numbers.is_empty() {
            return Ok(());
        }
        let line = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let written =
            self.file.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|error| CliError::Io(FAILED, error))
    }

    /// All rows are done.
    pub(crate) fn remove(self) -> Result<(), CliError> {
        fs::remove_file(&self.path).map_err(|error| CliError::Io(FAILED, error))
    }
}
