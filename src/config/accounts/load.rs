//! The accounts file: which bearer token may work on which locations, and with which credential. It holds no secret:
//! secrets stand in the environment, in files of their own, or as a hash.

use std::cell::RefCell;
use std::path::Path;

use crate::config::accounts::account::{Account, BearerSource};
use crate::config::accounts::file::File;
use crate::config::accounts::resolve::Reader;
use crate::config::environment::{Environment, read_file};
use crate::config::error::Wrong;

/// Everything in the file, its credentials read.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// In the order of the file; at least one.
    pub all: Vec<Account>,
    /// Who may read `/metrics`, which tell of all accounts together.
    pub metrics: Option<BearerSource>,
}

impl Accounts {
    /// Reads the file at `path`; `setting` is the name under which the path was given.
    ///
    /// # Errors
    /// The first thing in it that cannot be used, by its place and never by its value.
    pub fn read(path: &Path, setting: &str, environment: &impl Environment) -> Result<Self, Wrong> {
        let text = read_file(path)
            .map_err(|error| Wrong::new(setting, format!("the file cannot be read: {error}")))?;
        Self::parse(&text, path.parent().unwrap_or(Path::new("")), setting, environment)
    }

    pub(crate) fn parse(
        text: &str,
        folder: &Path,
        setting: &str,
        environment: &impl Environment,
    ) -> Result<Self, Wrong> {
        let file = File::parse(text, setting)?;
        let reader = Reader { folder, setting, environment, stores: RefCell::default() };
        let all: Vec<Account> =
            file.account.into_iter().map(|account| reader.account(account)).collect::<Result<_, _>>()?;
        if all.is_empty() {
            return Err(Wrong::new(setting, "has no [[account]]"));
        }
        for (at, one) in all.iter().enumerate() {
            if all.iter().take(at).any(|other| other.name == one.name) {
                return Err(Wrong::new(setting, format!("has two accounts named \"{}\"", one.name)));
            }
        }
        let metrics = file.metrics.map(|raw| reader.token("metrics", raw)).transpose()?.flatten();
        Ok(Self { all, metrics })
    }

    /// The account of that name, or the only one.
    ///
    /// # Errors
    /// There is none of that name, or none is named and there are several.
    pub fn pick(&self, name: Option<&str>) -> Result<&Account, Wrong> {
        let names = || self.all.iter().map(|account| account.name.as_str()).collect::<Vec<_>>().join(", ");
        match (name, self.all.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(Wrong::new("--account", format!("is needed: one of {}", names()))),
            (Some(name), all) => all
                .iter()
                .find(|account| account.name == name)
                .ok_or_else(|| Wrong::new("--account", format!("\"{name}\" is not one of {}", names()))),
        }
    }
}

#[cfg(test)]
mod tests;
