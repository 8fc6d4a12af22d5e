//! The settings of an OAuth app.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;

use crate::config::{Environment, Flags, Reader, Wrong, visible};
use crate::ghl::auth::{App, OAuth, Store};

const ID: &str = "GHL_CLIENT_ID";
const SECRET: &str = "GHL_CLIENT_SECRET";
const SECRET_FILE: &str = "GHL_CLIENT_SECRET_FILE";
const STORE: &str = "GHL_TOKEN_STORE";

impl<E: Environment> Reader<'_, E> {
    /// The app and its token store: all of it is set, or nothing is.
    pub(in crate::config) fn oauth(&self, flags: &Flags) -> Result<Option<Arc<OAuth>>, Wrong> {
        let id = self.environment.get(ID);
        let secret = self.client_secret()?;
        let (store, source) = self.value(flags.token_store.as_ref(), "--token-store", STORE);
        let (id, secret, store) = match (id, secret, store) {
            (None, None, None) => return Ok(None),
            (Some(id), Some(secret), Some(store)) => (id, secret, store),
            (id, secret, _) => {
                let missing = match (id, secret) {
                    (None, _) => ID,
                    (_, None) => SECRET,
                    _ => STORE,
                };
                let reason = format!("is not set, and OAuth needs all of {ID}, {SECRET} and {STORE}");
                return Err(Wrong::new(missing, reason));
            }
        };
        let client_id = visible(ID, &id)?;
        let store = Store::new(store);
        store.check().map_err(|error| Wrong::new(source.to_string(), format!("the file {error}")))?;
        Ok(Some(Arc::new(OAuth::new(App { client_id, client_secret: secret }, store))))
    }

    fn client_secret(&self) -> Result<Option<SecretString>, Wrong> {
        if let Some(value) = self.environment.get(SECRET) {
            return visible(SECRET, &value).map(|value| Some(value.into()));
        }
        let Some(path) = self.environment.get(SECRET_FILE) else { return Ok(None) };
        let text = std::fs::read_to_string(Path::new(path.trim()))
            .map_err(|error| Wrong::new(SECRET_FILE, format!("the file cannot be read: {error}")))?;
        visible(SECRET_FILE, &text).map(|value| Some(value.into()))
    }
}
