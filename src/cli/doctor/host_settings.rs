//! The settings that a host gives the server, read as the server reads them.

use std::collections::BTreeMap;

use secrecy::ExposeSecret as _;

use crate::cli::hosts::Entry;
use crate::config::{Config, ConfigError, Environment, Flags, Given, Source};
use crate::ghl::auth::Credential;

/// The variables of an entry.
#[derive(Debug)]
struct Variables(BTreeMap<String, String>);

impl Environment for Variables {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.trim().is_empty()).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

/// The settings of an entry.
///
/// # Errors
/// A setting with which the server would not start.
pub(crate) fn read(entry: &Entry) -> Result<Config, ConfigError> {
    let mut variables = entry.env.clone();
    // `docker run -e GHL_LOCATION_ID=...`
    let given = entry.args.iter().filter_map(|word| word.split_once('='));
    let given = given.filter(|(name, _)| name.starts_with("GHL_"));
    variables.extend(given.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let flag = |name: &str| -> Option<String> {
        let mut words = entry.args.iter();
        let inline = format!("{name}=");
        while let Some(word) = words.next() {
            match word.strip_prefix(&inline) {
                Some(value) => return Some(value.to_owned()),
                None if word == name => return words.next().cloned(),
                None => {}
            }
        }
        None
    };
    let flags = Flags {
        location_id: flag("--location-id"),
        token_store: flag("--token-store"),
        accounts: flag("--accounts"),
        account: flag("--account"),
        base_url: flag("--base-url"),
        sandbox: entry.args.iter().any(|word| word == "--sandbox"),
        sandbox_dialect: flag("--sandbox-dialect"),
        ..Flags::default()
    };
    Config::read(&flags, &Variables(variables))
}

/// How the token of a host compares with the one that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// The sandbox makes one up.
    Sandbox,
    /// The accounts file names them.
    Accounts,
    /// The same value, or the same store.
    Same,
    /// Another one.
    Another,
    /// There is one, and none to compare it with.
    Uncompared,
    /// The variable holds a placeholder.
    Placeholder(&'static str),
    /// Nothing is set.
    Missing,
}

impl Token {
    /// Its name for programs.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Accounts => "accounts",
            Self::Same => "same",
            Self::Another => "another",
            Self::Uncompared => "uncompared",
            Self::Placeholder(_) => "placeholder",
            Self::Missing => "missing",
        }
    }
}

/// Compares the token of a host, `theirs`, with those of `ours`. The values stay in memory.
pub(crate) fn compare(ours: &Config, theirs: &Config) -> Token {
    if theirs.sandbox {
        return Token::Sandbox;
    }
    if theirs.accounts.is_some() {
        return Token::Accounts;
    }
    if matches!(theirs.credential, Credential::Missing) {
        return match source(theirs, "token") {
            Some(Source::Unfilled(name)) => Token::Placeholder(name),
            _ => Token::Missing,
        };
    }
    let mut known = ours.credentials().filter(|one| !matches!(one, Credential::Missing)).peekable();
    if ours.sandbox || known.peek().is_none() {
        return Token::Uncompared;
    }
    if known.any(|one| is_same(one, &theirs.credential)) { Token::Same } else { Token::Another }
}

/// The source of a setting.
pub(crate) fn source<'a>(config: &'a Config, setting: &str) -> Option<&'a Source> {
    config.given.iter().find(|given| given.setting == setting).map(|Given { source, .. }| source)
}

fn is_same(one: &Credential, other: &Credential) -> bool {
    match (one, other) {
        (Credential::Token(one), Credential::Token(other)) => one.expose_secret() == other.expose_secret(),
        (Credential::OAuth(one), Credential::OAuth(other)) => {
            one.client_id() == other.client_id() && one.store().path() == other.store().path()
        }
        _ => false,
    }
}
