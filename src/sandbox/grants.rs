//! The OAuth tokens the sandbox issued: access tokens expire, refresh tokens and authorization codes work once.

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use crate::sandbox::options::OauthApp;
use crate::sandbox::record::id_of;

/// The tokens issued so far.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    made: u64,
    /// Access token and the end of its life.
    access: HashMap<String, SystemTime>,
    refresh: HashSet<String>,
    codes: HashSet<String>,
    /// Refreshes that succeeded.
    pub(crate) refreshes: usize,
}

impl Grants {
    /// Whether an access token is alive; nothing where it was never issued.
    pub(crate) fn knows(&self, token: &str, now: SystemTime) -> Option<bool> {
        self.access.get(token).map(|end| now < *end)
    }

    /// A new pair of access and refresh token.
    pub(crate) fn issue(&mut self, app: &OauthApp, now: SystemTime) -> (String, String) {
        self.made += 1;
        let access = format!("sandbox-access-{}", id_of(100_000 + self.made));
        let refresh = format!("sandbox-refresh-{}", id_of(200_000 + self.made));
        self.access.insert(access.clone(), now + app.access_ttl);
        self.refresh.insert(refresh.clone());
        (access, refresh)
    }

    /// Spends a refresh token, which works once. Says whether it was valid.
    pub(crate) fn spend_refresh_token(&mut self, token: &str) -> bool {
        let valid = self.refresh.remove(token);
        self.refreshes += usize::from(valid);
        valid
    }

    /// Spends an authorization code: any text is valid, once. Says whether it was valid.
    pub(crate) fn spend_code(&mut self, code: &str) -> bool {
        !code.is_empty() && self.codes.insert(code.to_owned())
    }
}
