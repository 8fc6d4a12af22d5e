//! Contacts as the bytes of a file.

use clap::ValueEnum;
use csv::QuoteStyle;

use crate::cli::error::CliError;
use crate::cli::files::formula::defused;
use crate::contacts::batch::columns::Columns;
use crate::ghl::LocationId;
use crate::ghl::model::Contact;

const FAILED: &str = "cannot write a contact";

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table that spreadsheets and import read
    Csv,
    /// One JSON object in each line, as the tools answer a contact
    Jsonl,
}

/// Writes contacts.
pub(crate) struct Rows {
    format: Format,
    columns: Columns,
    location: LocationId,
}

impl Rows {
    pub(crate) fn new(format: Format, columns: Columns, location: LocationId) -> Self {
        Self { format, columns, location }
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// What stands before the contacts. Excel takes a CSV file for UTF-8 only by a byte order mark.
    pub(crate) fn head(&self, has_mark: bool) -> Result<Vec<u8>, CliError> {
        if self.format == Format::Jsonl {
            return Ok(Vec::new());
        }
        let headers = self.columns.headers();
        // A reader finds out by the first line what separates cells.
        let is_plain = !headers.iter().any(|header| header.contains([';', '\t', '|']));
        let quotes = if is_plain { QuoteStyle::Necessary } else { QuoteStyle::Always };
        let mark = if has_mark { "\u{feff}" } else { "" };
        table(mark, quotes, std::iter::once(headers))
    }

    /// These contacts.
    pub(crate) fn of(&self, contacts: &[&Contact]) -> Result<Vec<u8>, CliError> {
        match self.format {
            Format::Csv => {
                table("", QuoteStyle::Necessary, contacts.iter().map(|contact| self.columns.cells(contact)))
            }
            Format::Jsonl => {
                let mut lines = Vec::new();
                for contact in contacts {
                    let object = self.columns.object(contact, &self.location);
                    serde_json::to_writer(&mut lines, &object)
                        .map_err(|error| CliError::Io(FAILED, error.into()))?;
                    lines.push(b'\n');
                }
                Ok(lines)
            }
        }
    }
}

fn table(
    mark: &str,
    quotes: QuoteStyle,
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Vec<u8>, CliError> {
    let mut writer = csv::WriterBuilder::new().quote_style(quotes).from_writer(mark.as_bytes().to_vec());
    for row in rows {
        let cells: Vec<_> = row.iter().map(|cell| defused(cell)).collect();
        writer
            .write_record(cells.iter().map(AsRef::<str>::as_ref))
            .map_err(|error| CliError::Io(FAILED, error.into()))?;
    }
    writer.into_inner().map_err(|error| CliError::Io(FAILED, error.into_error()))
}
