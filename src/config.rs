//! Owns: every environment variable and file that is read as a setting, and what a valid value is.
//! May import: `ghl` (types only).
//! Never: prints, makes a request, keeps a secret in a type that shows it, ignores a word that it does not know.
//! Tests: the tables in this file, `tests/it/program.rs` for exit code 2.
#![expect(
    clippy::disallowed_methods,
    reason = "this module reads the environment and the files that it names"
)]

mod accounts;
mod address;
mod flags;
mod http;
mod oauth;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use url::Url;

use crate::ghl::auth::{Credential, OAuth};
use crate::ghl::{Dialect, LocationId};

pub use crate::config::accounts::{Account, Accounts, BearerSource, Place};
pub use crate::config::flags::Flags;
pub use crate::config::http::{Http, HttpFlags, Key};

/// HighLevel's API.
const HIGHLEVEL: &str = "https://services.leadconnectorhq.com";

/// Where a value came from, for a person to see. Never the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A flag.
    Flag(&'static str),
    /// An environment variable.
    Environment(&'static str),
    /// Nothing was set.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting that cannot be used: one clear line, exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {reason}")]
pub struct Wrong {
    setting: String,
    reason: String,
}

impl Wrong {
    /// The setting, by the name under which it was given, and what is wrong with it. Never a secret's value.
    #[must_use]
    pub fn new(setting: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { setting: setting.into(), reason: reason.into() }
    }
}

/// All settings, valid.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a person sets by its own name")]
pub struct Config {
    /// Several accounts, from a file, in place of the one token and location below.
    pub accounts: Option<Accounts>,
    /// The account that stdin and stdout serve.
    pub account: Option<String>,
    /// The API's address.
    pub base_url: Url,
    /// The token, the app, or that there is none. A private integration token comes before an app.
    pub credential: Credential,
    /// Where the token came from.
    pub credential_source: Source,
    /// The app whose tokens `login` fetches, or what is wrong with its settings: nobody minds where a token is set.
    pub oauth: Result<Option<Arc<OAuth>>, Wrong>,
    /// The sub-account.
    pub location: Option<LocationId>,
    /// Fixed dialect; none for auto.
    pub dialect: Option<Dialect>,
    /// HighLevel's own upsert instead of the safe one.
    pub native_upsert: bool,
    /// ISO 3166-1 alpha-2; checked by whoever uses it.
    pub country: Option<String>,
    /// Words of `--toolsets`.
    pub toolsets: Option<String>,
    /// No writing tools.
    pub read_only: bool,
    /// Run against the built-in sandbox.
    pub sandbox: bool,
    /// The sandbox's dialect: `current` or `recipe`.
    pub sandbox_dialect: Option<String>,
    /// Log filter, where one is set.
    pub log: Option<String>,
    /// Log lines as JSON.
    pub log_json: bool,
    /// Colour on a terminal is welcome (<https://no-color.org>).
    pub color: bool,
}

/// The environment as this room sees it.
pub trait Environment {
    /// A variable's value, where it is set and not empty.
    fn get(&self, name: &str) -> Option<String>;
}

/// The process's own.
#[derive(Debug, Clone, Copy)]
pub struct Process;

impl Environment for Process {
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.trim().is_empty())
    }
}

struct Reader<'a, E> {
    environment: &'a E,
}

impl<E: Environment> Reader<'_, E> {
    fn value(
        &self,
        flag: Option<&String>,
        name: &'static str,
        variable: &'static str,
    ) -> (Option<String>, Source) {
        if let Some(value) = flag {
            return (Some(value.trim().to_owned()), Source::Flag(name));
        }
        match self.environment.get(variable) {
            Some(value) => (Some(value.trim().to_owned()), Source::Environment(variable)),
            None => (None, Source::Default),
        }
    }

    fn switch(&self, flag: bool, variable: &'static str) -> Result<bool, Wrong> {
        if flag {
            return Ok(true);
        }
        match self.environment.get(variable).as_deref().map(str::trim) {
            None | Some("0" | "false" | "no" | "off") => Ok(false),
            Some("1" | "true" | "yes" | "on") => Ok(true),
            Some(other) => Err(Wrong::new(variable, format!("\"{other}\" is neither true nor false"))),
        }
    }

    /// `GHL_PIT_TOKEN`, else `GHL_API_KEY`, which other servers use, else the file that `GHL_PIT_TOKEN_FILE` names.
    fn credential(&self) -> Result<(Credential, Source), Wrong> {
        for variable in ["GHL_PIT_TOKEN", "GHL_API_KEY"] {
            if let Some(value) = self.environment.get(variable) {
                return Ok((token(variable, &value)?, Source::Environment(variable)));
            }
        }
        let variable = "GHL_PIT_TOKEN_FILE";
        let Some(path) = self.environment.get(variable) else {
            return Ok((Credential::Missing, Source::Default));
        };
        let text = std::fs::read_to_string(Path::new(path.trim()))
            .map_err(|error| Wrong::new(variable, format!("the file cannot be read: {error}")))?;
        Ok((token(variable, &text)?, Source::Environment(variable)))
    }
}

