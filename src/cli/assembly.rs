//! Assembles the modules: from settings to tools.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::cli::error::CliError;
use crate::cli::fleet;
use crate::cli::observer::MetricsObserver;
use crate::config::{Account, Config, ConfigError, LocationConfig};
use crate::contacts::value::country::Country;
use crate::contacts::{self, AuditKey, Contacts};
use crate::ghl::SystemClock;
use crate::ghl::auth::Credential;
use crate::ghl::wire::ReqwestTransport;
use crate::ghl::{Client, Clock, LocationId, Observer, QuotaGroup, Settings, Store};
use crate::sandbox::{Options, Sandbox};
use crate::serve::{Handler, Metrics};
use crate::tool::{CallLimiter, Catalogue, Location, Locations, ToolList, Toolset};
use crate::tools;

/// The deadline of a call. Hosts stop waiting after 60 s; with the wait in the call limiter (10 s) a call is answered
/// within 45 s.
const DEADLINE: Duration = Duration::from_secs(35);

/// The tools, and the sandbox that they use, which must not be dropped before them.
pub(crate) struct App {
    pub(crate) tools: Locations<Contacts>,
    pub(crate) sandbox: Option<Sandbox>,
}

impl App {
    pub(crate) fn into_handler(self) -> (Handler<Contacts>, Option<Sandbox>) {
        (handler(self.tools, &Metrics::default()), self.sandbox)
    }
}

/// An MCP server of `tools`.
pub(crate) fn handler(tools: Locations<Contacts>, metrics: &Metrics) -> Handler<Contacts> {
    Handler::for_locations(tools, tools::INSTRUCTIONS.to_owned(), metrics.clone())
}

/// Assembles everything for one client. Sends no request.
pub(crate) async fn assemble(mut config: Config) -> Result<App, CliError> {
    let sandbox = sandbox(&mut config).await?;
    let assembly = Assembly::new(&config, Metrics::default())?;
    fleet::join(assembly.store(), &config).await?;
    let tools = match &config.accounts {
        None => assembly.for_settings()?,
        Some(accounts) => assembly.for_account(accounts.pick(config.account.as_deref())?)?,
    };
    Ok(App { tools, sandbox })
}

/// Starts the sandbox if the settings ask for it, and puts its address, token and location into `config`.
pub(crate) async fn sandbox(config: &mut Config) -> Result<Option<Sandbox>, CliError> {
    if !config.sandbox {
        return Ok(None);
    }
    if config.accounts.is_some() {
        return Err(ConfigError::new(
            "--sandbox",
            "cannot be used with --accounts: the sandbox has one location",
        )
        .into());
    }
    start_sandbox(config).await.map(Some)
}

/// The contacts of the one location that the settings, or the chosen account, name.
#[cfg(feature = "import")]
pub(crate) fn contacts_of_one(config: &Config) -> Result<Arc<Contacts>, ConfigError> {
    let assembly = Assembly::new(config, Metrics::default())?;
    let Some(accounts) = &config.accounts else { return Ok(assembly.contacts_of_settings()) };
    match accounts.pick(config.account.as_deref())?.locations.as_slice() {
        [location] => assembly.contacts_of(location),
        several => Err(ConfigError::new(
            "--account",
            format!("has {} locations; name an account that has one", several.len()),
        )),
    }
}

/// Builds the tools of locations. Accounts that have the same location with the same credential share its `Contacts`: it has
/// one rate limit at HighLevel, and two writers of one contact must wait for each other.
pub(crate) struct Assembly<'a> {
    config: &'a Config,
    /// The default country of locations that have none of their own.
    country: Option<Country>,
    audit_key: AuditKey,
    observer: Arc<dyn Observer>,
    clock: Arc<SystemClock>,
    transport: Arc<ReqwestTransport>,
    /// The list of tools, which all locations share.
    list: Arc<ToolList<Contacts>>,
    /// What other processes share with this one.
    store: Option<Store>,
    /// The quotas that locations of this process share, where no other process does.
    own_groups: RefCell<HashMap<String, QuotaGroup>>,
    cache: RefCell<HashMap<LocationId, Vec<Cached>>>,
}

/// The `Contacts` of a location, for the next account with the same location.
struct Cached {
    location: LocationConfig,
    contacts: Arc<Contacts>,
}

impl<'a> Assembly<'a> {
    pub(crate) fn new(config: &'a Config, metrics: Metrics) -> Result<Self, ConfigError> {
        Self::observed(config, Arc::new(MetricsObserver(metrics)))
    }

    /// The same; `observer` is told of every request of all locations.
    pub(crate) fn observed(config: &'a Config, observer: Arc<dyn Observer>) -> Result<Self, ConfigError> {
        let clock = Arc::<SystemClock>::default();
        let shared_clock = Arc::clone(&clock) as Arc<dyn Clock>;
        Ok(Self {
            config,
            store: fleet::store(config, &shared_clock, &observer)?,
            own_groups: RefCell::default(),
            country: config.country.as_deref().map(country).transpose()?,
            audit_key: config
                .audit_key
                .as_ref()
                .map_or_else(AuditKey::default, |key| AuditKey::of(key.expose_secret())),
            observer,
            clock,
            transport: Arc::default(),
            list: Arc::new(tools::all()),
            cache: RefCell::default(),
        })
    }

    /// The key of the hashes in the log.
    pub(crate) fn audit_key(&self) -> AuditKey {
        self.audit_key.clone()
    }

    /// What other processes share with this one.
    pub(crate) fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// The tools of the one location in the settings.
    pub(crate) fn for_settings(&self) -> Result<Locations<Contacts>, ConfigError> {
        let config = self.config;
        let catalogue =
            self.catalogue(self.contacts_of_settings(), config.toolsets.as_deref(), config.read_only)?;
        Ok(Locations::one(Arc::new(catalogue)))
    }

