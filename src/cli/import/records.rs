//! The records of a text file, each by itself: one that cannot be read says why, and the others go on.
#![expect(clippy::disallowed_methods, reason = "import reads the file that the person names")]

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::ByteRecord;
use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use crate::cli::import::quotes::{Found, Quotes};

const BROKEN_QUOTE: &str = "A quote in this row is not closed, or is closed in the middle of a cell, so that rows after it may be in \
its text. Nothing of it is taken. Correct the quotes in the file.";

/// What is not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Other {
    /// It is in this encoding.
    In(&'static Encoding),
    /// The rest of the file is UTF-8: a row that is not is refused.
    Refused,
}

/// Reads record by record.
pub(crate) struct Records {
    reader: csv::Reader<Quotes<Box<dyn Read + Send>>>,
    record: ByteRecord,
    other: Other,
    found: Found,
    /// The number of the last row, as a spreadsheet counts: with the empty ones.
    number: usize,
}

impl Records {
    /// # Errors
    /// Why the file cannot be read.
    pub(crate) fn open(path: &Path, other: Other, separator: u8) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
        // Encodings whose letters are two bytes or four are decoded before the rows are found; a byte order mark is taken off.
        let wide = match other {
            Other::In(encoding) if !encoding.is_ascii_compatible() => Some(encoding),
            _ => None,
        };
        let decoded =
            DecodeReaderBytesBuilder::new().encoding(wide).utf8_passthru(true).strip_bom(true).build(file);
        let found = Found::default();
        let watched = Quotes::new(Box::new(decoded) as Box<dyn Read + Send>, separator, found.clone());
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(watched);
        Ok(Self { reader, record: ByteRecord::new(), other, found, number: 0 })
    }

    fn cell(&self, bytes: &[u8]) -> Result<String, String> {
        match (std::str::from_utf8(bytes), self.other) {
            (Ok(text), _) => Ok(text.to_owned()),
            (Err(_), Other::In(encoding)) => Ok(encoding.decode_without_bom_handling(bytes).0.into_owned()),
            (Err(_), Other::Refused) => {
                let shown = String::from_utf8_lossy(bytes);
                let shown: String = shown.chars().take(40).collect();
                Err(format!(
                    "\"{shown}\" is not UTF-8, as the rest of the file is. Save the file as UTF-8, or say in what such rows are, \
like --encoding windows-1252."
                ))
            }
        }
    }
}

impl Iterator for Records {
    /// The number of a row, and its cells or why they cannot be read.
    type Item = (usize, Result<Vec<String>, String>);

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.reader.read_byte_record(&mut self.record);
        let (broken, empty) = self.found.until(self.reader.position().byte());
        self.number += 1 + empty;
        match read {
            Ok(false) => None,
            Ok(true) if broken => Some((self.number, Err(BROKEN_QUOTE.to_owned()))),
            Ok(true) => Some((self.number, self.record.iter().map(|cell| self.cell(cell)).collect())),
            Err(error) => Some((self.number, Err(format!("The row cannot be read: {error}.")))),
        }
    }
}
