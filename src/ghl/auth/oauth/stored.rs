//! What the token store holds, without its secrets.

use std::time::{Duration, SystemTime};

use crate::ghl::auth::grant::{Grant, KeptGrant, UserType};
use crate::ghl::auth::oauth::tokens::OAuth;
use crate::ghl::auth::store_error::StoreError;

/// What the token store holds, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGrant {
    /// What the tokens give access to.
    pub user_type: UserType,
    /// The sub-account, where HighLevel named it.
    pub location: Option<String>,
    /// The agency, where HighLevel named it.
    pub company: Option<String>,
    /// How long the access token is still valid.
    pub left: Duration,
    /// Whether there is a refresh token.
    pub can_be_renewed: bool,
}

impl OAuth {
    /// Reads the store. The tokens of a file that only gives the first ones are put into the shared store.
    ///
    /// # Errors
    /// The store cannot be used.
    pub async fn stored(&self, now: SystemTime) -> Result<StoredGrant, StoreError> {
        let content = self.store().read().await?;
        let KeptGrant { grant, left, .. } = Grant::from_store(&content.text, self.client_id(), now)?;
        Ok(StoredGrant {
            user_type: grant.user_type,
            location: grant.location,
            company: grant.company,
            left,
            can_be_renewed: grant.refresh.is_some(),
        })
    }
}
