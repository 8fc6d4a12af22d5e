//! The rows of a file, one after the other.
#![expect(clippy::disallowed_methods, reason = "import reads the file that the person names")]

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use jiff::ToSpan as _;
use jiff::civil::date;

use crate::cli::files::formula::meant;
use crate::cli::import::records::{Other, Records};
use crate::cli::import::scan::{Kind, Scan};

/// The most characters of a row: a quote that is not closed takes the rest of the file for one cell.
const MOST_CHARS: usize = 100_000;
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// One row.
#[derive(Debug)]
pub(crate) struct Line {
    /// Its number, as a spreadsheet shows it: the header is 1.
    pub(crate) number: usize,
    /// Its cells, or why it cannot be read.
    pub(crate) cells: Result<Vec<String>, String>,
}

/// A table: its header, and its rows without the empty ones.
pub(crate) struct Sheet {
    pub(crate) headers: Vec<String>,
    pub(crate) rows: Box<dyn Iterator<Item = Line> + Send>,
}

type Cells = Result<Vec<String>, String>;

impl Sheet {
    /// # Errors
    /// It has no header, or cannot be read.
    pub(crate) fn open(path: &Path, scan: &Scan) -> Result<Self, String> {
        let lines: Box<dyn Iterator<Item = (usize, Cells)> + Send> = match scan.kind {
            Kind::Text { other, .. } => text(path, &scan.head, other)?,
            Kind::Workbook => Box::new((1..).zip(workbook(path)?)),
        };
        let is_empty =
            |cells: &Cells| cells.as_ref().is_ok_and(|cells| cells.iter().all(|cell| cell.trim().is_empty()));
        let mut lines = lines.filter(move |(_, cells)| !is_empty(cells));
        let (_, headers) = lines.next().ok_or("has no row")?;
        let headers = of_a_row(headers?)?.into_iter().map(|cell| cell.trim().to_owned()).collect();
        let rows = lines.map(|(number, cells)| Line { number, cells: cells.and_then(of_a_row) });
        Ok(Self { headers, rows: Box::new(rows) })
    }
}

/// The cells as they were meant: an export writes an apostrophe before what a spreadsheet would take for a formula.
fn of_a_row(cells: Vec<String>) -> Cells {
    let size: usize = cells.iter().map(String::len).sum();
    if size > MOST_CHARS {
        return Err(format!(
            "The row has {size} bytes; at most {MOST_CHARS} are taken. Is a quote not closed?"
        ));
    }
    Ok(cells.into_iter().map(meant).collect())
}

fn text(
    path: &Path,
    head: &[u8],
    other: Other,
) -> Result<Box<dyn Iterator<Item = (usize, Cells)> + Send>, String> {
    let head = match other {
        Other::In(encoding) => encoding.decode(head).0,
        Other::Refused => String::from_utf8_lossy(head),
    };
    let (separator, skip) = separator(head.trim_start_matches('\u{feff}'));
    Ok(Box::new(Records::open(path, other, separator)?.skip(skip)))
}

/// What stands between two cells, and how many lines there are before the header. Excel writes `sep=;` as the first line.
fn separator(head: &str) -> (u8, usize) {
    let first = head.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let byte = |c: char| u8::try_from(c).unwrap_or(b',');
    if let Some(c) = first.strip_prefix("sep=").and_then(|rest| rest.chars().next()) {
        return (byte(c), 1);
    }
    let mut counts = [0_usize; SEPARATORS.len()];
    let mut quoted = false;
    for c in first.chars() {
        quoted ^= c == '"';
        let at = SEPARATORS.iter().position(|one| *one == c).filter(|_| !quoted);
        if let Some(count) = at.and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    // Of two that are as frequent, the first is the usual one.
    let most = counts.iter().zip(SEPARATORS).rev().max_by_key(|(count, _)| **count);
    (most.map_or(b',', |(_, c)| byte(c)), 0)
}

fn workbook(path: &Path) -> Result<impl Iterator<Item = Cells> + Send + use<>, String> {
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    let unreadable = |error: calamine::XlsxError| format!("is no XLSX file that can be read: {error}");
    let mut book = Xlsx::new(BufReader::new(file)).map_err(unreadable)?;
    let sheet = book.worksheet_range_at(0).ok_or("has no sheet")?.map_err(unreadable)?;
    let rows: Vec<Vec<String>> = sheet.rows().map(|row| row.iter().map(cell).collect()).collect();
    Ok(rows.into_iter().map(Ok))
}

/// A cell as a person sees it, as far as that is known.
fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        Data::DateTime(time) => day(time.as_f64()).unwrap_or_else(|| time.to_string()),
        other => other.to_string(),
    }
}

