//! What a file is, by its content: read once from begin to end, piece by piece.
#![expect(clippy::disallowed_methods, reason = "import reads the file that the person names")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use sha2::{Digest as _, Sha256};

const PIECE: usize = 64 * 1024;

/// What a file is.
#[derive(Debug)]
pub(crate) struct Scan {
    /// Its first piece.
    pub(crate) head: Vec<u8>,
    pub(crate) kind: Kind,
    /// A hash of its content.
    pub(crate) hash: String,
}

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// Text in this encoding.
    Text(&'static Encoding),
    /// An XLSX workbook.
    Workbook,
}

impl Scan {
    /// # Errors
    /// Why it cannot be read, or that it is no table.
    pub(crate) fn of(path: &Path) -> Result<Self, String> {
        let mut file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
        let (mut hash, mut head, mut utf8) = (Sha256::new(), Vec::new(), Utf8::default());
        let mut piece = vec![0; PIECE];
        loop {
            let read = file.read(&mut piece).map_err(|error| format!("cannot be read: {error}"))?;
            let bytes = piece.get(..read).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            if head.is_empty() {
                head = bytes.to_vec();
            }
            hash.update(bytes);
            utf8.read(bytes);
        }
        let kind = kind(&head, utf8.is_valid)?;
        let hash = hex(&hash.finalize());
        Ok(Self { head, kind, hash })
    }
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn kind(head: &[u8], is_utf8: bool) -> Result<Kind, String> {
    if head.iter().all(u8::is_ascii_whitespace) {
        return Err("is empty".to_owned());
    }
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Kind::Workbook);
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err("is an old Excel file: save it as .xlsx or .csv".to_owned());
    }
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Ok(Kind::Text(encoding));
    }
    if head.contains(&0) || head.starts_with(b"%PDF") {
        return Err("is no CSV, TSV or XLSX file".to_owned());
    }
    // What is no UTF-8 was most likely written by Excel in Western Europe; Latin-1 is a part of this.
    Ok(Kind::Text(if is_utf8 { UTF_8 } else { WINDOWS_1252 }))
}

/// Whether pieces are UTF-8 together.
#[derive(Debug)]
struct Utf8 {
    is_valid: bool,
    /// A character that a piece ends in.
    rest: Vec<u8>,
}

impl Default for Utf8 {
    fn default() -> Self {
        Self { is_valid: true, rest: Vec::new() }
    }
}

impl Utf8 {
    fn read(&mut self, bytes: &[u8]) {
        if !self.is_valid {
            return;
        }
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(bytes);
        if let Err(error) = std::str::from_utf8(&all) {
            self.is_valid = error.error_len().is_none();
            self.rest = all.get(error.valid_up_to()..).unwrap_or_default().to_vec();
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::UTF_16LE;

    use super::*;

    #[test]
    fn a_file_is_what_its_content_says() {
        for (head, is_utf8, expected) in [
            (&b"Email\nx"[..], true, Kind::Text(UTF_8)),
            (b"\xEF\xBB\xBFEmail", true, Kind::Text(UTF_8)),
            (b"\xFF\xFEE\0m\0", false, Kind::Text(UTF_16LE)),
            (b"Stra\xDFe", false, Kind::Text(WINDOWS_1252)),
            (b"PK\x03\x04rest", false, Kind::Workbook),
        ] {
            assert_eq!(kind(head, is_utf8), Ok(expected));
        }
        for head in [&b""[..], b" \r\n", b"\x89PNG\0", b"%PDF-1.7", b"\xD0\xCF\x11\xE0"] {
            assert!(kind(head, true).is_err(), "{head:?}");
        }
    }

    #[test]
    fn a_character_may_be_split_between_two_pieces() {
        let text = "ü€😀".as_bytes();
        for at in 0..=text.len() {
            let mut utf8 = Utf8::default();
            utf8.read(&text[..at]);
            utf8.read(&text[at..]);
            assert!(utf8.is_valid, "{at}");
        }
        let mut latin = Utf8::default();
        latin.read(b"Stra\xDF");
        latin.read(b"e");
        assert!(!latin.is_valid);
    }
}
