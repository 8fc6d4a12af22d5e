//! What `install` is about to do: it is shown, confirmed and carried out.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::cli::error::CliError;
use crate::cli::hosts::{Entry, Host};
use crate::cli::install::console::Console;
use crate::cli::install::file::Target;
use crate::cli::install::show;
use crate::cli::install::token::{self, Change};
use crate::cli::install::wish::{Token, Wish, shows_token};
use crate::cli::output::print_stdout;
use crate::config::{Home, Os};

/// Everything that is known once the person was asked.
pub(crate) struct Plan<'a> {
    pub(crate) host: &'static Host,
    pub(crate) home: &'a Home,
    /// The host's file as a person reads it.
    pub(crate) shown: String,
    pub(crate) target: Target,
    /// The entry that is there under this name.
    pub(crate) entry: Option<Entry>,
    pub(crate) wish: Wish,
    /// The new text of the file.
    pub(crate) new: String,
    pub(crate) token_file: PathBuf,
    /// What a person should know of the command.
    pub(crate) note: Option<String>,
}

impl Plan<'_> {
    /// Shows it, asks, and writes: the token first, since the host's file names its file.
    pub(crate) fn carry_out(
        self,
        yes: bool,
        sandbox: bool,
        console: &mut dyn Console,
    ) -> Result<(), CliError> {
        let (title, shown) = (self.host.title, &self.shown);
        let token = self.token()?;
        if self.new == self.target.text() && token.is_none() {
            print_stdout(&format!("Nothing changes: {title} has this server already, in {shown}."));
            self.say_what_is_missing();
            return Ok(());
        }
        self.show(token.map(|(_, change)| change));
        show::confirm(console, yes)?;
        if let Some((token, _)) = token {
            let refused = |reason| CliError::Install(format!("{reason}. Nothing was written"));
            token::store(&self.token_file, token).map_err(refused)?;
        }
        let secret = self.entry.as_ref().is_some_and(shows_token);
        let kept = self.target.replace(&self.new, secret).map_err(|error| {
            let written = if token.is_some() { "Only the token was written" } else { "Nothing was written" };
            CliError::Install(format!("{shown}: {error}. {written}"))
        })?;
        print_stdout(&format!("{title} starts this server now: {shown}"));
        show::kept(self.home, kept.as_deref());
        self.say_what_is_missing();
        show::next(self.host, sandbox);
        Ok(())
    }

    /// The token that is to be written, and what that changes.
    fn token(&self) -> Result<Option<(&SecretString, Change)>, CliError> {
        let Token::Known(token) = &self.wish.token else { return Ok(None) };
        let change = token::compare(&self.token_file, token)
            .map_err(|reason| CliError::Install(format!("{reason}. Nothing was written")))?;
        Ok((change != Change::None).then_some((token, change)))
    }

    fn show(&self, token: Option<Change>) {
        if !self.target.exists() {
            print_stdout(&format!("{} does not exist; it is made.", self.shown));
        }
        show::difference(&self.shown, self.target.text(), &self.new);
        if self.wish.server.replace
            && let Some(Entry { name, command, .. }) = &self.entry
        {
            print_stdout(&format!("\"{name}\" there starts another program, {command}. It is replaced."));
        }
        if let Some(note) = &self.note {
            print_stdout(&format!("{note}."));
        }
        let file = self.home.shown(&self.token_file);
        let who = if self.home.os == Os::Windows { "in your own profile" } else { "which only you can read" };
        match token {
            Some(Change::Other) => {
                print_stdout(&format!(
                    "The token in {file} is replaced, for every host that names this file."
                ));
            }
            Some(_) => {
                print_stdout(&format!(
                    "The token goes into {file}, {who}; the host's file names that file only."
                ));
            }
            None => {}
        }
    }

    fn say_what_is_missing(&self) {
        if matches!(self.wish.token, Token::Asked) {
            print_stdout(
                "VS Code asks for the token when it first starts the server, and keeps it encrypted.",
            );
        }
        show::missing(self.host, matches!(self.wish.token, Token::Missing), !self.wish.has_location);
    }
}
