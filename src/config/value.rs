//! Values of settings, and their sources.

use std::fmt;
use std::path::PathBuf;

use crate::config::error::ConfigError;
use crate::config::unfilled::is_unfilled;
use crate::ghl::auth::Credential;

/// A shorter secret could be found by trying.
pub(crate) const MIN_SECRET_BYTES: usize = 16;

/// Where a value came from. The value itself is not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A flag.
    Flag(&'static str),
    /// An environment variable.
    Environment(&'static str),
    /// A file that a flag or a variable names; and its path.
    File(&'static str, PathBuf),
    /// Nothing: this flag or variable holds a placeholder.
    Unfilled(&'static str),
    /// Nothing was set.
    Default,
}

impl Source {
    /// The flag or the variable.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Flag(name) | Self::Environment(name) | Self::File(name, _) | Self::Unfilled(name) => name,
            Self::Default => "default",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The value of a word. `choices` are the known words; the first is the default.
pub(crate) fn choice<T: Clone>(
    word: Option<String>,
    source: &Source,
    choices: &[(&str, T)],
) -> Result<T, ConfigError> {
    let words = || choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    let found = match &word {
        Some(word) => choices.iter().find(|(known, _)| known == word),
        None => choices.first(),
    };
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        ConfigError::new(source.name(), format!("\"{}\" is not one of {}", word.unwrap_or_default(), words()))
    })
}

/// A private integration token of HighLevel.
pub(crate) fn token(setting: &str, text: &str) -> Result<Credential, ConfigError> {
    token_text(setting, text).map(|token| Credential::Token(token.into()))
}

/// The text of a token or another secret: visible ASCII, without the line break at the end of a file.
pub(crate) fn token_text(setting: &str, text: &str) -> Result<String, ConfigError> {
    let token = text.trim();
    if token.is_empty() {
        return Err(ConfigError::new(setting, "is empty"));
    }
    if token.len() > 4096 || !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(ConfigError::new(
            setting,
            "is not a token: it contains a space, a line break or a character outside ASCII",
        ));
    }
    Ok(token.to_owned())
}

/// How an error names a variable that a file names. A token that stands there by mistake is not shown: only capitals,
/// digits and `_` are, and few of them.
pub(crate) fn variable(key: &str, name: &str) -> String {
    let shown = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if shown { name.to_owned() } else { format!("the variable that {key} names") }
}

/// Splits `text` at commas and white space, and leaves out what was never filled in.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split([',', ' ', '\n', '\t', '\r']).filter(|word| !is_unfilled(word)).map(str::to_owned).collect()
}
