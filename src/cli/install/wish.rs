//! What a person wants of `install`, brought together with the entry that is there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::error::CliError;
use crate::cli::hosts::{Entry, Form, Host};
use crate::cli::install::command::Command;
use crate::cli::install::console::Console;
use crate::cli::install::own_args::own_args;
use crate::cli::install::server::{LOCATION, Server, TOKEN, TOKEN_FILE, input_variable};
use crate::config::{Config, ConfigError, Flags, is_unfilled, token_text};
use crate::ghl::LocationId;
use crate::ghl::auth::Credential;

/// The other name of the token's variable.
const API_KEY: &str = "GHL_API_KEY";

/// Where the server's token comes from.
#[derive(Debug)]
pub(crate) enum Token {
    /// From this process, the person, or the entry, where others may read it: it goes into its own file.
    Known(SecretString),
    /// As it is in the entry: a file, or an input.
    Kept,
    /// VS Code asks for it.
    Asked,
    /// No one knows it.
    Missing,
    /// The server needs none, or takes it from elsewhere.
    NotNeeded,
}

/// A server, and what is still missing.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) server: Server,
    pub(crate) token: Token,
    pub(crate) has_location: bool,
}

/// What is known before anyone is asked.
pub(crate) struct Known<'a> {
    pub(crate) host: &'static Host,
    pub(crate) name: String,
    pub(crate) command: Command,
    pub(crate) config: &'a Config,
    pub(crate) flags: &'a Flags,
    /// The entry that is there under this name.
    pub(crate) entry: Option<Entry>,
    /// The file for the token.
    pub(crate) token_file: PathBuf,
}

impl Known<'_> {
    /// The server without its variables.
    pub(crate) fn bare(&self) -> Server {
        let replace = self.entry.as_ref().is_some_and(|entry| !entry.starts_us());
        let ours = self.entry.as_ref().filter(|_| !replace);
        Server {
            name: self.name.clone(),
            command: self.command.program.clone(),
            args: [&self.command.args[..], &own_args(self.flags, ours)].concat(),
            env: BTreeMap::new(),
            unset: Vec::new(),
            replace,
        }
    }

    /// Asks for what is missing where `console` is given.
    pub(crate) fn wish(self, mut console: Option<&mut dyn Console>) -> Result<Wish, CliError> {
        let mut server = self.bare();
        let ours = self.entry.as_ref().filter(|_| !server.replace);
        if self.config.sandbox {
            return Ok(Wish { server, token: Token::NotNeeded, has_location: true });
        }
        server.unset.push("GHL_SANDBOX");
        let mut token = self.token(ours);
        let mut location = self.config.location.as_ref().map(ToString::to_string);
        let mut has_location = location.is_some()
            || ours.is_some_and(|entry| filled(entry, LOCATION).is_some() || asks_for(entry, LOCATION));
        if let Some(console) = &mut console {
            if matches!(token, Token::Missing) {
                token = ask_token(*console)?.map_or(Token::Missing, Token::Known);
            }
            if !has_location && !matches!(token, Token::NotNeeded) {
                location = ask_location(*console)?;
                has_location = location.is_some();
            }
        }
        let asks = matches!(self.host.form, Form::Json { key: "servers", .. });
        match &token {
            Token::Known(_) => {
                let file = self.token_file.to_str().ok_or_else(|| {
                    CliError::Install("the path of the token's file is not Unicode text".to_owned())
                })?;
                server.env.insert(TOKEN_FILE.to_owned(), file.to_owned());
                server.unset.extend([TOKEN, API_KEY]);
            }
            Token::Missing if asks => {
                server.env.insert(TOKEN.to_owned(), input_variable(TOKEN));
                token = Token::Asked;
            }
            _ => {}
        }
        if !has_location && asks && !matches!(token, Token::NotNeeded) {
            location = Some(input_variable(LOCATION));
            has_location = true;
        }
        if let Some(location) = location {
            server.env.insert(LOCATION.to_owned(), location);
        }
        has_location |= matches!(token, Token::NotNeeded);
        Ok(Wish { server, token, has_location })
    }

    fn token(&self, ours: Option<&Entry>) -> Token {
        match &self.config.credential {
            Credential::Token(token) => return Token::Known(token.clone()),
            Credential::OAuth(_) => return Token::NotNeeded,
            Credential::Missing => {}
        }
        if self.config.accounts.is_some() {
            return Token::NotNeeded;
        }
        let Some(entry) = ours else { return Token::Missing };
        let plain = [TOKEN, API_KEY].iter().find_map(|name| filled(entry, name));
        if let Some(plain) = plain {
            return Token::Known(plain.trim().to_owned().into());
        }
        if asks_for(entry, TOKEN) || filled(entry, TOKEN_FILE).is_some() {
            Token::Kept
        } else {
            Token::Missing
        }
    }
}

/// The value of a variable that was filled in.
fn filled<'a>(entry: &'a Entry, name: &str) -> Option<&'a str> {
    entry.env.get(name).map(String::as_str).filter(|value| !is_unfilled(value))
}

/// Whether VS Code asks for the value of a variable.
fn asks_for(entry: &Entry, name: &str) -> bool {
    entry.env.get(name).is_some_and(|value| value.starts_with("${input:"))
}

/// Whether an entry holds a token that its file shows.
pub(crate) fn shows_token(entry: &Entry) -> bool {
    [TOKEN, API_KEY].iter().any(|name| filled(entry, name).is_some())
}

fn ask_token(console: &mut dyn Console) -> Result<Option<SecretString>, CliError> {
    let question = "HighLevel private integration token (Settings > Private Integrations; not shown; Enter to leave it out): ";
    let answer = console.ask_secret(question)?;
    if is_unfilled(answer.expose_secret()) {
        return Ok(None);
    }
    Ok(Some(token_text("the token", answer.expose_secret())?.into()))
}

fn ask_location(console: &mut dyn Console) -> Result<Option<String>, CliError> {
    let answer =
        console.ask("Location: its id, or the address of its dashboard (Enter to leave it out): ")?;
    if is_unfilled(&answer) {
        return Ok(None);
    }
    let location =
        LocationId::read(&answer).map_err(|error| ConfigError::new("the location", error.to_string()))?;
    Ok(Some(location.to_string()))
}

#[cfg(test)]
mod tests;
