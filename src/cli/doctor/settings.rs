//! Where each setting came from. A secret is named by its source only.

use std::path::Path;

use crate::cli::doctor::check::{Check, Section};
use crate::cli::doctor::words::counted;
use crate::cli::fleet;
use crate::config::{Config, Given, Source};
use crate::ghl::auth::Credential;

/// Settings that have a line even where nothing was set.
const ALWAYS: [&str; 3] = ["token", "location-id", "base-url"];
const TOKEN_TODO: &str = "Set GHL_PIT_TOKEN to a token made in HighLevel: in the sub-account, Settings > Private Integrations. Or try it with --sandbox.";
const LOCATION_TODO: &str = "Set GHL_LOCATION_ID to the id in the address of the sub-account's dashboard (/location/<id>/), or to that whole address.";

/// The lines of the settings; `config` is as it was read.
pub(crate) fn section(config: &Config) -> Section {
    let mut checks: Vec<_> = config.given.iter().filter_map(|given| line(config, given)).collect();
    checks.sort_by_key(|check| ALWAYS.iter().position(|name| check.id == *name).unwrap_or(ALWAYS.len()));
    if !config.unused_tokens.is_empty() {
        let unused = config.unused_tokens.join(", ");
        let seen =
            format!("{unused}: set too, and not used since {} has precedence", config.credential_source);
        checks.push(Check::warning(
            "unused",
            seen,
            format!("Unset {unused}, or check that the right token is used."),
        ));
    }
    let at_default = config.given.iter().filter(|given| given.source == Source::Default);
    let names: Vec<_> = at_default.map(|given| given.setting).filter(|name| !ALWAYS.contains(name)).collect();
    checks.push(Check::ok("defaults", format!("not set: {}", names.join(", "))).named("the others"));
    let checks = checks.into_iter().map(|check| Check { id: format!("settings.{}", check.id), ..check });
    Section::new("settings", "Settings", checks.collect())
}

fn line(config: &Config, given: &Given) -> Option<Check> {
    let name = given.setting;
    if given.source == Source::Default && !ALWAYS.contains(&name) {
        return None;
    }
    let check = match name {
        "token" => token(config, &given.source),
        "location-id" => location(config, given),
        "base-url" if config.sandbox => Check::ok(name, "the built-in sandbox"),
        "base-url" => Check::ok(name, format!("{}{}", config.base_url, from(&given.source))),
        "accounts" => accounts(config, given),
        _ => {
            let value = given.value.as_deref().unwrap_or("set");
            match &given.source {
                Source::Unfilled(variable) => {
                    let value = given.value.as_deref().map_or_else(|| "not set".to_owned(), str::to_owned);
                    Check::ok(name, format!("{value}: {variable} was never filled in"))
                }
                source => Check::ok(name, format!("{value}{}", from(source))),
            }
        }
    };
    Some(
        check
            .named(name.replace('-', " "))
            .value("source", kind(&given.source))
            .value("name", source(&given.source)),
    )
}

fn token(config: &Config, source: &Source) -> Check {
    let id = "token";
    if config.sandbox {
        return Check::ok(id, "made up by the sandbox");
    }
    if config.accounts.is_some() {
        return Check::skipped(id, "each location of the accounts file has its own");
    }
    match (&config.credential, source) {
        (Credential::OAuth(app), _) => Check::ok(
            id,
            format!("an app's, in {} (GHL_CLIENT_ID and its secret are set)", fleet::place(config, app)),
        ),
        (Credential::Token(_), Source::File(variable, path)) => {
            Check::ok(id, format!("set, from the file {} ({variable})", shown(path)))
        }
        (Credential::Token(_), source) => Check::ok(id, format!("set{}", from(source))),
        (Credential::Missing, Source::Unfilled(variable)) => Check::failed(
            id,
            format!("not set: {variable} was never filled in, it holds a placeholder"),
            TOKEN_TODO,
        ),
        (Credential::Missing, _) => Check::failed(id, "not set", TOKEN_TODO),
    }
}

fn location(config: &Config, given: &Given) -> Check {
    let id = "location-id";
    if config.sandbox {
        return Check::ok(id, "made up by the sandbox");
    }
    if config.accounts.is_some() {
        return Check::skipped(id, "the accounts file names them");
    }
    match (&config.location, &given.source) {
        (Some(location), source) => Check::ok(id, format!("{location}{}", from(source))),
        (None, Source::Unfilled(name)) => Check::failed(
            id,
            format!("not set: {name} was never filled in, it holds a placeholder"),
            LOCATION_TODO,
        ),
        (None, _) => Check::failed(id, "not set", LOCATION_TODO),
    }
}

fn accounts(config: &Config, given: &Given) -> Check {
    let Some(file) = &config.accounts else { return Check::skipped("accounts", "not set") };
    let locations = file.all.iter().map(|account| account.locations.len()).sum();
    let path = given.value.as_deref().unwrap_or_default();
    let seen = format!(
        "{}: {} with {}{}",
        shown(Path::new(path)),
        counted(file.all.len(), "account"),
        counted(locations, "location"),
        from(&given.source)
    );
    Check::ok("accounts", seen).value("accounts", file.all.len()).value("locations", locations)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// `, from GHL_LOCATION_ID`.
fn from(source: &Source) -> String {
    match source {
        Source::Flag(name) | Source::Environment(name) => format!(", from {name}"),
        Source::File(name, path) => format!(", from {} ({name})", shown(path)),
        Source::Default | Source::Unfilled(_) => " (the default)".to_owned(),
    }
}

/// The kind of a source, for programs.
fn kind(source: &Source) -> &'static str {
    match source {
        Source::Flag(_) => "flag",
        Source::Environment(_) => "environment",
        Source::File(..) => "file",
        Source::Unfilled(_) => "placeholder",
        Source::Default => "default",
    }
}

/// The flag or the variable, for programs.
fn source(source: &Source) -> Option<&'static str> {
    match source {
        Source::Flag(name) | Source::Environment(name) | Source::File(name, _) | Source::Unfilled(name) => {
            Some(name)
        }
        Source::Default => None,
    }
}
