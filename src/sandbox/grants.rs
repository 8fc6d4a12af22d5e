//! The OAuth tokens that the sandbox issued. Access tokens expire; a refresh token or an authorization code works once.

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use crate::sandbox::options::OauthApp;
use crate::sandbox::record::id_of;

/// The issued tokens.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    /// How many pairs were issued.
    issued: u64,
    /// Each access token and the time at which it expires.
    access: HashMap<String, SystemTime>,
    /// The refresh tokens that still work.
    refresh: HashSet<String>,
    /// The authorization codes that were used.
    used_codes: HashSet<String>,
    /// How many refresh tokens were exchanged.
    pub(crate) refreshes: usize,
}

impl Grants {
    /// Whether an access token is still valid; nothing if it was never issued.
    pub(crate) fn is_valid(&self, token: &str, now: SystemTime) -> Option<bool> {
        self.access.get(token).map(|expires| now < *expires)
    }

    /// Issues an access token and a refresh token.
    pub(crate) fn issue(&mut self, app: &OauthApp, now: SystemTime) -> (String, String) {
        self.issued += 1;
        let access = format!("sandbox-access-{}", id_of(100_000 + self.issued));
        let refresh = format!("sandbox-refresh-{}", id_of(200_000 + self.issued));
        self.access.insert(access.clone(), now + app.access_ttl);
        self.refresh.insert(refresh.clone());
        (access, refresh)
    }

    /// Uses up a refresh token. Says whether it was valid.
    pub(crate) fn use_refresh_token(&mut self, token: &str) -> bool {
        let valid = self.refresh.remove(token);
        self.refreshes += usize::from(valid);
        valid
    }

    /// Uses up an authorization code. Says whether it was valid: any text is, once.
    pub(crate) fn use_code(&mut self, code: &str) -> bool {
        !code.is_empty() && self.used_codes.insert(code.to_owned())
    }
}
