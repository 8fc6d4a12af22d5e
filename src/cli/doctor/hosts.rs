//! One line for each entry of this server in a host of this machine: does it start, which version, with which token?

use std::fmt::Write as _;
use std::path::Path;

use futures_util::future::join_all;

use crate::cli::doctor::check::{Check, Section};
use crate::cli::doctor::host_settings::{self, Token, compare};
use crate::cli::doctor::start::{Started, start};
use crate::cli::hosts::{Entry, Found, Host, NAME, Places, found};
use crate::config::{Config, Home, Os, ProcessEnvironment, Source};

/// The lines of all hosts. Each server is started as its host does, and ended.
pub(crate) async fn section(config: &Config) -> Section {
    let title = "Hosts on this machine";
    let home = match Home::read(Os::this(), &ProcessEnvironment) {
        Ok(home) => home,
        Err(error) => {
            let check = Check::skipped("hosts", format!("not looked for: {error}")).named("hosts");
            return Section::new("hosts", title, vec![check]);
        }
    };
    let folder = std::env::current_dir().ok();
    let found = found(&home, folder.as_deref());
    let lines = found.entries.iter().map(|entry| line(config, &home, entry));
    let mut checks: Vec<Check> = join_all(lines).await;
    for file in &found.unreadable {
        checks.push(
            Check::warning(
                format!("host.{}", file.host.id),
                format!("{}: {}", home.shown(&file.file), file.reason),
                format!("Correct the file: {} reads no server from it.", file.host.title),
            )
            .named(file.host.title)
            .value("file", shown(&file.file)),
        );
    }
    checks.extend(others(&found));
    Section::new("hosts", title, checks)
}

/// The hosts that are here and do not have this server.
fn others(found: &Found) -> Option<Check> {
    let has = |host: &Host| {
        found.entries.iter().any(|entry| entry.host.id == host.id)
            || found.unreadable.iter().any(|file| file.host.id == host.id)
    };
    let without: Vec<_> = found.hosts.iter().filter(|host| !has(host)).collect();
    match without.as_slice() {
        [] if found.entries.is_empty() && found.unreadable.is_empty() => {
            Some(Check::skipped("hosts", "no host that this program knows is on this machine").named("hosts"))
        }
        [] => None,
        [first, ..] => {
            let titles: Vec<_> = without.iter().map(|host| host.title).collect();
            let seen = format!(
                "here without this server: {}; to add it: ghl-contacts-mcp install {}",
                titles.join(", "),
                first.id
            );
            let ids: Vec<_> = without.iter().map(|host| host.id).collect();
            Some(Check::skipped("hosts", seen).named("others").value("without", ids))
        }
    }
}

async fn line(config: &Config, home: &Home, entry: &Entry) -> Check {
    let check = checked(config, home, entry).await;
    let project = entry.project.as_deref().map(|folder| format!(" ({folder})")).unwrap_or_default();
    let name = if entry.name == NAME { String::new() } else { format!(" \"{}\"", entry.name) };
    check
        .named(format!("{}{name}{project}", entry.host.title))
        .value("host", entry.host.id)
        .value("file", shown(&entry.file))
        .value("name", entry.name.clone())
        .value("project", entry.project.clone())
}

