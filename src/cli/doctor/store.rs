//! The line about the store that several processes share.

use std::sync::Arc;

use crate::cli::doctor::check::Check;
use crate::cli::doctor::words::with_advice;
use crate::cli::fleet;
use crate::config::Config;
use crate::ghl::{Clock, NoopObserver, Observer, SystemClock};

const ID: &str = "store";

/// The line; none where the settings name no store. It looks at the store once.
pub(crate) async fn check(config: &Config) -> Option<Check> {
    let settings = config.store.as_ref()?;
    let address = fleet::address(config);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let observer: Arc<dyn Observer> = Arc::new(NoopObserver);
    let store = match fleet::store(config, &clock, &observer) {
        Ok(Some(store)) => store,
        Ok(None) => return None,
        Err(error) => return Some(Check::failed(ID, error.to_string(), "Correct this setting.")),
    };
    let status = store.look().await;
    let check = match status.fault {
        Some(fault) => {
            let seen = format!("{address}: the store {fault}");
            let todo = format!("Check the server and {}; no contact is created until then.", settings.source);
            match with_advice(&seen) {
                Some((seen, advice)) => Check::failed(ID, seen, advice),
                None => Check::failed(ID, seen, todo),
            }
        }
        None if !status.creates_rest.is_zero() => Check::warning(
            ID,
            format!("{address} is new, or has lost its state"),
            format!(
                "Wait {} s: contacts are created again then.",
                status.creates_rest.as_secs().saturating_add(1)
            ),
        ),
        None => Check::ok(ID, format!("{address} serves, and throws nothing away")),
    };
    Some(check.value("createsRestSeconds", status.creates_rest.as_secs()))
}
