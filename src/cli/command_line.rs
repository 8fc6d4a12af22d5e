//! Reads the command line.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::output::print_stderr;
use crate::ghl::model::text::clean_line;

/// The arguments of this process. Help would show the name under which the program was started, which may hold anything.
fn words() -> Vec<OsString> {
    std::iter::once(OsString::from(env!("CARGO_PKG_NAME"))).chain(std::env::args_os().skip(1)).collect()
}

/// Parses the arguments if there is no command, or only the word `first`: what a host starts. The parser of all commands describes
/// each of them first, which is half the time of a start. None for everything else, and for what is wrong.
pub(crate) fn parse_without_command<T: Parser>(first: &str) -> Option<T> {
    let mut words = words();
    match words.get(1) {
        Some(word) if word == first => drop(words.remove(1)),
        Some(word) if !word.to_string_lossy().starts_with('-') => return None,
        _ => {}
    }
    T::try_parse_from(words).ok()
}

/// Parses the arguments of this process. What is wrong with them, or the help that they ask for, is printed; the result is
/// then the exit code.
pub(crate) fn parse<T: Parser>() -> Result<T, ExitCode> {
    let arguments = words();
    let error = match T::try_parse_from(&arguments) {
        Ok(parsed) => return Ok(parsed),
        Err(error) => error,
    };
    if !error.use_stderr() {
        let _ = error.print();
        return Err(ExitCode::SUCCESS);
    }
    // The message quotes arguments: it is made of arguments without what a terminal obeys.
    let clean = arguments.iter().map(|argument| clean_line(&argument.to_string_lossy()).into_owned());
    match T::try_parse_from(clean) {
        Err(error) if error.use_stderr() => drop(error.print()),
        _ => print_stderr("error: an argument holds characters that are not visible, or is not Unicode text"),
    }
    Err(ExitCode::from(2))
}
