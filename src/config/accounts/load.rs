//! Reads the accounts file.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::Path;

use crate::config::accounts::account::{Account, BearerSource};
use crate::config::accounts::file::RawFile;
use crate::config::accounts::resolve::AccountReader;
use crate::config::environment::Environment;
use crate::config::error::ConfigError;
use crate::config::secret_file::read_setting;

/// The content of the file, with the credentials that it names.
#[derive(Debug, Clone)]
pub struct AccountsFile {
    /// At least one, in the order of the file.
    pub all: Vec<Account>,
    /// The token for `/metrics`, which are of all accounts together.
    pub metrics: Option<BearerSource>,
}

impl AccountsFile {
    /// Reads the file at `path`; `setting` is the name under which the path was given. `shared`: a store that several processes
    /// share keeps the tokens of apps.
    ///
    /// # Errors
    /// The first entry that cannot be used, named by its place and not by its value.
    pub fn read(
        path: &Path,
        setting: &str,
        environment: &dyn Environment,
        shared: bool,
    ) -> Result<Self, ConfigError> {
        let text = read_setting(setting, path)?;
        Self::parse(&text, path.parent().unwrap_or(Path::new("")), setting, environment, shared)
    }

    pub(crate) fn parse(
        text: &str,
        folder: &Path,
        setting: &str,
        environment: &dyn Environment,
        shared: bool,
    ) -> Result<Self, ConfigError> {
        let file = RawFile::parse(text, setting)?;
        let reader = AccountReader { folder, setting, environment, shared, opened: RefCell::default() };
        let all: Vec<Account> =
            file.account.into_iter().map(|account| reader.account(account)).collect::<Result<_, _>>()?;
        if all.is_empty() {
            return Err(ConfigError::new(setting, "has no [[account]]"));
        }
        let mut names = HashSet::new();
        if let Some(one) = all.iter().find(|account| !names.insert(&account.name)) {
            return Err(ConfigError::new(setting, format!("has two accounts named \"{}\"", one.name)));
        }
        let metrics = file.metrics.map(|raw| reader.token("metrics", raw)).transpose()?.flatten();
        Ok(Self { all, metrics })
    }

    /// The account with this name; without a name, the only account.
    ///
    /// # Errors
    /// No account has this name, or there is no name and more than one account.
    pub fn pick(&self, name: Option<&str>) -> Result<&Account, ConfigError> {
        let names = || self.all.iter().map(|account| account.name.as_str()).collect::<Vec<_>>().join(", ");
        match (name, self.all.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(ConfigError::new("--account", format!("is needed: one of {}", names()))),
            (Some(name), all) => all.iter().find(|account| account.name == name).ok_or_else(|| {
                ConfigError::new("--account", format!("\"{name}\" is not one of {}", names()))
            }),
        }
    }
}

#[cfg(test)]
mod tests;