/// The day of a number of days since 1899-12-30.
fn day(days: f64) -> Option<String> {
    #[expect(clippy::cast_possible_truncation, reason = "checked before")]
    let days = (0.0..3_000_000.0).contains(&days).then_some(days.floor() as i64)?;
    Some(date(1899, 12, 30).checked_add(days.days()).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(name: &str, content: &[u8]) -> Result<(Vec<String>, Vec<Line>), String> {
        let path = std::env::temp_dir().join(format!("ghl-contacts-mcp-{}-{name}", std::process::id()));
        File::create(&path).unwrap().write_all(content).unwrap();
        let sheet = Sheet::open(&path, &Scan::of(&path)?)?;
        Ok((sheet.headers, sheet.rows.collect()))
    }

    fn cells(name: &str, content: &[u8]) -> Vec<Vec<String>> {
        let (headers, rows) = read(name, content).unwrap();
        [headers].into_iter().chain(rows.into_iter().map(|row| row.cells.unwrap())).collect()
    }

    #[test]
    fn any_usual_separator_line_end_quote_and_encoding_is_read() {
        let expected = vec![vec!["Email", "City"], vec!["a@example.com", "Köln, am \"Rhein\""]];
        let utf16: Vec<u8> = "\u{feff}Email;City\na@example.com;Köln, am \"Rhein\"\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let quoted = "Email,City\r\na@example.com,\"Köln, am \"\"Rhein\"\"\"\r\n";
        for (at, content) in [
            quoted.as_bytes().to_vec(),
            format!("\u{feff}{quoted}").into_bytes(),
            quoted.replace("\r\n", "\r").into_bytes(),
            format!("\n\n{quoted}\n,\n").into_bytes(),
            "Email\tCity\na@example.com\tKöln, am \"Rhein\"".as_bytes().to_vec(),
            "sep=|\nEmail|City\na@example.com|Köln, am \"Rhein\"".as_bytes().to_vec(),
            b"Email;City\na@example.com;K\xF6ln, am \"Rhein\"\n".to_vec(),
            utf16,
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(cells(&format!("forms-{at}.csv"), &content), expected, "{at}");
        }
    }

    #[test]
    fn a_row_that_is_too_large_disturbs_no_other_and_rows_are_numbered_as_in_a_spreadsheet() {
        let content = format!("Email\na@example.com\n{}\nb@example.com\n", "x".repeat(10_000_000));
        let (_, rows) = read("large.csv", content.as_bytes()).unwrap();
        let numbers: Vec<_> = rows.iter().map(|row| (row.number, row.cells.is_ok())).collect();
        assert_eq!(numbers, [(2, true), (3, false), (4, true)]);
    }

    #[test]
    fn the_apostrophe_before_a_formula_is_taken_off_and_a_day_is_a_day() {
        assert_eq!(
            of_a_row(vec!["'=1+1".into(), "'s-Hertogenbosch".into()]).unwrap(),
            ["=1+1", "'s-Hertogenbosch"]
        );
        assert_eq!((day(33_141.5).unwrap(), day(-1.0), day(f64::NAN)), ("1990-09-25".to_owned(), None, None));
    }
}
