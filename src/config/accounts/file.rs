//! The accounts file as it is written, before its values are checked.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserializer, SeqAccess, Visitor};

use crate::config::error::ConfigError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFile {
    #[serde(default)]
    pub(crate) account: Vec<RawAccount>,
    pub(crate) metrics: Option<RawToken>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAccount {
    pub(crate) name: String,
    pub(crate) token_env: Option<String>,
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) token_sha256: Option<String>,
    #[serde(default)]
    pub(crate) token: Vec<RawToken>,
    pub(crate) issuer: Option<TextOrList>,
    pub(crate) subject: Option<TextOrList>,
    pub(crate) email: Option<TextOrList>,
    pub(crate) group: Option<TextOrList>,
    pub(crate) client_id: Option<TextOrList>,
    #[serde(default)]
    pub(crate) location: Vec<RawLocation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the fields are the file's own words")]
pub(crate) struct RawToken {
    pub(crate) token_env: Option<String>,
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) token_sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLocation {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) credential_env: Option<String>,
    pub(crate) credential_file: Option<PathBuf>,
    pub(crate) token_store: Option<PathBuf>,
    pub(crate) quota_group: Option<String>,
    pub(crate) base_url: Option<String>,
    pub(crate) toolsets: Option<String>,
    #[serde(default)]
    pub(crate) read_only: bool,
    pub(crate) country: Option<String>,
}

/// One text, or a list of them.
pub(crate) struct TextOrList(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for TextOrList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = TextOrList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E>(self, text: &str) -> Result<TextOrList, E> {
                Ok(TextOrList(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<TextOrList, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(TextOrList)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl RawFile {
    /// Parses `text`. The error names the line, and no value.
    pub(crate) fn parse(text: &str, setting: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            // The error's full text quotes the line, which may hold a secret by mistake.
            let line = error
                .span()
                .map_or(1, |span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count());
            ConfigError::new(setting, format!("line {line}: {}", without_values(error.message())))
        })
    }
}

/// A message of the parser without the value that it quotes.
fn without_values(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    match first.split_once(": string \"") {
        Some((kind, rest)) => format!("{kind}{}", rest.rsplit_once('"').map_or("", |(_, end)| end)),
        None => first.to_owned(),
    }
}
