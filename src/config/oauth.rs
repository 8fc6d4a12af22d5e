//! The settings of an OAuth app.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;

use crate::config::environment::SettingReader;
use crate::config::error::ConfigError;
use crate::config::flags::Flags;
use crate::config::secret_file::read_setting;
use crate::config::value::token_text;
use crate::ghl::LocationId;
use crate::ghl::auth::{App, OAuth, TokenStore};

const ID: &str = "GHL_CLIENT_ID";
const SECRET: &str = "GHL_CLIENT_SECRET";
const SECRET_FILE: &str = "GHL_CLIENT_SECRET_FILE";
const STORE: &str = "GHL_TOKEN_STORE";

impl SettingReader<'_> {
    /// The app and its token store. Either all of their settings are set, or none. Where a store is `shared` by several processes, it
    /// keeps the tokens for `location`, and a file is not needed.
    pub(crate) fn oauth(
        &self,
        flags: &Flags,
        shared: bool,
        location: Option<&LocationId>,
    ) -> Result<Option<Arc<OAuth>>, ConfigError> {
        let (file, source) = self.value(flags.token_store.as_ref(), "--token-store", STORE);
        if file.is_none() && self.environment.get(ID).is_none() && self.client_secret()?.is_none() {
            return Ok(None);
        }
        let missing = |name: &str| {
            let reason = format!("is not set, and OAuth needs all of {ID}, {SECRET} and {STORE}");
            ConfigError::new(name, reason)
        };
        let app = self.app()?.map_err(missing)?;
        let of = location.filter(|_| shared).cloned();
        let store = token_store(&app, file.map(PathBuf::from), shared, of).ok_or_else(|| missing(STORE))?;
        store.check().map_err(|error| ConfigError::new(source.name(), format!("the file {error}")))?;
        Ok(Some(Arc::new(OAuth::new(app, store))))
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
        let text = read_setting(file, Path::new(path.trim()))?;
        token_text(file, &text).map(|value| Some(value.into()))
    }
}

/// Where the tokens of an app are kept: in the shared store those for one location, else in the file; none where there is no file.
pub(crate) fn token_store(
    app: &App,
    file: Option<PathBuf>,
    shared: bool,
    of: Option<LocationId>,
) -> Option<TokenStore> {
    #[cfg(feature = "redis")]
    if shared {
        return Some(TokenStore::shared(&app.client_id, of, file));
    }
    file.map(TokenStore::file)
}
