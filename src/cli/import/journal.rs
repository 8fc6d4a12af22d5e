//! Which rows of a file are done, so that an import that was interrupted goes on.

use std::collections::HashSet;
use std::path::Path;

use crate::cli::error::CliError;
use crate::cli::files::hash;
use crate::cli::files::journal::Journal;
use crate::cli::files::path::beside;

/// The rows that are done.
#[derive(Debug)]
pub(crate) struct DoneRows {
    journal: Journal,
    done: HashSet<usize>,
}

impl DoneRows {
    /// Those of the same content with the same settings; none of another.
    pub(crate) fn open(path: &Path, hash: &str, settings: &str) -> Result<Self, CliError> {
        let settings = hash::hash(settings);
        let first = format!("import 1 {hash} {settings}");
        let (journal, lines) = Journal::open(beside(path, ".import-journal"), &first)?;
        let numbers = lines.iter().flat_map(|line| line.split(' ')).filter_map(|number| number.parse().ok());
        Ok(Self { journal, done: numbers.collect() })
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
        self.journal.add(&numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    }

    /// All rows are done.
    pub(crate) fn remove(self) -> Result<(), CliError> {
        self.journal.remove()
    }
}
