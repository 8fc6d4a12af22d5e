//! Values of settings, and where they came from.

use std::fmt;

use crate::config::error::Wrong;
use crate::ghl::auth::Credential;

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

/// The meaning of a word, the first one's where nothing is set.
pub(crate) fn word<T: Clone>(
    given: Option<String>,
    source: &Source,
    known: &[(&str, T)],
) -> Result<T, Wrong> {
    let words = || known.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    let found = match &given {
        Some(given) => known.iter().find(|(word, _)| word == given),
        None => known.first(),
    };
    found.map(|(_, meaning)| meaning.clone()).ok_or_else(|| {
        Wrong::new(source.to_string(), format!("\"{}\" is not one of {}", given.unwrap_or_default(), words()))
    })
}

pub(crate) fn token(setting: &str, text: &str) -> Result<Credential, Wrong> {
    visible(setting, text).map(|token| Credential::Token(token.into()))
}

/// A token in visible ASCII; the newline that an editor leaves at the end of a file is not part of it.
pub(crate) fn visible(setting: &str, text: &str) -> Result<String, Wrong> {
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
