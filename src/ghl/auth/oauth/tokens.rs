//! An app's tokens and where they are kept.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ghl::auth::app::App;
use crate::ghl::auth::oauth::state::State;
use crate::ghl::auth::token_file::Store;
use crate::ghl::model::{Error, LocationId};
use crate::ghl::policy::{Abandoned, Coalescer};

/// How a renewal ended. The new token is in the state.
pub(crate) type Outcome = Result<(), Error>;

/// An app's tokens for one sub-account, shared by all callers and, through the store, by all processes on this machine.
#[derive(Debug)]
pub struct OAuth {
    app: App,
    store: Store,
    state: Mutex<State>,
    /// Renewals that are under way, by location. A renewal is finished even when its callers go away: its answer holds the only
    /// refresh token that is good from then on.
    pub(crate) renewals: Coalescer<Option<LocationId>, Outcome>,
}

impl OAuth {
    /// Reads nothing: the store is opened for the first request.
    #[must_use]
    pub fn new(app: App, store: Store) -> Self {
        let renewals = Coalescer::new(Abandoned::Finish);
        Self { app, store, state: Mutex::default(), renewals }
    }

    /// Where the tokens are.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
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
