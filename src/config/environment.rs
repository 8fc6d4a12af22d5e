//! Reads environment variables and files.

use std::path::Path;

use crate::config::error::ConfigError;
use crate::config::secret_file::read_file;
use crate::config::value::{Source, token};
use crate::ghl::auth::Credential;

/// Environment variables.
pub trait Environment {
    /// The value of a variable that is set and not empty.
    fn get(&self, name: &str) -> Option<String>;

    /// Whether a variable is set, also to an empty value or to one that is not Unicode.
    fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// The environment of this process.
#[derive(Debug, Clone, Copy)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn get(&self, name: &str) -> Option<String> {
        #[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
        std::env::var(name).ok().filter(|value| !value.trim().is_empty())
    }

    fn is_set(&self, name: &str) -> bool {
        #[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
        std::env::var_os(name).is_some()
    }
}

/// Reads settings from flags and the environment.
pub(crate) struct SettingReader<'a, E> {
    pub(crate) environment: &'a E,
}

impl<E: Environment> SettingReader<'_, E> {
    /// The value of a flag or else of a variable, and its source.
    pub(crate) fn value(
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

    /// Whether a switch is on, by its flag or its variable.
    pub(crate) fn switch(&self, flag: bool, variable: &'static str) -> Result<bool, ConfigError> {
        if flag {
            return Ok(true);
        }
        match self.environment.get(variable).as_deref().map(str::trim) {
            None | Some("0" | "false" | "no" | "off") => Ok(false),
            Some("1" | "true" | "yes" | "on") => Ok(true),
            Some(other) => Err(ConfigError::new(variable, format!("\"{other}\" is neither true nor false"))),
        }
    }

    /// The private integration token: `GHL_PIT_TOKEN`, or else `GHL_API_KEY` (the name in other servers), or else the
    /// file that `GHL_PIT_TOKEN_FILE` names.
    pub(crate) fn credential(&self) -> Result<(Credential, Source), ConfigError> {
        for variable in ["GHL_PIT_TOKEN", "GHL_API_KEY"] {
            if let Some(value) = self.environment.get(variable) {
                return Ok((token(variable, &value)?, Source::Environment(variable)));
            }
        }
        let variable = "GHL_PIT_TOKEN_FILE";
        let Some(path) = self.environment.get(variable) else {
            return Ok((Credential::Missing, Source::Default));
        };
        let text = read_file(Path::new(path.trim()))
            .map_err(|error| ConfigError::new(variable, format!("the file cannot be read: {error}")))?;
        Ok((token(variable, &text)?, Source::Environment(variable)))
    }
}
