//! `completions` and `man`: what a shell and a reader of manual pages need to know of the command line.

use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::error::CliError;
use crate::cli::output::print_own;
use crate::config::ConfigError;

/// Flags of `completions`.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ForShell {
    /// The shell
    shell: Shell,
}

/// Flags of `man`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Page {
    /// The command that the page describes; default: the program
    command: Option<String>,
}

/// Prints the script that completes the command line of `P` in a shell.
pub(crate) fn print_completions<P: CommandFactory>(options: ForShell) {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut P::command(), env!("CARGO_PKG_NAME"), &mut script);
    print_own(String::from_utf8_lossy(&script).trim_end());
}

/// Prints a manual page of `P` in the format of `man`.
pub(crate) fn print_page<P: CommandFactory>(options: &Page) -> Result<(), CliError> {
    let mut program = P::command();
    program.build();
    let described = match &options.command {
        None => program,
        Some(name) => named(&program, name)?,
    };
    let mut page = Vec::new();
    Man::new(described)
        .render(&mut page)
        .map_err(|error| CliError::Io("cannot write the manual page", error))?;
    print_own(String::from_utf8_lossy(&page).trim_end());
    Ok(())
}

fn named(program: &Command, name: &str) -> Result<Command, CliError> {
    let found = program.find_subcommand(name).cloned();
    found.ok_or_else(|| {
        let names = program.get_subcommands().map(Command::get_name).collect::<Vec<_>>().join(", ");
        ConfigError::new(name, format!("is not a command; the commands are {names}")).into()
    })
}
