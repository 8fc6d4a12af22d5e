//! What `install` and `uninstall` say.

use std::path::Path;

use crate::cli::error::CliError;
use crate::cli::hosts::Host;
use crate::cli::install::console::Console;
use crate::cli::install::difference;
use crate::cli::output::{print_stderr, print_stdout};
use crate::config::Home;

/// What changes in a file.
pub(crate) fn difference(name: &str, old: &str, new: &str) {
    for line in difference::lines(name, old, new) {
        print_stdout(&line);
    }
}

/// Goes on if the person says so, or said so before.
pub(crate) fn confirm(console: &mut dyn Console, yes: bool) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !console.is_there() {
        print_stderr("Nothing was written: there is no terminal to ask in. Add --yes to write it.");
        return Err(CliError::Reported);
    }
    if console.confirm("Write this?")? {
        return Ok(());
    }
    print_stderr("Nothing was written.");
    Err(CliError::Reported)
}

/// Where the text is kept that was replaced.
pub(crate) fn kept(home: &Home, path: Option<&Path>) {
    if let Some(path) = path {
        print_stdout(&format!("Backup: {}", home.shown(path)));
    }
}

/// What is missing, and how it is given.
pub(crate) fn missing(host: &Host, token: bool, location: bool) {
    let what = match (token, location) {
        (false, false) => return,
        (true, false) => "the token is",
        (false, true) => "the location is",
        (true, true) => "the token and the location are",
    };
    print_stdout(&format!(
        "Still missing: {what} not set. The server starts all the same, and its first call says so."
    ));
    print_stdout(&format!(
        "To set them run `ghl-contacts-mcp install {}` again in a terminal, which asks; or with GHL_PIT_TOKEN_FILE and \
         GHL_LOCATION_ID set.",
        host.id
    ));
}

/// What to do now.
pub(crate) fn next(host: &Host, sandbox: bool) {
    print_stdout("Next:");
    print_stdout(&format!("  1. {}.", host.restart));
    print_stdout("  2. Check that everything works: ghl-contacts-mcp doctor");
    let sentence = if sandbox {
        "Find the contact jane.smith@example.com in HighLevel."
    } else {
        "Which five contacts were added to HighLevel last?"
    };
    print_stdout(&format!("  3. Say to the model: \"{sentence}\""));
}
