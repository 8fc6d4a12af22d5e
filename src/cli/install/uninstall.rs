//! `uninstall HOST`: takes this server out of a host's settings.

use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::cli::hosts::{Entry, Host, found};
use crate::cli::install::console::Console;
use crate::cli::install::file::Target;
use crate::cli::install::server::TOKEN_FILE;
use crate::cli::install::wish::shows_token;
use crate::cli::install::{edit, show, token};
use crate::cli::output::print_stdout;
use crate::config::Home;

/// What to take out.
pub(crate) struct Uninstall<'a> {
    pub(crate) host: &'static Host,
    pub(crate) name: &'a str,
    pub(crate) file: PathBuf,
    pub(crate) yes: bool,
}

impl Uninstall<'_> {
    pub(crate) fn run(&self, home: &Home, console: &mut dyn Console) -> Result<(), CliError> {
        let (host, name, shown) = (self.host, self.name, home.shown(&self.file));
        let failed = |reason: String| CliError::Install(format!("{shown}: {reason}. Nothing was written"));
        let target = Target::open(&self.file).map_err(failed)?;
        let entry = edit::entry(host, &self.file, target.text(), name).map_err(failed)?;
        let Some(entry) = entry else {
            print_stdout(&format!("Nothing to take out: {shown} has no server named {name}."));
            return Ok(());
        };
        if !entry.starts_us() {
            let command = &entry.command;
            return Err(failed(format!(
                "\"{name}\" there starts another program, {command}: take it out by hand"
            )));
        }
        let copies = target.copies();
        // The last: a file that was not there.
        let mut copies = copies.iter().map(String::as_str).chain([""]);
        let new = copies.find_map(|copy| edit::before(host, target.text(), copy, name));
        let new = new.map_or_else(|| edit::remove(host, target.text(), name), Ok).map_err(failed)?;
        show::difference(&shown, target.text(), &new);
        let token = own_token(home, &entry);
        if let Some(path) = &token {
            print_stdout(&format!("The token in {} is deleted: no other host uses it.", home.shown(path)));
        }
        show::confirm(console, self.yes)?;
        let kept = target.replace(&new, shows_token(&entry)).map_err(|error| failed(error.to_string()))?;
        print_stdout(&format!("{} starts this server no more: {shown}", host.title));
        show::kept(home, kept.as_deref());
        if let Some(path) = token {
            token::remove(&path)
                .map_err(|error| CliError::Install(format!("the token was not deleted: {error}")))?;
        }
        print_stdout(&format!("A server that runs already ends when {} is restarted.", host.title));
        Ok(())
    }
}

/// The file of the entry's token, if `install` made it and no other entry names it.
fn own_token(home: &Home, entry: &Entry) -> Option<PathBuf> {
    let path = Path::new(entry.env.get(TOKEN_FILE)?);
    let is_same = |other: &Entry| {
        (&other.file, &other.name, &other.project) == (&entry.file, &entry.name, &entry.project)
    };
    let found = found(home, None);
    let uses = |other: &&Entry| other.env.get(TOKEN_FILE).map(Path::new) == Some(path) && !is_same(other);
    let is_free = found.unreadable.is_empty() && !found.entries.iter().any(|other| uses(&other));
    (is_free && path.parent() == Some(&home.own()) && path.is_file()).then(|| path.to_owned())
}
