//! An app's tokens and where they are kept.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ghl::auth::app::App;
use crate::ghl::auth::oauth::state::State;
use crate::ghl::auth::token_store::TokenStore;
use crate::ghl::model::{Error, LocationId};
use crate::ghl::policy::{Abandoned, Coalescer, Store};

/// How a renewal ended. The new token is in the state.
pub(crate) type Outcome = Result<(), Error>;

/// An app's tokens for one sub-account, shared by all callers and, through their store, by other processes.
#[derive(Debug)]
pub struct OAuth {
    app: App,
    store: TokenStore,
    state: Mutex<State>,
    /// Renewals that are under way, by location. A renewal is finished even when its callers go away: its answer holds the only
    /// refresh token that is good from then on.
    pub(crate) renewals: Coalescer<Option<LocationId>, Outcome>,
}

impl OAuth {
    /// Reads nothing: the store is opened for the first request.
    #[must_use]
    pub fn new(app: App, store: TokenStore) -> Self {
        let renewals = Coalescer::new(Abandoned::Finish);
        Self { app, store, state: Mutex::default(), renewals }
    }

    /// Where the tokens are.
    #[must_use]
    pub fn store(&self) -> &TokenStore {
        &self.store
    }

    /// Says which store it is that several processes share. The first one stays; nothing where the tokens are in a file.
    pub fn join(&self, store: &Store) {
        if let TokenStore::Shared(shared) = &self.store {
            shared.join(store);
        }
    }

    /// The app's public name.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.app.client_id
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Never held across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
