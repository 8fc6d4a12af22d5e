//! Where an export goes, and how far it is.

use std::io::{self, Write as _};
use std::path::Path;

use crate::cli::error::CliError;
use crate::cli::export::rows::Rows;
use crate::cli::export::seen::Seen;
use crate::cli::export::unfinished::Unfinished;
use crate::contacts::ListPage;
use crate::ghl::model::Contact;

/// Where an export goes.
#[derive(Debug)]
pub(crate) struct Output {
    seen: Seen,
    unreadable: u64,
    cursor: Option<String>,
    /// None: stdout.
    file: Option<Unfinished>,
}

impl Output {
    /// Begins, or goes on where an earlier run with the same settings stopped. Stdout always begins.
    pub(crate) fn open(
        file: Option<&Path>,
        rows: &Rows,
        settings: &str,
        force: bool,
    ) -> Result<Self, CliError> {
        let Some(place) = file else {
            let output = Self { seen: Seen::default(), unreadable: 0, cursor: None, file: None };
            print(&rows.head(false)?)?;
            return Ok(output);
        };
        let (file, progress) = Unfinished::open(place, settings, &rows.head(true)?, force)?;
        let seen = match &progress {
            Some(progress) => Seen::in_file(file.path(), progress.length, rows.format())?,
            None => Seen::default(),
        };
        let (unreadable, cursor) =
            progress.map_or((0, None), |progress| (progress.unreadable, Some(progress.cursor)));
        Ok(Self { seen, unreadable, cursor, file: Some(file) })
    }

    /// Where the next page begins.
    pub(crate) fn cursor(&self) -> Option<String> {
        self.cursor.clone()
    }

    /// The contacts that are written.
    pub(crate) fn written(&self) -> u64 {
        self.seen.count()
    }

    /// The contacts that cannot be read.
    pub(crate) fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// All contacts that HighLevel has answered.
    pub(crate) fn seen(&self) -> u64 {
        self.written() + self.unreadable
    }

    /// How many of a page are new.
    pub(crate) fn new_of(&self, page: &ListPage) -> u64 {
        let new = page.contacts.iter().filter(|contact| !self.seen.has(contact.id.as_str())).count();
        u64::try_from(new + page.unreadable).unwrap_or_default()
    }

    /// Writes the contacts of a page that are not written yet.
    pub(crate) fn take(&mut self, page: &ListPage, rows: &Rows) -> Result<(), CliError> {
        let new: Vec<&Contact> =
            page.contacts.iter().filter(|contact| self.seen.add(contact.id.as_str())).collect();
        let bytes = rows.of(&new)?;
        self.unreadable += u64::try_from(page.unreadable).unwrap_or_default();
        match &mut self.file {
            None => print(&bytes)?,
            Some(file) => {
                file.write(&bytes)?;
                if let Some(cursor) = &page.end {
                    file.keep(self.unreadable, cursor)?;
                }
            }
        }
        self.cursor.clone_from(&page.end);
        Ok(())
    }

    /// Whether stdout carries the contacts.
    pub(crate) fn is_stdout(&self) -> bool {
        self.file.is_none()
    }

    /// ` in FILE`.
    pub(crate) fn place(&self) -> String {
        self.file.as_ref().map_or_else(String::new, |file| format!(" in {}", file.place().display()))
    }

    /// What a person does after an export that has ended too early.
    pub(crate) fn how_to_go_on(&self) -> String {
        match &self.file {
            Some(_) => "The same command goes on where this one stopped.".to_owned(),
            None => "What was printed is not all; name a file to be able to go on.".to_owned(),
        }
    }

    /// The export is whole.
    pub(crate) fn finish(self) -> Result<(), CliError> {
        self.file.map_or(Ok(()), Unfinished::finish)
    }
}

fn print(bytes: &[u8]) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        // The reader has what it wanted.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(CliError::Reported),
        written => written.map_err(|error| CliError::Io("cannot write to stdout", error)),
    }
}
