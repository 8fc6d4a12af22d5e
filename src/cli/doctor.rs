//! `doctor`: checks the settings, the token, its scopes, the location and this machine, and says what to do. It writes nothing to
//! HighLevel, and prints no secret.

mod check;
mod host_settings;
mod hosts;
mod http;
mod location;
mod machine;
mod quota;
mod scopes;
mod settings;
mod start;
mod store;
mod table;
mod target;
mod token;
mod words;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::cli::assembly;
use crate::cli::doctor::check::{Check, Report, Section, State};
use crate::cli::doctor::table::Table;
use crate::cli::error::CliError;
use crate::cli::hosts::{HOSTS, found};
use crate::cli::http::host_policy;
use crate::cli::output::print_json;
use crate::config::{
    Config, ConfigError, Environment as _, Flags, Home, HttpConfig, HttpFlags, Os, ProcessEnvironment,
};
use crate::ghl::Kind;

/// Flags of `doctor`.
#[derive(Debug, Clone, Args)]
// clap puts no flag into the group of a struct that holds another one.
#[command(mut_arg("listen", |flag| flag.requires("http")))]
#[command(mut_arg("allowed_host", |flag| flag.requires("http")))]
#[command(mut_arg("allowed_origin", |flag| flag.requires("http")))]
#[command(mut_arg("no_legacy_sse", |flag| flag.requires("http")))]
#[command(mut_group("SignInFlags", |flags| flags.requires("http")))]
pub(crate) struct Arguments {
    /// Check the settings that this host gives the server, instead of those of this shell
    #[arg(long, value_parser = PossibleValuesParser::new(HOSTS.iter().map(|host| host.id)), value_name = "HOST")]
    host: Option<String>,
    /// Print one JSON object, for programs; its names are documented in docs/doctor.md
    #[arg(long)]
    json: bool,
    /// Check http too: its public address through the proxy, the sign-in, and the authorization servers. Takes the flags and
    /// variables of http
    #[arg(long, conflicts_with = "host")]
    http: bool,
    /// The settings of the server that is checked.
    #[command(flatten, next_help_heading = "With --http, as for http")]
    http_flags: HttpFlags,
}

/// The report while it grows: a table shows each section as soon as it is known.
struct Output {
    report: Report,
    table: Option<Table>,
}

impl Output {
    fn add(&mut self, section: Section) {
        if let Some(table) = self.table {
            table.section(&section);
        }
        self.report.sections.push(section);
    }

    fn end(&self) {
        match self.table {
            Some(table) => table.closing(&self.report),
            None => print_json(&self.report.to_json()),
        }
    }
}

/// The settings to check: of this shell, or those of the first entry of a host.
///
/// # Errors
/// A setting that cannot be used; the host does not have this server.
pub(crate) fn settings(arguments: &Arguments, flags: &Flags) -> Result<Config, ConfigError> {
    let Some(host) = arguments.host.as_deref() else { return Config::read(flags, &ProcessEnvironment) };
    let home = Home::read(Os::this(), &ProcessEnvironment)?;
    let found = found(&home, None);
    let entry = found.entries.iter().find(|entry| entry.host.id == host && entry.starts_us());
    let entry = entry.ok_or_else(|| {
        let reason = format!("{host} does not have this server; to add it: ghl-contacts-mcp install {host}");
        ConfigError::new("--host", reason)
    })?;
    let color = ProcessEnvironment.get("NO_COLOR").is_none();
    Ok(Config { color, ..host_settings::read(entry)? })
}

/// The settings of `http`, as it would read them, if they are checked.
fn http_settings(config: &Config, arguments: &Arguments) -> Result<Option<HttpConfig>, ConfigError> {
    if !arguments.http {
        return Ok(None);
    }
    let http = HttpConfig::read(&arguments.http_flags, &ProcessEnvironment, config)?;
    host_policy(&http)?;
    Ok(Some(http))
}

/// Checks everything. A check that fails is a failure of the command, with exit code 1.
pub(crate) async fn run(mut config: Config, arguments: Arguments) -> Result<(), CliError> {
    let settings = settings::section(&config);
    let http = http_settings(&config, &arguments).inspect_err(|error| unusable(&arguments, error))?;
    let _sandbox = assembly::sandbox(&mut config).await?;
    let targets = target::targets(&config).inspect_err(|error| unusable(&arguments, error))?;
    let table = (!arguments.json).then(|| Table::new(config.color));
    let mut output = Output { report: Report::default(), table };
    output.add(settings);
    let mut reached = true;
    for target in &targets {
        let found = target.check_up().await;
        output.report.requests += found.requests;
        let failed = found.checked.location.as_ref().and_then(|first| first.as_ref().err());
        reached &=
            !failed.is_some_and(|error| matches!(error.kind(), Kind::Unreachable | Kind::Tls | Kind::Lost));
        output.add(location::section(target, &found, &config));
    }
    output.add(machine::section(&config, reached).await);
    if let Some(http) = &http {
        output.add(http::section(http).await?);
    }
    output.add(hosts::section(&config).await);
    output.end();
    if output.report.count(State::Failed) > 0 { Err(CliError::Reported) } else { Ok(()) }
}

/// What a program reads where a setting cannot be used. The message itself is printed on stderr, as by other commands.
pub(crate) fn unusable(arguments: &Arguments, error: &ConfigError) {
    if arguments.json {
        let check = Check::failed("settings", error.to_string(), "Correct this setting.");
        let sections = vec![Section::new("settings", "Settings", vec![check])];
        print_json(&Report { sections, requests: 0 }.to_json());
    }
}
