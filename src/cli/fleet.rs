//! The store that this process shares with others.

use std::sync::Arc;
use std::time::Duration;

use crate::config::{Config, ConfigError};
#[cfg(feature = "redis")]
use crate::ghl::auth::Credential;
use crate::ghl::auth::{OAuth, TokenStore};
use crate::ghl::{Clock, Fault, Observer, Store};

/// How often a process says that it is there, and looks at the store.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The store of the settings, which keeps the tokens of its apps from then on. Connects to nothing.
#[cfg(feature = "redis")]
pub(crate) fn store(
    config: &Config,
    clock: &Arc<dyn Clock>,
    observer: &Arc<dyn Observer>,
) -> Result<Option<Store>, ConfigError> {
    let Some(store) = &config.store else { return Ok(None) };
    let made = Store::redis(&store.address, store.key.clone(), Arc::clone(clock), Arc::clone(observer))
        .map_err(|fault| ConfigError::new(store.source.to_string(), format!("the store {fault}")))?;
    let apps = config.credentials().filter_map(|credential| match credential {
        Credential::OAuth(app) => Some(app),
        _ => None,
    });
    for app in apps.chain(config.oauth.iter().flatten()) {
        app.join(&made);
    }
    Ok(Some(made))
}

/// Without the feature no settings name a store.
#[cfg(not(feature = "redis"))]
pub(crate) fn store(
    _: &Config,
    _: &Arc<dyn Clock>,
    _: &Arc<dyn Observer>,
) -> Result<Option<Store>, ConfigError> {
    Ok(None)
}

/// Looks at the store before anything is served, and from then on now and then.
///
/// # Errors
/// It is not a store that this program can use. One that does not answer now may answer later.
pub(crate) async fn join(store: Option<&Store>, config: &Config) -> Result<(), ConfigError> {
    let (Some(store), Some(settings)) = (store, &config.store) else { return Ok(()) };
    if let Some(
        fault @ (Fault::Evicts(_)
        | Fault::Refused
        | Fault::NotPermitted
        | Fault::Certificate
        | Fault::Cluster
        | Fault::Odd),
    ) = store.look().await.fault
    {
        return Err(ConfigError::new(settings.source.to_string(), format!("the store {fault}")));
    }
    let store = store.clone();
    tokio::spawn(async move {
        loop {
            store.rest(LOOK_EVERY).await;
            store.look().await;
        }
    });
    Ok(())
}

/// Where the tokens of an app are kept, for people.
pub(crate) fn place(config: &Config, app: &OAuth) -> String {
    match (app.store(), app.store().path()) {
        (TokenStore::File(_), Some(path)) => path.display().to_string(),
        _ => address(config).to_owned(),
    }
}

/// The address of the store, without a password.
pub(crate) fn address(config: &Config) -> &str {
    let given = config.given.iter().find(|given| given.setting == "store");
    given.and_then(|given| given.value.as_deref()).unwrap_or("the store")
}

/// What `/readyz` says of the store beside "ok": reads and updates go on without it, so the process stays ready.
pub(crate) fn notice(store: &Store) -> Option<String> {
    let status = store.status();
    match status.fault {
        Some(fault) => Some(format!("the store {fault}: reads and updates go on, contacts are not created")),
        None if !status.creates_rest.is_zero() => Some(format!(
            "the store has lost its state: contacts are created again in {} s",
            status.creates_rest.as_secs() + 1
        )),
        None => None,
    }
}
