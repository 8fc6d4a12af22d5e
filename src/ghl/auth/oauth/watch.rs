//! Looks after the tokens in the shared store: what it has lost, or what could not be written, is put back from memory.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::ghl::auth::oauth::tokens::OAuth;
use crate::ghl::auth::token_store::TokenStore;
use crate::ghl::model::Clock;

/// How often the store is looked at. All processes must have put back what they hold before the first refresh after a loss.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The same while new tokens are in memory only: until they are in the store, another process may spend the old ones.
const SAVE_AGAIN: Duration = Duration::from_secs(1);

impl OAuth {
    /// Looks after the tokens for as long as they are used. Does nothing where they are in a file, or are looked after already.
    pub(crate) fn watch(self: &Arc<Self>, clock: &Arc<dyn Clock>) {
        if let TokenStore::Shared(_) = self.store()
            && !std::mem::replace(&mut self.state().watched, true)
        {
            tokio::spawn(look_after(Arc::downgrade(self), Arc::clone(clock)));
        }
    }
}

async fn look_after(oauth: Weak<OAuth>, clock: Arc<dyn Clock>) {
    // The epoch in which the store is known to have the tokens.
    let mut whole = None;
    loop {
        let Some(unsaved) = oauth.upgrade().map(|oauth| oauth.state().unsaved) else { return };
        clock.sleep(if unsaved { SAVE_AGAIN } else { LOOK_EVERY }).await;
        let Some(oauth) = oauth.upgrade() else { return };
        let TokenStore::Shared(shared) = oauth.store() else { return };
        let epoch = shared.epoch().await;
        if epoch.is_some() && (unsaved || epoch != whole) {
            match oauth.put_back(&clock).await {
                Ok(()) => whole = epoch,
                Err(error) => tracing::warn!(%error, "the OAuth tokens could not be put back into the store"),
            }
        }
    }
}
