//! What a client is made from.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::ghl::auth::{Credential, TokenEndpoint};
use crate::ghl::model::{Clock, Dialect, LocationId};
use crate::ghl::wire::Transport;

/// What a client is made from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `https://services.leadconnectorhq.com`, or a stand-in.
    pub base_url: Url,
    /// The token.
    pub credential: Credential,
    /// The location that every call is about.
    pub location: Option<LocationId>,
    /// Fixed, or detected by the first missing route.
    pub dialect: Option<Dialect>,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// What carries the bytes.
    pub transport: Arc<dyn Transport>,
    /// Time that one call may take, waiting and retries included. Hosts give up at 60 s.
    pub deadline: Duration,
}

impl Settings {
    /// The token endpoint of the same HighLevel, for tokens of the same location.
    pub(crate) fn token_endpoint(&self) -> TokenEndpoint {
        TokenEndpoint {
            base_url: self.base_url.clone(),
            location: self.location.clone(),
            clock: Arc::clone(&self.clock),
            transport: Arc::clone(&self.transport),
        }
    }
}