async fn checked(config: &Config, home: &Home, entry: &Entry) -> Check {
    let id = format!("host.{}", entry.host.id);
    let file = home.shown(&entry.file);
    if !entry.starts_us() {
        return Check::warning(
            id,
            format!("{file}: \"{}\" starts another program; it was not started", entry.name),
            format!("To let it start this one: ghl-contacts-mcp install {}.", entry.host.id),
        );
    }
    let of_this_folder = !Places::of(entry.host, home).all.contains(&entry.file);
    if of_this_folder {
        // A project may come from others. A host asks before it starts what stands there.
        return Check::skipped(id, format!("{file}, of the project in this folder: not started"));
    }
    let settings = match host_settings::read(entry) {
        Ok(settings) => settings,
        Err(error) => {
            let todo = format!("Correct it in {file}. {}.", entry.host.restart);
            return Check::failed(
                id,
                format!("the server does not start with these settings: {error}"),
                todo,
            );
        }
    };
    let token = compare(config, &settings);
    let check = match start(entry).await {
        Err(why) => {
            let todo = format!(
                "Check command and args in {file}, or write them anew: ghl-contacts-mcp install {}. A package that is downloaded first may take longer: start it once by hand.",
                entry.host.id
            );
            Check::failed(id, why, todo).value("starts", false)
        }
        Ok(started) => judged(id, entry, &file, &started, &settings, &token, config)
            .value("starts", true)
            .value("version", started.version)
            .value("tools", started.tools),
    };
    check.value("token", token.name()).value("sandbox", settings.sandbox)
}

/// The line of a server that starts.
fn judged(
    id: String,
    entry: &Entry,
    file: &str,
    started: &Started,
    settings: &Config,
    token: &Token,
    config: &Config,
) -> Check {
    let Started { version, tools, .. } = started;
    let (words, todo) = words(entry, file, token);
    let mut seen = format!("starts, version {version}, {tools} tools, {words}");
    let mut todo = todo;
    if !matches!(token, Token::Sandbox | Token::Accounts) {
        match (&settings.location, &config.location) {
            (None, _) => {
                seen += ", no location";
                todo = todo.or_else(|| {
                    not_filled_in(
                        entry,
                        file,
                        host_settings::source(settings, "location-id"),
                        "GHL_LOCATION_ID",
                    )
                });
            }
            (Some(theirs), Some(ours)) if theirs != ours && !config.sandbox => {
                _ = write!(seen, ", another location ({theirs})");
            }
            _ => {}
        }
    }
    if version != env!("CARGO_PKG_VERSION") {
        _ = write!(seen, "; this program is {}", env!("CARGO_PKG_VERSION"));
        todo = todo.or_else(|| Some(format!("Update what {file} starts.")));
    }
    match todo {
        Some(todo) => Check::warning(id, seen, todo),
        None => Check::ok(id, seen),
    }
}

/// What is said of the token, and what to do.
fn words(entry: &Entry, file: &str, token: &Token) -> (String, Option<String>) {
    let set = format!("Set GHL_PIT_TOKEN in {file}. {}.", entry.host.restart);
    match token {
        Token::Sandbox => ("against the sandbox".to_owned(), None),
        Token::Accounts => ("with an accounts file".to_owned(), None),
        Token::Same => ("with the same token as here".to_owned(), None),
        Token::Another => ("with another token than here".to_owned(), None),
        Token::Uncompared => ("with a token (there is none here to compare it with)".to_owned(), None),
        Token::Missing => ("without a token".to_owned(), Some(set)),
        Token::Placeholder(name) if is_asked_for(entry, name) => {
            (format!("{} puts the token in itself", entry.host.title), None)
        }
        Token::Placeholder(name) => (format!("with a placeholder as token ({name})"), Some(set)),
    }
}

fn not_filled_in(entry: &Entry, file: &str, source: Option<&Source>, name: &'static str) -> Option<String> {
    let asked = matches!(source, Some(Source::Unfilled(name)) if is_asked_for(entry, name));
    (!asked).then(|| format!("Set {name} in {file}. {}.", entry.host.restart))
}

/// Whether the host itself puts the value in: VS Code asks for `${input:...}`, and others take it from their own environment.
fn is_asked_for(entry: &Entry, variable: &str) -> bool {
    let value = entry.env.get(variable).map(|value| value.trim()).unwrap_or_default();
    match entry.host.id {
        "vscode" => value.starts_with("${input:") || value.starts_with("${env:"),
        "cursor" | "windsurf" => value.starts_with("${env:"),
        "claude-code" | "gemini" | "qwen" => value.starts_with("${") && value != "${}",
        "opencode" => value.starts_with("{env:") || value.starts_with("{file:"),
        _ => false,
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
