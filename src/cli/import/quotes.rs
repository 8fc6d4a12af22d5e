//! Where a text file has quotes that do not close a cell, and empty lines. The reader of CSV takes such a quote as it can, and
//! skips the lines: rows would go into the text of one cell, and get other numbers than in a spreadsheet.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// What is found while bytes are read, by their place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found(Arc<Mutex<VecDeque<(u64, What)>>>);

#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    BrokenQuote,
    EmptyLine,
}

impl Found {
    fn add(&self, at: u64, what: What) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back((at, what));
    }

    /// Whether a quote before this place is broken, and how many lines are empty, since it was asked last.
    pub(crate) fn until(&self, place: u64) -> (bool, usize) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut broken, mut empty) = (false, 0);
        let before = all.iter().take_while(|(at, _)| *at <= place).count();
        for (_, what) in all.drain(..before) {
            match what {
                What::BrokenQuote => broken = true,
                What::EmptyLine => empty += 1,
            }
        }
        (broken, empty)
    }
}

/// Where in a record a byte is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    LineStart,
    /// After a carriage return: a line feed belongs to it.
    Returned,
    CellStart,
    Plain,
    Quoted,
    /// After a quote in a quoted cell: another one is text.
    Closing,
    /// After spaces that follow a quoted cell.
    Closed,
}

/// Passes bytes on.
pub(crate) struct Quotes<R> {
    inner: R,
    separator: u8,
    state: State,
    at: u64,
    found: Found,
}

impl<R: Read> Quotes<R> {
    pub(crate) fn new(inner: R, separator: u8, found: Found) -> Self {
        Self { inner, separator, state: State::LineStart, at: 0, found }
    }

    fn see(&mut self, byte: u8) {
        let is_end = byte == b'\n' || byte == b'\r';
        let is_line_start = matches!(self.state, State::LineStart | State::Returned);
        self.state = match (self.state, byte) {
            (State::Quoted, b'"') => State::Closing,
            (State::Quoted, _) | (State::Closing | State::CellStart, b'"') => State::Quoted,
            (State::Returned, b'\n') => State::LineStart,
            (_, b'"') if is_line_start => State::Quoted,
            _ if is_end => {
                if is_line_start {
                    self.found.add(self.at, What::EmptyLine);
                }
                if byte == b'\r' { State::Returned } else { State::LineStart }
            }
            _ if byte == self.separator => State::CellStart,
            (State::Closing | State::Closed, b' ') => State::Closed,
            (State::Closing | State::Closed, _) => {
                self.found.add(self.at, What::BrokenQuote);
                State::Plain
            }
            _ => State::Plain,
        };
        self.at += 1;
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        for byte in buffer.get(..read).unwrap_or_default() {
            self.see(*byte);
        }
        if read == 0 && !buffer.is_empty() && self.state == State::Quoted {
            self.found.add(self.at, What::BrokenQuote);
            self.state = State::Plain;
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (bool, usize) {
        let found = Found::default();
        Quotes::new(text.as_bytes(), b',', found.clone()).read_to_end(&mut Vec::new()).unwrap();
        found.until(u64::MAX)
    }

    #[test]
    fn quotes_that_close_their_cell_are_sound() {
        for sound in [
            "a,b\n",
            "\"a\",\"b, c\"\n",
            "\"a \"\"b\"\" c\",d\r\n",
            "\"two\nlines\",x\n",
            "\"a\" ,b\n",
            "5\" pipe,b\n",
            "a,\"\"\n",
            "\"\"",
            "\"a\"",
            "a,b\"c\"\n",
        ] {
            assert_eq!(found(sound), (false, 0), "{sound:?}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_or_closed_inside_a_cell_is_found() {
        for broken in ["a,\"b\nc,d\n", "\"", "\"a\"b,c\n", "\"a\n\"b\",c\n", "\"a\" \"b\"\n", "a,\"b"] {
            assert!(found(broken).0, "{broken:?}");
        }
    }

    #[test]
    fn empty_lines_are_counted_whatever_ends_them() {
        for (text, empty) in [
            ("a\n\nb\n", 1),
            ("\r\n\r\na\r\n", 2),
            ("a\r\rb", 1),
            ("a\n\n\n", 2),
            ("\"a\n\n\"\n", 0),
            ("", 0),
        ] {
            assert_eq!(found(text), (false, empty), "{text:?}");
        }
    }
}
