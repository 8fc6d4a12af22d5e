//! The rows that failed, in a file that can be imported again after they are corrected.
#![expect(clippy::disallowed_methods, reason = "the file stands beside the one that is imported")]

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::cli::files::formula::defused;
use crate::cli::files::path::beside;
use crate::ghl::model::text::clean_line;

const FAILED: &str = "cannot write the file of failed rows";

/// The file; it is made for the first row.
pub(crate) struct FailedRows {
    path: PathBuf,
    headers: Vec<String>,
    writer: Option<csv::Writer<File>>,
    is_off: bool,
}

impl FailedRows {
    /// Beside `path`. Without a file in a dry run.
    pub(crate) fn new(path: &Path, headers: Vec<String>, is_off: bool) -> Self {
        Self { path: beside(path, ".failed.csv"), headers, writer: None, is_off }
    }

    /// The file, if there is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.writer.is_some().then_some(&*self.path)
    }

    /// Adds a row, its number and why it failed.
    pub(crate) fn add(&mut self, number: usize, cells: &[String], reason: &str) -> Result<(), CliError> {
        if self.is_off {
            return Ok(());
        }
        let width = self.headers.len().max(cells.len());
        if self.writer.is_none() {
            self.writer = Some(self.open()?);
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let mut record: Vec<String> = cells.iter().map(|cell| defused(cell).into_owned()).collect();
        record.resize(width, String::new());
        record.extend([number.to_string(), defused(&clean_line(reason)).into_owned()]);
        writer.write_record(&record).map_err(|error| CliError::Io(FAILED, error.into()))
    }

    fn open(&self) -> Result<csv::Writer<File>, CliError> {
        let file = OpenOptions::new().create(true).append(true).open(&self.path);
        let file = file.map_err(|error| CliError::Io(FAILED, error))?;
        let is_new = file.metadata().is_ok_and(|file| file.len() == 0);
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
        if is_new {
            let headers: Vec<_> = self.headers.iter().map(|header| defused(header)).collect();
            let more = ["import row", "import error"];
            writer
                .write_record(headers.iter().map(AsRef::as_ref).chain(more))
                .map_err(|error| CliError::Io(FAILED, error.into()))?;
        }
        Ok(writer)
    }

    /// Writes what is held back.
    pub(crate) fn flush(&mut self) -> Result<(), CliError> {
        match &mut self.writer {
            Some(writer) => writer.flush().map_err(|error| CliError::Io(FAILED, error)),
            None => Ok(()),
        }
    }
}
