//! The settings of an OAuth app.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;

use crate::config::environment::SettingReader;
use crate::config::error::ConfigError;
use crate::config::flags::Flags;
use crate::config::secret_file::read_file;
use crate::config::value::token_text;
use crate::ghl::auth::{App, OAuth, Store, StoreError};

const ID: &str = "GHL_CLIENT_ID";
const SECRET: &str = "GHL_CLIENT_SECRET";
const SECRET_FILE: &str = "GHL_CLIENT_SECRET_FILE";
const STORE: &str = "GHL_TOKEN_STORE";

impl SettingReader<'_> {
    /// The app and its token store. Either all of their settings are set, or none.
    pub(crate) fn oauth(&self, flags: &Flags) -> Result<Option<Arc<OAuth>>, ConfigError> {
        let (store, source) = self.value(flags.token_store.as_ref(), "--token-store", STORE);
        if store.is_none() && self.environment.get(ID).is_none() && self.client_secret()?.is_none() {
            return Ok(None);
        }
        let missing = |name: &str| {
            let reason = format!("is not set, and OAuth needs all of {ID}, {SECRET} and {STORE}");
            ConfigError::new(name, reason)
        };
        let app = self.app()?.map_err(missing)?;
        let store = store.ok_or_else(|| missing(STORE))?;
        let oauth = open_store(app, store);
        oauth.map(Some).map_err(|error| ConfigError::new(source.name(), format!("the file {error}")))
    }

    /// The app without a store; or the name of the setting that is missing.
    pub(crate) fn app(&self) -> Result<Result<App, &'static str>, ConfigError> {
        let (id, secret) = (self.environment.get(ID), self.client_secret()?);
        Ok(match (id, secret) {
            (None, _) => Err(ID),
            (_, None) => Err(SECRET),
            (Some(id), Some(client_secret)) => Ok(App { client_id: token_text(ID, &id)?, client_secret }),
        })
    }

    fn client_secret(&self) -> Result<Option<SecretString>, ConfigError> {
        self.secret(SECRET, SECRET_FILE)
    }

    /// The secret in a variable, or else in the file that another one names.
    pub(crate) fn secret(&self, variable: &str, file: &str) -> Result<Option<SecretString>, ConfigError> {
        if let Some(value) = self.environment.get(variable) {
            return token_text(variable, &value).map(|value| Some(value.into()));
        }
        let Some(path) = self.environment.get(file) else { return Ok(None) };
        let text = read_file(Path::new(path.trim()))
            .map_err(|error| ConfigError::new(file, format!("the file cannot be read: {error}")))?;
        token_text(file, &text).map(|value| Some(value.into()))
    }
}

/// Keeps the tokens of `app` in the file at `path`, which need not exist yet.
pub(crate) fn open_store(app: App, path: impl Into<PathBuf>) -> Result<Arc<OAuth>, StoreError> {
    let store = Store::new(path);
    store.check()?;
    Ok(Arc::new(OAuth::new(app, store)))
}
