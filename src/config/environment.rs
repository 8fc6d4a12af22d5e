//! The environment and files, from which settings are read.

use std::io;
use std::path::Path;

use crate::config::error::Wrong;
use crate::config::value::{Source, token};
use crate::ghl::auth::Credential;

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
        #[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
        std::env::var(name).ok().filter(|value| !value.trim().is_empty())
    }
}

/// Reads settings from flags and the environment.
pub(crate) struct Reader<'a, E> {
    pub(crate) environment: &'a E,
}

impl<E: Environment> Reader<'_, E> {
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

    pub(crate) fn switch(&self, flag: bool, variable: &'static str) -> Result<bool, Wrong> {
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
    pub(crate) fn credential(&self) -> Result<(Credential, Source), Wrong> {
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
            .map_err(|error| Wrong::new(variable, format!("the file cannot be read: {error}")))?;
        Ok((token(variable, &text)?, Source::Environment(variable)))
    }
}

/// The text of a file that a setting names.
#[expect(clippy::disallowed_methods, reason = "the only place that reads the files that settings name")]
pub(crate) fn read_file(path: &Path) -> io::Result<String> {
    std::fs::read_to_string(path)
}
