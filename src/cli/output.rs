//! What a person reads: results on stdout, all else on stderr.

/// Tells a person, on stderr.
#[expect(clippy::print_stderr, reason = "the command line speaks to a person")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// Prints a result, on stdout; a reader that has gone away is not an error.
pub(crate) fn print(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{text}");
}
