//! What a file is, by its content: read once from begin to end, piece by piece.
#![expect(clippy::disallowed_methods, reason = "import reads the file that the person names")]

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};
use sha2::{Digest as _, Sha256};

use crate::cli::import::records::Other;
use crate::ghl::model::hex;

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
    /// Text.
    Text {
        /// What is not UTF-8 in it.
        other: Other,
        /// Whether that is a guess.
        is_guess: bool,
    },
    /// An XLSX workbook.
    Workbook,
}

impl Scan {
    /// # Errors
    /// Why it cannot be read, or that it is no table.
    pub(crate) fn of(path: &Path) -> Result<Self, String> {
        let mut file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
        let (mut hash, mut head, mut letters) = (Sha256::new(), Vec::new(), Letters::default());
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
            letters.read(bytes);
        }
        let kind = kind(&head, letters)?;
        let hash = hex(&hash.finalize());
        Ok(Self { head, kind, hash })
    }

    /// The person says in what encoding it is.
    ///
    /// # Errors
    /// There is no encoding of this name (<https://encoding.spec.whatwg.org/#names-and-labels>).
    pub(crate) fn say(&mut self, name: &str) -> Result<(), String> {
        let encoding = Encoding::for_label(name.as_bytes());
        let encoding = encoding.ok_or_else(|| format!("\"{name}\" is no encoding; one is windows-1252"))?;
        if let Kind::Text { .. } = self.kind {
            let other = if encoding == UTF_8 { Other::Refused } else { Other::In(encoding) };
            self.kind = Kind::Text { other, is_guess: false };
        }
        Ok(())
    }
}

fn kind(head: &[u8], letters: Letters) -> Result<Kind, String> {
    if head.iter().all(u8::is_ascii_whitespace) {
        return Err("is empty".to_owned());
    }
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Kind::Workbook);
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err("is an old Excel file: save it as .xlsx or .csv".to_owned());
    }
    if let Some((wide, _)) = Encoding::for_bom(head).filter(|(encoding, _)| *encoding != UTF_8) {
        return Ok(Kind::Text { other: Other::In(wide), is_guess: false });
    }
    if head.contains(&0) || head.starts_with(b"%PDF") {
        return Err("is no CSV, TSV or XLSX file".to_owned());
    }
    let (other, is_guess) = letters.other();
    Ok(Kind::Text { other, is_guess })
}

/// In what the lines are that have letters beyond ASCII, piece by piece.
struct Letters {
    /// Lines that are UTF-8, and lines that are not.
    utf8: usize,
    other: usize,
    is_ascii: bool,
    is_utf8: bool,
    /// The begin of a letter that a piece ends in.
    rest: Vec<u8>,
    detector: EncodingDetector,
}

impl Default for Letters {
    fn default() -> Self {
        let detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        Self { utf8: 0, other: 0, is_ascii: true, is_utf8: true, rest: Vec::new(), detector }
    }
}

impl Letters {
    fn read(&mut self, piece: &[u8]) {
        self.detector.feed(piece, false);
        let mut lines = piece.split(|byte| *byte == b'\n');
        self.part(lines.next().unwrap_or_default());
        for line in lines {
            self.end_line();
            self.part(line);
        }
    }

    /// A part of one line.
    fn part(&mut self, bytes: &[u8]) {
        if bytes.is_ascii() && self.rest.is_empty() {
            return;
        }
        self.is_ascii = false;
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(bytes);
        if let Err(error) = std::str::from_utf8(&all) {
            self.is_utf8 &= error.error_len().is_none();
            self.rest = all.get(error.valid_up_to()..).filter(|_| self.is_utf8).unwrap_or_default().to_vec();
        }
    }

    fn end_line(&mut self) {
        if !self.is_ascii {
            let is_utf8 = self.is_utf8 && self.rest.is_empty();
            *(if is_utf8 { &mut self.utf8 } else { &mut self.other }) += 1;
        }
        self.rest.clear();
        (self.is_ascii, self.is_utf8) = (true, true);
    }

    /// What is not UTF-8, and whether that is a guess.
    fn other(mut self) -> (Other, bool) {
        self.end_line();
        self.detector.feed(b"", true);
        match (self.utf8, self.other) {
            (_, 0) => (Other::Refused, false),
            (0, _) => (Other::In(self.detector.guess(None, Utf8Detection::Deny)), true),
            _ => (Other::Refused, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{UTF_16LE, WINDOWS_1251, WINDOWS_1252};

    use super::*;

    #[test]
    fn a_file_is_what_its_content_says() {
        let kind = |head: &[u8]| {
            let mut letters = Letters::default();
            letters.read(head);
            kind(head, letters)
        };
        let text = |other, is_guess| Ok(Kind::Text { other, is_guess });
        assert_eq!(kind(b"Email\nx"), text(Other::Refused, false));
        assert_eq!(kind(b"\xEF\xBB\xBFEmail"), text(Other::Refused, false));
        assert_eq!(kind(b"\xFF\xFEE\0m\0"), text(Other::In(UTF_16LE), false));
        assert_eq!(kind(b"PK\x03\x04rest\xFF\xFE\xE9"), Ok(Kind::Workbook));
        for head in [&b""[..], b" \r\n", b"\x89PNG\0", b"%PDF-1.7", b"\xD0\xCF\x11\xE0"] {
            assert!(kind(head).is_err(), "{head:?}");
        }
    }

    fn other(text: &[u8], piece: usize) -> (Other, bool) {
        let mut letters = Letters::default();
        text.chunks(piece).for_each(|piece| letters.read(piece));
        letters.other()
    }

    #[test]
    fn the_encoding_is_found_however_the_file_is_cut_into_pieces() {
        let (western, _, _) = WINDOWS_1252.encode("Name,City\nJürgen Müller,Köln\nFrançois,Orléans\n");
        let (russian, _, _) = WINDOWS_1251.encode("Имя,Город\nИван Петров,Москва\nАнна Иванова,Казань\n");
        let mixed = ["Jürgen,Köln\n".as_bytes(), b"J\xFCrgen,K\xF6ln\n"].concat();
        for piece in 1..9 {
            assert_eq!(other("ü,€\n😀,é\n".as_bytes(), piece), (Other::Refused, false));
            assert_eq!(other(&western, piece), (Other::In(WINDOWS_1252), true));
            assert_eq!(other(&russian, piece), (Other::In(WINDOWS_1251), true));
            assert_eq!(other(&mixed, piece), (Other::Refused, false));
            assert_eq!(other(b"Email\na@example.com\n", piece), (Other::Refused, false));
        }
    }
}
