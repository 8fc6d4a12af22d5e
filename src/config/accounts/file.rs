//! The accounts file as it is written.

use std::path::PathBuf;

use serde::Deserialize;

use crate::config::Wrong;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config::accounts) struct File {
    #[serde(default)]
    pub(in crate::config::accounts) account: Vec<RawAccount>,
    pub(in crate::config::accounts) metrics: Option<RawToken>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config::accounts) struct RawAccount {
    pub(in crate::config::accounts) name: String,
    pub(in crate::config::accounts) token_env: Option<String>,
    pub(in crate::config::accounts) token_file: Option<PathBuf>,
    pub(in crate::config::accounts) token_sha256: Option<String>,
    #[serde(default)]
    pub(in crate::config::accounts) token: Vec<RawToken>,
    #[serde(default)]
    pub(in crate::config::accounts) location: Vec<RawPlace>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the fields are the file's own words")]
pub(in crate::config::accounts) struct RawToken {
    pub(in crate::config::accounts) token_env: Option<String>,
    pub(in crate::config::accounts) token_file: Option<PathBuf>,
    pub(in crate::config::accounts) token_sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config::accounts) struct RawPlace {
    pub(in crate::config::accounts) id: String,
    pub(in crate::config::accounts) name: Option<String>,
    pub(in crate::config::accounts) credential_env: Option<String>,
    pub(in crate::config::accounts) credential_file: Option<PathBuf>,
    pub(in crate::config::accounts) token_store: Option<PathBuf>,
    pub(in crate::config::accounts) base_url: Option<String>,
    pub(in crate::config::accounts) toolsets: Option<String>,
    #[serde(default)]
    pub(in crate::config::accounts) read_only: bool,
    pub(in crate::config::accounts) country: Option<String>,
}

impl File {
    /// What stands in `text`. The error tells a line, and no value.
    pub(in crate::config::accounts) fn parse(text: &str, setting: &str) -> Result<Self, Wrong> {
        toml::from_str(text).map_err(|error| {
            // The error's full text quotes the line, in which somebody may have written a secret.
            let line = error
                .span()
                .map_or(1, |span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count());
            Wrong::new(setting, format!("line {line}: {}", quiet(error.message())))
        })
    }
}

/// A parser's message without what it quotes of a value.
fn quiet(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    match first.split_once(": string \"") {
        Some((kind, rest)) => format!("{kind}{}", rest.rsplit_once('"').map_or("", |(_, end)| end)),
        None => first.to_owned(),
    }
}
