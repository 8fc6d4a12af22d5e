//! The accounts file: which bearer token may work on which locations, and with which credential. It holds no secret:
//! secrets stand in the environment, in files of their own, or as a hash.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;

use crate::config::{Environment, Wrong, address, token};
use crate::ghl::LocationId;
use crate::ghl::auth::Credential;

/// Everything in the file, its credentials read.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// In the order of the file; at least one.
    pub all: Vec<Account>,
    /// Who may read `/metrics`, which tell of all accounts together.
    pub metrics: Option<BearerSource>,
}

/// One client: its tokens and its locations.
#[derive(Debug, Clone)]
pub struct Account {
    /// For a person, and for `--account`.
    pub name: String,
    /// Where its tokens stand. Needed over HTTP only.
    pub tokens: Vec<BearerSource>,
    /// At least one.
    pub locations: Vec<Place>,
}

/// One location of an account.
#[derive(Debug, Clone)]
pub struct Place {
    /// HighLevel's id.
    pub id: LocationId,
    /// What a person calls it.
    pub name: Option<String>,
    /// The token that HighLevel knows for it.
    pub credential: Credential,
    /// Its own address; else the one of all.
    pub base_url: Option<Url>,
    /// Its own toolsets; else those of all.
    pub toolsets: Option<String>,
    /// No writing tools here.
    pub read_only: bool,
    /// Country of phones written without its code; else the one of all.
    pub country: Option<String>,
}

/// Where a bearer token stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BearerSource {
    /// In a variable.
    Environment(String),
    /// In a file.
    File(PathBuf),
    /// Nowhere here: this is its SHA-256.
    Hash([u8; 32]),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    account: Vec<RawAccount>,
    metrics: Option<RawToken>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccount {
    name: String,
    token_env: Option<String>,
    token_file: Option<PathBuf>,
    token_sha256: Option<String>,
    #[serde(default)]
    token: Vec<RawToken>,
    #[serde(default)]
    location: Vec<RawPlace>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the fields are the file's own words")]
struct RawToken {
    token_env: Option<String>,
    token_file: Option<PathBuf>,
    token_sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlace {
    id: String,
    name: Option<String>,
    credential_env: Option<String>,
    credential_file: Option<PathBuf>,
    base_url: Option<String>,
    toolsets: Option<String>,
    #[serde(default)]
    read_only: bool,
    country: Option<String>,
}

impl Accounts {
    /// Reads the file at `path`; `setting` is the name under which the path was given.
    ///
    /// # Errors
    /// The first thing in it that cannot be used, by its place and never by its value.
    pub fn read(path: &Path, setting: &str, environment: &impl Environment) -> Result<Self, Wrong> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Wrong::new(setting, format!("the file cannot be read: {error}")))?;
        Self::parse(&text, path.parent().unwrap_or(Path::new("")), setting, environment)
    }

    pub(in crate::config) fn parse(
        text: &str,
        folder: &Path,
        setting: &str,
        environment: &impl Environment,
    ) -> Result<Self, Wrong> {
        let file: File = toml::from_str(text).map_err(|error| {
            // The error's full text quotes the line, in which somebody may have written a secret.
            let line = error
                .span()
                .map_or(1, |span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count());
            Wrong::new(setting, format!("line {line}: {}", quiet(error.message())))
        })?;
        let reader = Reader { folder, setting, environment };
        let all: Vec<_> =
            file.account.into_iter().map(|account| reader.account(account)).collect::<Result<_, _>>()?;
        let Some(last) = all.last() else {
            return Err(Wrong::new(setting, "has no [[account]]"));
        };
        if all.iter().any(|account| account.name == last.name && !std::ptr::eq(account, last)) {
            return Err(Wrong::new(setting, format!("has two accounts named \"{}\"", last.name)));
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

/// A parser's message without what it quotes of a value.
fn quiet(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    match first.split_once(": string \"") {
        Some((kind, rest)) => format!("{kind}{}", rest.rsplit_once('"').map_or("", |(_, end)| end)),
        None => first.to_owned(),
    }
}

struct Reader<'a, E> {
    folder: &'a Path,
    setting: &'a str,
    environment: &'a E,
}

impl<E: Environment> Reader<'_, E> {
    fn wrong(&self, place: &str, reason: impl std::fmt::Display) -> Wrong {
        Wrong::new(self.setting, format!("{place}: {reason}"))
    }

    fn account(&self, raw: RawAccount) -> Result<Account, Wrong> {
        let place = format!("account \"{}\"", raw.name);
        let RawAccount { name, token_env, token_file, token_sha256, token, location } = raw;
        let own = RawToken { token_env, token_file, token_sha256 };
        let mut tokens = Vec::new();
        for raw in std::iter::once(own).chain(token) {
            tokens.extend(self.token(&place, raw)?);
        }
        let locations: Vec<_> =
            location.into_iter().map(|raw| self.place(&place, raw)).collect::<Result<_, _>>()?;
        if locations.is_empty() {
            return Err(self.wrong(&place, "has no [[account.location]]"));
        }
        for (at, one) in locations.iter().enumerate() {
            if locations.iter().take(at).any(|other| other.id == one.id) {
                return Err(self.wrong(&place, format!("names the location {} twice", one.id)));
            }
        }
        Ok(Account { name, tokens, locations })
    }

    fn token(&self, place: &str, raw: RawToken) -> Result<Option<BearerSource>, Wrong> {
        match (raw.token_env, raw.token_file, raw.token_sha256) {
            (None, None, None) => Ok(None),
            (Some(name), None, None) => Ok(Some(BearerSource::Environment(name))),
            (None, Some(path), None) => Ok(Some(BearerSource::File(self.folder.join(path)))),
            (None, None, Some(hex)) => match hash(&hex) {
                Some(hash) => Ok(Some(BearerSource::Hash(hash))),
                None => Err(self.wrong(place, "token_sha256 is not 64 hexadecimal digits")),
            },
            _ => Err(self.wrong(place, "give one of token_env, token_file, token_sha256")),
        }
    }

    fn place(&self, account: &str, raw: RawPlace) -> Result<Place, Wrong> {
        let id = raw.id.parse::<LocationId>().map_err(|e| self.wrong(account, format!("location id {e}")))?;
        let place = format!("{account}, location {id}");
        let credential = match (raw.credential_env, raw.credential_file) {
            (Some(name), None) => {
                let value = self.environment.get(&name);
                let value = value.ok_or_else(|| self.wrong(&place, format!("{name} is not set")))?;
                token(&name, &value)?
            }
            (None, Some(path)) => {
                let path = self.folder.join(path);
                let text = std::fs::read_to_string(&path).map_err(|error| {
                    self.wrong(&place, format!("credential_file cannot be read: {error}"))
                })?;
                token("credential_file", &text).map_err(|wrong| self.wrong(&place, wrong))?
            }
            _ => return Err(self.wrong(&place, "give one of credential_env, credential_file")),
        };
        let base_url = raw.base_url.map(|text| address::parse(&text)).transpose();
        let base_url = base_url.map_err(|reason| self.wrong(&place, format!("base_url {reason}")))?;
        Ok(Place {
            id,
            name: raw.name,
            credential,
            base_url,
            toolsets: raw.toolsets,
            read_only: raw.read_only,
            country: raw.country,
        })
    }
}

fn hash(hex: &str) -> Option<[u8; 32]> {
    let hex = hex.trim();
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
