//! The locations that are checked, each through the client that the server would use.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use url::Url;

use crate::cli::assembly::{Assembly, is_same};
use crate::config::{Account, Config, ConfigError, LocationConfig};
use crate::contacts::{CheckUp, Contacts};
use crate::ghl::auth::Credential;
use crate::ghl::{LocationId, Observer, Told};

/// One location, and how it is reached.
pub(crate) struct Target {
    pub(crate) location: Option<LocationId>,
    /// A name for people, from the accounts file.
    pub(crate) label: Option<String>,
    pub(crate) credential: Credential,
    pub(crate) base_url: Url,
    pub(crate) read_only: bool,
    contacts: Arc<Contacts>,
    noted: Arc<Noted>,
}

/// What was found at one location.
pub(crate) struct Found {
    pub(crate) checked: CheckUp,
    /// Without an answer, nothing.
    pub(crate) told: Option<Told>,
    pub(crate) requests: u32,
}

impl Target {
    /// Sends the requests of the check-up.
    pub(crate) async fn check_up(&self) -> Found {
        let scope = self.contacts.scope(CancellationToken::new());
        let checked = self.contacts.check_up(&scope, !self.read_only).await;
        Found { checked, told: self.noted.told(), requests: self.noted.requests.load(Ordering::Relaxed) }
    }
}

/// All locations: the one of the settings, or those of the accounts, each once.
///
/// # Errors
/// A setting that the server would refuse when it starts.
pub(crate) fn targets(config: &Config) -> Result<Vec<Target>, ConfigError> {
    let Some(file) = &config.accounts else {
        Assembly::observed(config, Arc::<Noted>::default())?.for_settings()?;
        let noted = Arc::<Noted>::default();
        let observer = Arc::<Noted>::clone(&noted);
        return Ok(vec![Target {
            location: config.location.clone(),
            label: None,
            credential: config.credential.clone(),
            base_url: config.base_url.clone(),
            read_only: config.read_only,
            contacts: Assembly::observed(config, observer)?.contacts_of_settings(),
            noted,
        }]);
    };
    let accounts: Vec<&Account> = match config.account.as_deref() {
        Some(name) => vec![file.pick(Some(name))?],
        None => file.all.iter().collect(),
    };
    let assembly = Assembly::observed(config, Arc::<Noted>::default())?;
    let mut locations = Vec::<&LocationConfig>::new();
    for account in accounts {
        assembly.for_account(account)?;
        for location in &account.locations {
            if !locations.iter().any(|known| is_same(known, location)) {
                locations.push(location);
            }
        }
    }
    locations.into_iter().map(|location| of_account(config, location)).collect()
}

fn of_account(config: &Config, location: &LocationConfig) -> Result<Target, ConfigError> {
    let noted = Arc::<Noted>::default();
    let observer = Arc::<Noted>::clone(&noted);
    Ok(Target {
        location: Some(location.id.clone()),
        label: location.name.clone(),
        credential: location.credential.clone(),
        base_url: location.base_url.clone().unwrap_or_else(|| config.base_url.clone()),
        read_only: location.read_only || config.read_only,
        contacts: Assembly::observed(config, observer)?.contacts_of(location)?,
        noted,
    })
}

/// Remembers what HighLevel's answers said, and counts the requests.
#[derive(Debug, Default)]
struct Noted {
    last: Mutex<Option<Told>>,
    requests: AtomicU32,
}

impl Noted {
    fn told(&self) -> Option<Told> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Noted {
    fn ended(&self, _: &'static str, _: Option<u16>, _: Duration) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    fn waited(&self, _: &'static str, _: Duration) {}

    fn repeated(&self, _: &'static str) {}

    /// Answers that were sent at the same time may arrive in another order: the fewest that are left are the latest.
    fn told(&self, told: &Told) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let mut now = *told;
        if let Some(before) = *last {
            now.window_left = now.window_left.into_iter().chain(before.window_left).min();
            now.day_left = now.day_left.into_iter().chain(before.day_left).min();
        }
        *last = Some(now);
    }
}
