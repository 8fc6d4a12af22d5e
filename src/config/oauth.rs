//! The settings of an OAuth app.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;

use crate::config::environment::{Environment, Reader, read_file};
use crate::config::error::Wrong;
use crate::config::flags::Flags;
use crate::config::value::visible;
use crate::ghl::auth::{App, OAuth, Store, StoreError};

const ID: &str = "GHL_CLIENT_ID";
const SECRET: &str = "GHL_CLIENT_SECRET";
const SECRET_FILE: &str = "GHL_CLIENT_SECRET_FILE";
const STORE: &str = "GHL_TOKEN_STORE";

impl<E: Environment> Reader<'_, E> {
    /// The app and its token store: all of it is set, or nothing is.
    pub(crate) fn oauth(&self, flags: &Flags) -> Result<Option<Arc<OAuth>>, Wrong> {
        let (store, source) = self.value(flags.token_store.as_ref(), "--token-store", STORE);
        if store.is_none() && self.environment.get(ID).is_none() && self.client_secret()?.is_none() {
            return Ok(None);
        }
        let missing = |name: &str| {
            let reason = format!("is not set, and OAuth needs all of {ID}, {SECRET} and {STORE}");
            Wrong::new(name, reason)
        };
        let app = self.app()?.map_err(missing)?;
        let store = store.ok_or_else(|| missing(STORE))?;
        let oauth = opened(app, store);
        oauth.map(Some).map_err(|error| Wrong::new(source.to_string(), format!("the file {error}")))
    }

    /// The app alone; or which of its settings is missing.
    pub(crate) fn app(&self) -> Result<Result<App, &'static str>, Wrong> {
        let (id, secret) = (self.environment.get(ID), self.client_secret()?);
        Ok(match (id, secret) {
            (None, _) => Err(ID),
            (_, None) => Err(SECRET),
            (Some(id), Some(client_secret)) => Ok(App { client_id: visible(ID, &id)?, client_secret }),
        })
    }

    fn client_secret(&self) -> Result<Option<SecretString>, Wrong> {
        if let Some(value) = self.environment.get(SECRET) {
            return visible(SECRET, &value).map(|value| Some(value.into()));
        }
        let Some(path) = self.environment.get(SECRET_FILE) else { return Ok(None) };
        let text = read_file(Path::new(path.trim()))
            .map_err(|error| Wrong::new(SECRET_FILE, format!("the file cannot be read: {error}")))?;
        visible(SECRET_FILE, &text).map(|value| Some(value.into()))
    }
}

/// The tokens of `app` in the file at `path`; that there is none yet is fine.
pub(crate) fn opened(app: App, path: impl Into<PathBuf>) -> Result<Arc<OAuth>, StoreError> {
    let store = Store::new(path);
    store.check()?;
    Ok(Arc::new(OAuth::new(app, store)))
}
