//! Prints for a person: results on stdout, everything else on stderr.

use std::io::Write as _;

/// Prints a line on stderr.
#[expect(clippy::print_stderr, reason = "the command line prints for a person")]
pub(crate) fn print_stderr(line: &str) {
    eprintln!("{line}");
}

/// Prints a result on stdout. It is not an error if the reader is gone.
pub(crate) fn print_stdout(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
