//! `install` and `uninstall`: this server in a host's settings. The file is written directly, without the host's own command
//! (`claude mcp add`, `code --add-mcp`, `codex mcp add`): the host need not be on PATH, the difference can be shown first, and
//! no token is an argument of a process.

mod command;
mod console;
mod difference;
mod edit;
mod file;
mod links;
mod list;
mod own_args;
mod plan;
mod print;
mod server;
mod show;
mod text;
mod token;
mod uninstall;
mod wish;

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};

use crate::cli::error::CliError;
use crate::cli::hosts::{HOSTS, Host, NAME, Places};
use crate::cli::install::command::Command;
use crate::cli::install::console::{Console, Terminal};
use crate::cli::install::file::Target;
use crate::cli::install::plan::Plan;
use crate::cli::install::server::check_name;
use crate::cli::install::uninstall::Uninstall;
use crate::cli::install::wish::Known;
use crate::config::{Config, ConfigError, Environment, Flags, Home, Os};

/// Flags of `install`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// The host; without it, the hosts are listed
    #[arg(value_parser = hosts(), ignore_case = true)]
    host: Option<&'static Host>,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
    /// Print what would be pasted, and write nothing
    #[arg(long)]
    print: bool,
    /// The settings file, instead of the host's file for all projects; for example .mcp.json of a project
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The name of this server in the host
    #[arg(long, default_value = NAME, value_parser = check_name)]
    name: String,
    /// How the host starts this program, for example "npx -y ghl-contacts-mcp" [default: the path of this program]
    #[arg(long, value_name = "WORDS")]
    command: Option<String>,
}

/// Flags of `uninstall`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Removal {
    /// The host
    #[arg(value_parser = hosts(), ignore_case = true)]
    host: &'static Host,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
    /// The settings file, instead of the host's file for all projects
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The name of this server in the host
    #[arg(long, default_value = NAME, value_parser = check_name)]
    name: String,
}

/// The hosts by their names; clap names the nearest to another word.
fn hosts() -> impl clap::builder::TypedValueParser<Value = &'static Host> {
    let names = HOSTS.iter().map(|host| PossibleValue::new(host.id).help(host.title));
    PossibleValuesParser::new(names).try_map(|id| Host::by_id(&id.to_lowercase()).ok_or("is no host"))
}

pub(crate) fn run(
    config: &Config,
    flags: &Flags,
    environment: &dyn Environment,
    arguments: &Arguments,
) -> Result<(), CliError> {
    let home = Home::read(Os::this(), environment)?;
    install(config, flags, &home, arguments, &mut Terminal)
}

pub(crate) fn run_uninstall(environment: &dyn Environment, arguments: &Removal) -> Result<(), CliError> {
    let home = Home::read(Os::this(), environment)?;
    let Removal { host, yes, file, name } = arguments;
    let file = chosen(host, &home, file.as_deref());
    Uninstall { host, name, file, yes: *yes }.run(&home, &mut Terminal)
}

fn chosen(host: &Host, home: &Home, file: Option<&Path>) -> PathBuf {
    file.map_or_else(
        || Places::of(host, home).file,
        |file| std::path::absolute(file).unwrap_or_else(|_| file.to_owned()),
    )
}

fn install(
    config: &Config,
    flags: &Flags,
    home: &Home,
    arguments: &Arguments,
    console: &mut dyn Console,
) -> Result<(), CliError> {
    let Some(host) = arguments.host else {
        list::run(home);
        return Ok(());
    };
    let (command, name) = (command(home, arguments)?, arguments.name.clone());
    let note = command.note.clone();
    let token_file = token::path(home, &name);
    let mut known = Known { host, name, command, config, flags, entry: None, token_file };
    if arguments.print {
        return print::run(host, home, known.wish(None)?);
    }
    let file = chosen(host, home, arguments.file.as_deref());
    let shown = home.shown(&file);
    let failed = |reason: String| CliError::Install(format!("{shown}: {reason}. Nothing was written"));
    let target = Target::open(&file).map_err(failed)?;
    known.entry = edit::entry(host, &file, target.text(), &known.name).map_err(failed)?;
    // What cannot be edited is refused before anyone is asked for a token.
    edit::insert(host, target.text(), &known.bare()).map_err(failed)?;
    let (entry, token_file) = (known.entry.clone(), known.token_file.clone());
    let wish = known.wish(if console.is_there() { Some(&mut *console) } else { None })?;
    let new = edit::insert(host, target.text(), &wish.server).map_err(failed)?;
    let plan = Plan { host, home, shown, target, entry, wish, new, token_file, note };
    plan.carry_out(arguments.yes, config.sandbox, console)
}

fn command(home: &Home, arguments: &Arguments) -> Result<Command, CliError> {
    if let Some(words) = &arguments.command {
        return Command::given(words).map_err(|reason| ConfigError::new("--command", reason).into());
    }
    let this = std::env::current_exe()
        .map_err(|error| CliError::Io("cannot find this program's own file", error))?;
    let called = std::env::args_os().next().map(PathBuf::from).unwrap_or_default();
    Command::of_this(home, &called, &this).map_err(CliError::Install)
}