fn token(setting: &str, text: &str) -> Result<Credential, Wrong> {
    visible(setting, text).map(|token| Credential::Token(token.into()))
}

/// A token in visible ASCII; the newline that an editor leaves at the end of a file is not part of it.
fn visible(setting: &str, text: &str) -> Result<String, Wrong> {
    let token = text.trim();
    if token.is_empty() {
        return Err(Wrong::new(setting, "is empty"));
    }
    if token.len() > 4096 || !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Wrong::new(
            setting,
            "is not a token: it holds a space, a line break or a character outside ASCII",
        ));
    }
    Ok(token.to_owned())
}

impl Config {
    /// Reads all settings.
    ///
    /// # Errors
    /// The first one that cannot be used.
    pub fn read(flags: &Flags, environment: &impl Environment) -> Result<Self, Wrong> {
        let reader = Reader { environment };
        let (base, base_source) = reader.value(flags.base_url.as_ref(), "--base-url", "GHL_BASE_URL");
        let base_url = address::parse(base.as_deref().unwrap_or(HIGHLEVEL))
            .map_err(|reason| Wrong::new(base_source.to_string(), reason))?;
        let (location, source) = reader.value(flags.location_id.as_ref(), "--location-id", "GHL_LOCATION_ID");
        let location = location.map(|id| id.parse::<LocationId>()).transpose();
        let location = location.map_err(|reason| Wrong::new(source.to_string(), reason.to_string()))?;
        let (dialect, source) = reader.value(flags.dialect.as_ref(), "--dialect", "GHL_DIALECT");
        let dialect = word(
            dialect,
            &source,
            &[("auto", None), ("current", Some(Dialect::Current)), ("recipe", Some(Dialect::Recipe))],
        )?;
        let (upsert, source) = reader.value(flags.upsert.as_ref(), "--upsert", "GHL_UPSERT");
        let native_upsert = word(upsert, &source, &[("safe", false), ("native", true)])?;
        let (log_format, source) = reader.value(flags.log_format.as_ref(), "--log-format", "GHL_LOG_FORMAT");
        let log_json = word(log_format, &source, &[("text", false), ("json", true)])?;
        let (accounts, source) = reader.value(flags.accounts.as_ref(), "--accounts", "GHL_ACCOUNTS");
        let accounts =
            accounts.map(|path| Accounts::read(Path::new(&path), &source.to_string(), environment));
        let accounts = accounts.transpose()?;
        let (credential, credential_source) = reader.credential()?;
        let oauth = reader.oauth(flags);
        let (credential, credential_source) = match (credential, &oauth) {
            (Credential::Missing, Ok(Some(oauth))) => {
                (Credential::OAuth(Arc::clone(oauth)), Source::Environment("GHL_CLIENT_ID"))
            }
            // An app without a store of its own may stand for the stores of the accounts.
            (Credential::Missing, Err(wrong)) if accounts.is_none() => return Err(wrong.clone()),
            (credential, _) => (credential, credential_source),
        };
        let sandbox = reader.switch(flags.sandbox || flags.sandbox_dialect.is_some(), "GHL_SANDBOX")?;
        Ok(Self {
            accounts,
            account: reader.value(flags.account.as_ref(), "--account", "GHL_ACCOUNT").0,
            base_url,
            credential,
            credential_source,
            oauth,
            location,
            dialect,
            native_upsert,
            country: reader.value(flags.country.as_ref(), "--country", "GHL_COUNTRY").0,
            toolsets: reader.value(flags.toolsets.as_ref(), "--toolsets", "GHL_TOOLSETS").0,
            read_only: reader.switch(flags.read_only, "GHL_READ_ONLY")?,
            sandbox,
            sandbox_dialect: flags.sandbox_dialect.clone(),
            log: reader.value(flags.log.as_ref(), "--log", "GHL_LOG").0,
            log_json,
            color: environment.get("NO_COLOR").is_none(),
        })
    }
}

impl Config {
    /// Every credential: the one of all, and those of the accounts.
    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        let accounts = self.accounts.iter().flat_map(|accounts| &accounts.all);
        let own = accounts.flat_map(|account| &account.locations).map(|place| &place.credential);
        std::iter::once(&self.credential).chain(own)
    }
}

/// The meaning of a word, the first one's where nothing is set.
fn word<T: Clone>(given: Option<String>, source: &Source, known: &[(&str, T)]) -> Result<T, Wrong> {
    let words = || known.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    let found = match &given {
        Some(given) => known.iter().find(|(word, _)| word == given),
        None => known.first(),
    };
    found.map(|(_, meaning)| meaning.clone()).ok_or_else(|| {
        Wrong::new(source.to_string(), format!("\"{}\" is not one of {}", given.unwrap_or_default(), words()))
    })
}

#[cfg(test)]
#[path = "config/tests.rs"]
mod tests;
