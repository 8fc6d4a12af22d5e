//! The settings that all subcommands share.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use crate::config::accounts::AccountsFile;
use crate::config::environment::{Environment, SettingReader};
use crate::config::error::ConfigError;
use crate::config::flags::Flags;
use crate::config::given::Given;
use crate::config::store::StoreConfig;
use crate::config::value::{Source, choice};
use crate::config::{address, names};
use crate::ghl::auth::{Credential, OAuth};
use crate::ghl::{Dialect, LocationId};

/// The address of HighLevel's API.
const HIGHLEVEL: &str = "https://services.leadconnectorhq.com";

/// All settings, valid.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a person sets by its own name")]
pub struct Config {
    /// Several accounts from a file, instead of the one token and location below.
    pub accounts: Option<AccountsFile>,
    /// The name of the account to serve on stdin and stdout.
    pub account: Option<String>,
    /// The address of the API.
    pub base_url: Url,
    /// The token or the OAuth app. A private integration token has precedence over an app.
    pub credential: Credential,
    /// Where the token came from.
    pub credential_source: Source,
    /// The OAuth app for which `login` gets tokens. An error in its settings is ignored when a private token is set.
    pub oauth: Result<Option<Arc<OAuth>>, ConfigError>,
    /// The sub-account.
    pub location: Option<LocationId>,
    /// The store that several processes share.
    pub store: Option<StoreConfig>,
    /// A fixed dialect; none to detect it.
    pub dialect: Option<Dialect>,
    /// Whether to use HighLevel's own upsert instead of the safe one.
    pub native_upsert: bool,
    /// The default country: a name or an ISO 3166-1 code. Not checked yet.
    pub country: Option<String>,
    /// The words of `--toolsets`. Not checked yet.
    pub toolsets: Option<String>,
    /// Whether tools that write are hidden and refused.
    pub read_only: bool,
    /// Whether to use the built-in sandbox.
    pub sandbox: bool,
    /// The dialect of the sandbox: `current` or `recipe`. Not checked yet.
    pub sandbox_dialect: Option<String>,
    /// The log filter, if one is set.
    pub log: Option<String>,
    /// The key of the hashes of e-mails in the log; none for a random one.
    pub audit_key: Option<SecretString>,
    /// Whether log lines are JSON.
    pub log_json: bool,
    /// What was looked for, and where its value came from.
    pub given: Vec<Given>,
    /// Variables of tokens that are set and not used, because another has precedence.
    pub unused_tokens: Vec<&'static str>,
    /// Whether a terminal may get colours (<https://no-color.org>).
    pub color: bool,
}

impl Config {
    /// Reads all settings. A flag has precedence over a variable.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn read(flags: &Flags, environment: &dyn Environment) -> Result<Self, ConfigError> {
        names::check(flags.accounts.is_some() || environment.is_set("GHL_ACCOUNTS"), environment)?;
        let reader = SettingReader::new(environment);
        let (base, base_source) = reader.value(flags.base_url.as_ref(), "--base-url", "GHL_BASE_URL");
        let base_url = address::parse(base.as_deref().unwrap_or(HIGHLEVEL))
            .map_err(|reason| ConfigError::new(base_source.name(), reason))?;
        let (location, source) = reader.id(flags.location_id.as_ref(), "--location-id", "GHL_LOCATION_ID");
        let location = location.map(|text| LocationId::read(&text)).transpose();
        let location = location.map_err(|reason| ConfigError::new(source.name(), reason.to_string()))?;
        let (dialect, source) = reader.value(flags.dialect.as_ref(), "--dialect", "GHL_DIALECT");
        let dialect = choice(
            dialect,
            &source,
            &[("auto", None), ("current", Some(Dialect::Current)), ("recipe", Some(Dialect::Recipe))],
        )?;
        let (upsert, source) = reader.value(flags.upsert.as_ref(), "--upsert", "GHL_UPSERT");
        let native_upsert = choice(upsert, &source, &[("safe", false), ("native", true)])?;
        let (log_format, source) = reader.value(flags.log_format.as_ref(), "--log-format", "GHL_LOG_FORMAT");
        let log_json = choice(log_format, &source, &[("text", false), ("json", true)])?;
        let shared = reader.has_store(flags.store.as_ref());
        let (accounts, source) = reader.value(flags.accounts.as_ref(), "--accounts", "GHL_ACCOUNTS");
        let accounts =
            accounts.map(|path| AccountsFile::read(Path::new(&path), source.name(), environment, shared));
        let accounts = accounts.transpose()?;
        let (credential, credential_source) = reader.credential()?;
        let oauth = reader.oauth(flags, shared, location.as_ref());
        let (credential, credential_source) = match (credential, &oauth) {
            (Credential::Missing, Ok(Some(oauth))) => {
                (Credential::OAuth(Arc::clone(oauth)), Source::Environment("GHL_CLIENT_ID"))
            }
            // With an accounts file the app needs no store here: each account may name its own.
            (Credential::Missing, Err(error)) if accounts.is_none() => return Err(error.clone()),
            (credential, _) => (credential, credential_source),
        };
        let sandbox = flags.sandbox || flags.sandbox_dialect.is_some();
        let sandbox = reader.switch(sandbox, "--sandbox", "GHL_SANDBOX", false)?;
        let account = reader.value(flags.account.as_ref(), "--account", "GHL_ACCOUNT").0;
        let country = reader.value(flags.country.as_ref(), "--country", "GHL_COUNTRY").0;
        let toolsets = reader.value(flags.toolsets.as_ref(), "--toolsets", "GHL_TOOLSETS").0;
        let read_only = reader.switch(flags.read_only, "--read-only", "GHL_READ_ONLY", true)?;
        let log = reader.value(flags.log.as_ref(), "--log", "GHL_LOG").0;
        let audit_key = reader.audit_key(flags.audit_key_file.as_ref())?;
        let store = reader.store(flags.store.as_ref())?;
        Ok(Self {
            accounts,
            account,
            base_url,
            credential,
            oauth,
            location,
            store,
            dialect,
            native_upsert,
            country,
            toolsets,
            read_only,
            sandbox,
            sandbox_dialect: flags.sandbox_dialect.clone(),
            log,
            audit_key,
            log_json,
            unused_tokens: reader.unused_tokens(&credential_source),
            credential_source,
            given: reader.record.into_all(),
            color: environment.get("NO_COLOR").is_none_or(|value| value.is_empty()),
        })
    }
}

impl Config {
    /// All credentials: the common one, and those of the accounts.
    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        let accounts = self.accounts.iter().flat_map(|accounts| &accounts.all);
        let own = accounts.flat_map(|account| &account.locations).map(|location| &location.credential);
        std::iter::once(&self.credential).chain(own)
    }
}

#[cfg(test)]
mod tests;
