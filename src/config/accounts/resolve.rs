//! From the raw file to accounts: checks values, and reads credentials.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::accounts::account::{Account, BearerSource, LocationConfig};
use crate::config::accounts::file::{RawAccount, RawLocation, RawToken, TextOrList};
use crate::config::address;
use crate::config::environment::{self, Environment};
use crate::config::error::ConfigError;
use crate::config::oauth::token_store;
use crate::config::secret_file::read_file;
use crate::config::unfilled::is_placeholder;
use crate::config::value::{token, variable};
use crate::ghl::LocationId;
use crate::ghl::auth::{Credential, OAuth};
use crate::ghl::model::from_hex;
use crate::sign_in::Rule;

/// Reads one accounts file.
pub(crate) struct AccountReader<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) setting: &'a str,
    pub(crate) environment: &'a dyn Environment,
    /// Whether a store that several processes share keeps the tokens of apps.
    pub(crate) shared: bool,
    pub(crate) opened: RefCell<Vec<Opened>>,
}

/// A token store that was opened already.
pub(crate) struct Opened {
    path: PathBuf,
    /// Whose tokens they are, in the shared store.
    of: Option<LocationId>,
    oauth: Arc<OAuth>,
}

impl AccountReader<'_> {
    fn error(&self, place: &str, reason: impl std::fmt::Display) -> ConfigError {
        ConfigError::new(self.setting, format!("{place}: {reason}"))
    }

    pub(crate) fn account(&self, raw: RawAccount) -> Result<Account, ConfigError> {
        let place = format!("account \"{}\"", raw.name);
        let people = self.people(&place, &raw)?;
        let RawAccount { name, token_env, token_file, token_sha256, token, location, .. } = raw;
        let own = RawToken { token_env, token_file, token_sha256 };
        let mut tokens = Vec::new();
        for raw in std::iter::once(own).chain(token) {
            tokens.extend(self.token(&place, raw)?);
        }
        let locations: Vec<_> =
            location.into_iter().map(|raw| self.location(&place, raw)).collect::<Result<_, _>>()?;
        if locations.is_empty() {
            return Err(self.error(&place, "has no [[account.location]]"));
        }
        let mut ids = HashSet::new();
        if let Some(one) = locations.iter().find(|location| !ids.insert(&location.id)) {
            return Err(self.error(&place, format!("names the location {} twice", one.id)));
        }
        Ok(Account { name, tokens, people, locations })
    }

    fn people(&self, place: &str, raw: &RawAccount) -> Result<Rule, ConfigError> {
        let list = |key: &str, given: &Option<TextOrList>| {
            let Some(TextOrList(list)) = given else { return Ok(Vec::new()) };
            // An empty list would be for every person, and an entry that was never filled in for none.
            if list.is_empty() || list.iter().any(|entry| is_placeholder(entry)) {
                return Err(self.error(place, format!("{key} has no entry, or one that was never filled in")));
            }
            Ok(list.iter().map(|entry| entry.trim().to_owned()).collect())
        };
        let rule = Rule {
            issuers: list("issuer", &raw.issuer)?,
            subjects: list("subject", &raw.subject)?,
            emails: list("email", &raw.email)?,
            groups: list("group", &raw.group)?,
            clients: list("client_id", &raw.client_id)?,
        };
        if rule.is_empty() && !rule.issuers.is_empty() {
            return Err(
                self.error(place, "issuer names no person: give subject, email, group or client_id, too")
            );
        }
        Ok(rule)
    }

    pub(crate) fn token(&self, place: &str, raw: RawToken) -> Result<Option<BearerSource>, ConfigError> {
        match (raw.token_env, raw.token_file, raw.token_sha256) {
            (None, None, None) => Ok(None),
            (Some(name), None, None) => Ok(Some(BearerSource::Environment(name))),
            (None, Some(path), None) => Ok(Some(BearerSource::File(self.folder.join(path)))),
            (None, None, Some(hex)) => match from_hex(hex.trim()) {
                Some(hash) => Ok(Some(BearerSource::Hash(hash))),
                None => Err(self.error(place, "token_sha256 is not 64 hexadecimal digits")),
            },
            _ => Err(self.error(place, "give one of token_env, token_file, token_sha256")),
        }
    }

    fn location(&self, account: &str, raw: RawLocation) -> Result<LocationConfig, ConfigError> {
        let id = raw.id.parse::<LocationId>().map_err(|e| self.error(account, format!("location id {e}")))?;
        let place = format!("{account}, location {id}");
        let credential = match (raw.credential_env, raw.credential_file, raw.token_store) {
            (Some(name), None, None) => {
                let (value, missing) = (self.environment.get(&name), self.environment.missing(&name));
                let name = variable("credential_env", &name);
                let value = value.ok_or_else(|| self.error(&place, format!("{name} {missing}")))?;
                token(&name, &value)?
            }
            (None, Some(path), None) => {
                let path = self.folder.join(path);
                let text = read_file(&path).map_err(|error| {
                    self.error(&place, format!("credential_file cannot be read: {error}"))
                })?;
                token("credential_file", &text).map_err(|error| self.error(&place, error))?
            }
            (None, None, Some(path)) => Credential::OAuth(self.store(&place, self.folder.join(path), &id)?),
            _ => {
                let reason = "give one of credential_env, credential_file, token_store";
                return Err(self.error(&place, reason));
            }
        };
        if raw.quota_group.as_deref().is_some_and(|group| group.trim().is_empty() || is_placeholder(group)) {
            return Err(self.error(&place, "quota_group has no name"));
        }
        let base_url = raw.base_url.map(|text| address::parse(&text)).transpose();
        let base_url = base_url.map_err(|reason| self.error(&place, format!("base_url {reason}")))?;
        Ok(LocationConfig {
            id,
            name: raw.name,
            credential,
            quota_group: raw.quota_group,
            base_url,
            toolsets: raw.toolsets,
            read_only: raw.read_only,
            country: raw.country,
        })
    }

    /// The app of the settings, with the tokens in that file. Locations with the same file share it, so that its tokens are
    /// refreshed once; in the shared store each location looks for its own.
    fn store(&self, place: &str, path: PathBuf, id: &LocationId) -> Result<Arc<OAuth>, ConfigError> {
        let of = self.shared.then(|| id.clone());
        let mut opened = self.opened.borrow_mut();
        if let Some(known) = opened.iter().find(|known| known.path == path && known.of == of) {
            return Ok(Arc::clone(&known.oauth));
        }
        let app = environment::SettingReader::new(self.environment).app()?;
        let app = app.map_err(|missing| self.error(place, format!("token_store needs {missing}")))?;
        let store = token_store(&app, Some(path.clone()), self.shared, of.clone());
        let store = store.ok_or_else(|| self.error(place, "token_store names no file"))?;
        store.check().map_err(|error| self.error(place, format!("token_store: the file {error}")))?;
        let oauth = Arc::new(OAuth::new(app, store));
        opened.push(Opened { path, of, oauth: Arc::clone(&oauth) });
        Ok(oauth)
    }
}
