//! The store that this process shares with others.

use std::sync::Arc;
use std::time::Duration;

use crate::config::{Config, ConfigError};
use crate::ghl::{Clock, Fault, Observer, Store};

/// How often a process says that it is there, and looks at the store.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The store of the settings. Connects to nothing.
#[cfg(feature = "redis")]
pub(crate) fn store(
    config: &Config,
    clock: &Arc<dyn Clock>,
    observer: &Arc<dyn Observer>,
) -> Result<Option<Store>, ConfigError> {
    let Some(store) = &config.store else { return Ok(None) };
    Store::redis(&store.address, store.key.clone(), Arc::clone(clock), Arc::clone(observer))
        .map(Some)
        .map_err(|fault| ConfigError::new(store.source.to_string(), format!("the store {fault}")))
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
        fault @ (Fault::Evicts(_) | Fault::Refused | Fault::NotPermitted | Fault::Cluster | Fault::Odd),
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