    /// The contacts of the one location in the settings.
    pub(crate) fn contacts_of_settings(&self) -> Arc<Contacts> {
        let config = self.config;
        self.contacts(&config.base_url, &config.credential, config.location.clone(), self.country, None)
    }

    /// The tools of the locations of one account.
    pub(crate) fn for_account(&self, account: &Account) -> Result<Locations<Contacts>, ConfigError> {
        let limiter = Arc::new(CallLimiter::default());
        let tools_of = |location: &LocationConfig| {
            let toolsets = location.toolsets.as_deref().or(self.config.toolsets.as_deref());
            let read_only = location.read_only || self.config.read_only;
            let catalogue = self.catalogue(self.contacts_of(location)?, toolsets, read_only)?;
            let catalogue = catalogue.limiter(Arc::clone(&limiter));
            Ok(Location {
                id: location.id.to_string(),
                label: location.name.clone(),
                catalogue: Arc::new(catalogue),
            })
        };
        account.locations.iter().map(tools_of).collect::<Result<_, ConfigError>>().map(Locations::of)
    }

    /// The contacts of a location of an account.
    pub(crate) fn contacts_of(&self, location: &LocationConfig) -> Result<Arc<Contacts>, ConfigError> {
        let mut cache = self.cache.borrow_mut();
        let same_id = cache.entry(location.id.clone()).or_default();
        if let Some(cached) = same_id.iter().find(|cached| is_same(&cached.location, location)) {
            return Ok(Arc::clone(&cached.contacts));
        }
        let base_url = location.base_url.as_ref().unwrap_or(&self.config.base_url);
        let country = location.country.as_deref().map(country).transpose()?.or(self.country);
        let group = location.quota_group.as_deref();
        let contacts =
            self.contacts(base_url, &location.credential, Some(location.id.clone()), country, group);
        same_id.push(Cached { location: location.clone(), contacts: Arc::clone(&contacts) });
        Ok(contacts)
    }

    fn contacts(
        &self,
        base_url: &Url,
        credential: &Credential,
        location: Option<LocationId>,
        country: Option<Country>,
        quota_group: Option<&str>,
    ) -> Arc<Contacts> {
        let settings = Settings {
            base_url: base_url.clone(),
            credential: credential.clone(),
            location,
            dialect: self.config.dialect,
            clock: Arc::<SystemClock>::clone(&self.clock),
            transport: Arc::<ReqwestTransport>::clone(&self.transport),
            deadline: DEADLINE,
        };
        let observer = Arc::clone(&self.observer);
        let client = match (&self.store, quota_group) {
            (Some(store), _) => Client::in_fleet(settings, observer, store.clone(), quota_group),
            (None, Some(name)) => {
                let mut groups = self.own_groups.borrow_mut();
                Client::in_quota_group(settings, observer, groups.entry(name.to_owned()).or_default())
            }
            (None, None) => Client::observed(settings, observer),
        };
        let options = contacts::Options {
            country,
            native_upsert: self.config.native_upsert,
            audit_key: self.audit_key.clone(),
        };
        Arc::new(Contacts::new(client, options))
    }

    fn catalogue(
        &self,
        contacts: Arc<Contacts>,
        toolsets: Option<&str>,
        read_only: bool,
    ) -> Result<Catalogue<Contacts>, ConfigError> {
        let catalogue = Catalogue::new(contacts, Arc::clone(&self.list)).read_only(read_only);
        let Some(list) = toolsets else { return Ok(catalogue) };
        let list = Toolset::list(list, &self.list.toolsets())
            .map_err(|unknown| ConfigError::new("--toolsets", unknown.to_string()))?;
        Ok(catalogue.toolsets(&list))
    }
}

/// Whether two accounts can share `Contacts`: same location, credential, address and country.
pub(crate) fn is_same(one: &LocationConfig, other: &LocationConfig) -> bool {
    let same_credential = match (&one.credential, &other.credential) {
        (Credential::Token(a), Credential::Token(b)) => a.expose_secret() == b.expose_secret(),
        (Credential::OAuth(a), Credential::OAuth(b)) => Arc::ptr_eq(a, b),
        _ => false,
    };
    same_credential
        && one.id == other.id
        && one.quota_group == other.quota_group
        && one.base_url == other.base_url
        && one.country == other.country
}

fn country(code: &str) -> Result<Country, ConfigError> {
    Country::read(code)
        .map_err(|reason| ConfigError::new("--country", format!("{reason}; give a name or a code, like US")))
}

async fn start_sandbox(config: &mut Config) -> Result<Sandbox, CliError> {
    let mut options = Options::default();
    if let Some(dialect) = &config.sandbox_dialect {
        options.dialect = sandbox_dialect(dialect)?;
    }
    let sandbox =
        Sandbox::start(options).await.map_err(|error| CliError::Io("cannot start the sandbox", error))?;
    config.base_url =
        Url::parse(&sandbox.url()).map_err(|error| ConfigError::new("--sandbox", error.to_string()))?;
    config.credential = Credential::Token(SecretString::from(sandbox.token().to_owned()));
    config.location = sandbox.location_id().parse().ok();
    Ok(sandbox)
}

/// Parses the dialect of the sandbox.
pub(crate) fn sandbox_dialect(word: &str) -> Result<crate::sandbox::Dialect, ConfigError> {
    word.parse().map_err(|_| {
        ConfigError::new("--sandbox-dialect", format!("\"{word}\" is not one of current, recipe"))
    })
}
