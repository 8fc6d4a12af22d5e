//! All settings that every subcommand shares.

use std::path::Path;
use std::sync::Arc;

use url::Url;

use crate::config::accounts::Accounts;
use crate::config::address;
use crate::config::environment::{Environment, Reader};
use crate::config::error::Wrong;
use crate::config::flags::Flags;
use crate::config::value::{Source, word};
use crate::ghl::auth::{Credential, OAuth};
use crate::ghl::{Dialect, LocationId};

/// HighLevel's API.
const HIGHLEVEL: &str = "https://services.leadconnectorhq.com";

/// All settings, valid.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a person sets by its own name")]
pub struct Config {
    /// Several accounts, from a file, in place of the one token and location below.
    pub accounts: Option<Accounts>,
    /// The account that stdin and stdout serve.
    pub account: Option<String>,
    /// The API's address.
    pub base_url: Url,
    /// The token, the app, or that there is none. A private integration token comes before an app.
    pub credential: Credential,
    /// Where the token came from.
    pub credential_source: Source,
    /// The app whose tokens `login` fetches, or what is wrong with its settings: nobody minds where a token is set.
    pub oauth: Result<Option<Arc<OAuth>>, Wrong>,
    /// The sub-account.
    pub location: Option<LocationId>,
    /// Fixed dialect; none for auto.
    pub dialect: Option<Dialect>,
    /// HighLevel's own upsert instead of the safe one.
    pub native_upsert: bool,
    /// ISO 3166-1 alpha-2; checked by whoever uses it.
    pub country: Option<String>,
    /// Words of `--toolsets`.
    pub toolsets: Option<String>,
    /// No writing tools.
    pub read_only: bool,
    /// Run against the built-in sandbox.
    pub sandbox: bool,
    /// The sandbox's dialect: `current` or `recipe`.
    pub sandbox_dialect: Option<String>,
    /// Log filter, where one is set.
    pub log: Option<String>,
    /// Log lines as JSON.
    pub log_json: bool,
    /// Colour on a terminal is welcome (<https://no-color.org>).
    pub color: bool,
}

impl Config {
    /// Reads all settings.
    ///
    /// # Errors
    /// The first one that cannot be used.
    pub fn read(flags: &Flags, environment: &impl Environment) -> Result<Self, Wrong> {
        let reader = Reader { environment };
        let (base, base_source) = reader.value(flags.base_url.as_ref(), "--base-url", "GHL_BASE_URL");
        let base_url = address::parse(base.as_deref().unwrap_or(HIGHLEVEL))
            .map_err(|reason| Wrong::new(base_source.to_string(), reason))?;
        let (location, source) = reader.value(flags.location_id.as_ref(), "--location-id", "GHL_LOCATION_ID");
        let location = location.map(|id| id.parse::<LocationId>()).transpose();
        let location = location.map_err(|reason| Wrong::new(source.to_string(), reason.to_string()))?;
        let (dialect, source) = reader.value(flags.dialect.as_ref(), "--dialect", "GHL_DIALECT");
        let dialect = word(
            dialect,
            &source,
            &[("auto", None), ("current", Some(Dialect::Current)), ("recipe", Some(Dialect::Recipe))],
        )?;
        let (upsert, source) = reader.value(flags.upsert.as_ref(), "--upsert", "GHL_UPSERT");
        let native_upsert = word(upsert, &source, &[("safe", false), ("native", true)])?;
        let (log_format, source) = reader.value(flags.log_format.as_ref(), "--log-format", "GHL_LOG_FORMAT");
        let log_json = word(log_format, &source, &[("text", false), ("json", true)])?;
        let (accounts, source) = reader.value(flags.accounts.as_ref(), "--accounts", "GHL_ACCOUNTS");
        let accounts =
            accounts.map(|path| Accounts::read(Path::new(&path), &source.to_string(), environment));
        let accounts = accounts.transpose()?;
        let (credential, credential_source) = reader.credential()?;
        let oauth = reader.oauth(flags);
        let (credential, credential_source) = match (credential, &oauth) {
            (Credential::Missing, Ok(Some(oauth))) => {
                (Credential::OAuth(Arc::clone(oauth)), Source::Environment("GHL_CLIENT_ID"))
            }
            // An app without a store of its own may stand for the stores of the accounts.
            (Credential::Missing, Err(wrong)) if accounts.is_none() => return Err(wrong.clone()),
            (credential, _) => (credential, credential_source),
        };
        let sandbox = reader.switch(flags.sandbox || flags.sandbox_dialect.is_some(), "GHL_SANDBOX")?;
        Ok(Self {
            accounts,
            account: reader.value(flags.account.as_ref(), "--account", "GHL_ACCOUNT").0,
            base_url,
            credential,
            credential_source,
            oauth,
            location,
            dialect,
            native_upsert,
            country: reader.value(flags.country.as_ref(), "--country", "GHL_COUNTRY").0,
            toolsets: reader.value(flags.toolsets.as_ref(), "--toolsets", "GHL_TOOLSETS").0,
            read_only: reader.switch(flags.read_only, "GHL_READ_ONLY")?,
            sandbox,
            sandbox_dialect: flags.sandbox_dialect.clone(),
            log: reader.value(flags.log.as_ref(), "--log", "GHL_LOG").0,
            log_json,
            color: environment.get("NO_COLOR").is_none(),
        })
    }
}

impl Config {
    /// Every credential: the one of all, and those of the accounts.
    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        let accounts = self.accounts.iter().flat_map(|accounts| &accounts.all);
        let own = accounts.flat_map(|account| &account.locations).map(|place| &place.credential);
        std::iter::once(&self.credential).chain(own)
    }
}

#[cfg(test)]
mod tests;
