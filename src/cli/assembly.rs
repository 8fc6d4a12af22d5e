//! From settings to a catalogue of tools.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::cli::error::Stop;
use crate::config::{Account, Config, Place, Wrong};
use crate::contacts::value::country::Country;
use crate::contacts::{self, Contacts};
use crate::ghl::auth::Credential;
use crate::ghl::clock::SystemClock;
use crate::ghl::http::Wire;
use crate::ghl::{Client, LocationId, Observer, Settings};
use crate::sandbox::{Options, Sandbox};
use crate::serve::{Handler, Metrics};
use crate::tool::{CallLimiter, Catalogue, Location, Locations, Toolset};
use crate::tools;

/// Hosts give up after 60 s; with the wait for a place (10 s) a call is answered within 45.
const DEADLINE: Duration = Duration::from_secs(35);

/// The tools, and the sandbox that must live as long as they do.
pub(crate) struct Wired {
    pub(crate) tools: Locations<Contacts>,
    pub(crate) sandbox: Option<Sandbox>,
}

impl Wired {
    pub(crate) fn handler(self) -> (Handler<Contacts>, Option<Sandbox>) {
        (handler(self.tools, &Metrics::default()), self.sandbox)
    }
}

/// A server of these tools.
pub(crate) fn handler(tools: Locations<Contacts>, metrics: &Metrics) -> Handler<Contacts> {
    Handler::for_locations(tools, tools::INSTRUCTIONS.to_owned(), metrics.clone())
}

/// Wires everything for one client. Makes no request.
pub(crate) async fn wire(mut config: Config) -> Result<Wired, Stop> {
    let sandbox = sandbox(&mut config).await?;
    let workshop = Workshop::new(&config, Metrics::default())?;
    let tools = match &config.accounts {
        None => workshop.of_all()?,
        Some(accounts) => workshop.of_account(accounts.pick(config.account.as_deref())?)?,
    };
    Ok(Wired { tools, sandbox })
}

/// The sandbox, if that is what is worked against; `config` then points at it.
pub(crate) async fn sandbox(config: &mut Config) -> Result<Option<Sandbox>, Stop> {
    if !config.sandbox {
        return Ok(None);
    }
    if config.accounts.is_some() {
        return Err(Wrong::new("--sandbox", "has one location and no place beside --accounts").into());
    }
    start_sandbox(config).await.map(Some)
}

/// Makes the tools of locations. What two accounts share of one location (its credential being the same) is shared in
/// full: its budget at HighLevel is one, and two writers of one contact have to wait for each other.
pub(crate) struct Workshop<'a> {
    config: &'a Config,
    /// The country of all, where a location has none of its own.
    country: Option<Country>,
    observer: Arc<Observed>,
    clock: Arc<SystemClock>,
    transport: Arc<Wire>,
    made: RefCell<Vec<Made>>,
}

struct Made {
    place: Place,
    contacts: Arc<Contacts>,
}

impl<'a> Workshop<'a> {
    pub(crate) fn new(config: &'a Config, metrics: Metrics) -> Result<Self, Wrong> {
        Ok(Self {
            config,
            country: config.country.as_deref().map(country).transpose()?,
            observer: Arc::new(Observed(metrics)),
            clock: Arc::default(),
            transport: Arc::default(),
            made: RefCell::default(),
        })
    }

    /// The tools over the one location of the settings.
    pub(crate) fn of_all(&self) -> Result<Locations<Contacts>, Wrong> {
        let config = self.config;
        let contacts =
            self.contacts(&config.base_url, &config.credential, config.location.clone(), self.country);
        let catalogue = catalogue(contacts, config.toolsets.as_deref(), config.read_only)?;
        Ok(Locations::one(Arc::new(catalogue)))
    }

    /// The tools over the locations of one account.
    pub(crate) fn of_account(&self, account: &Account) -> Result<Locations<Contacts>, Wrong> {
        let limiter = Arc::new(CallLimiter::default());
        let of = |place: &Place| {
            let toolsets = place.toolsets.as_deref().or(self.config.toolsets.as_deref());
            let read_only = place.read_only || self.config.read_only;
            let catalogue =
                catalogue(self.contacts_of(place)?, toolsets, read_only)?.limiter(Arc::clone(&limiter));
            Ok(Location {
                id: place.id.to_string(),
                label: place.name.clone(),
                catalogue: Arc::new(catalogue),
            })
        };
        account.locations.iter().map(of).collect::<Result<_, Wrong>>().map(Locations::of)
    }

    fn contacts_of(&self, place: &Place) -> Result<Arc<Contacts>, Wrong> {
        if let Some(made) = self.made.borrow().iter().find(|made| is_same(&made.place, place)) {
            return Ok(Arc::clone(&made.contacts));
        }
        let base_url = place.base_url.as_ref().unwrap_or(&self.config.base_url);
        let country = place.country.as_deref().map(country).transpose()?.or(self.country);
        let contacts = self.contacts(base_url, &place.credential, Some(place.id.clone()), country);
        self.made.borrow_mut().push(Made { place: place.clone(), contacts: Arc::clone(&contacts) });
        Ok(contacts)
    }

    fn contacts(
        &self,
        base_url: &Url,
        credential: &Credential,
        location: Option<LocationId>,
        country: Option<Country>,
    ) -> Arc<Contacts> {
        let settings = Settings {
            base_url: base_url.clone(),
            credential: credential.clone(),
            location,
            dialect: self.config.dialect,
            clock: Arc::<SystemClock>::clone(&self.clock),
            transport: Arc::<Wire>::clone(&self.transport),
            deadline: DEADLINE,
        };
        let client = Client::observed(settings, Arc::<Observed>::clone(&self.observer));
        let options = contacts::Options { country, native_upsert: self.config.native_upsert };
        Arc::new(Contacts::new(client, options))
    }
}

/// Whether two accounts mean the same thing: one location, one credential, at one address, read in one country.
fn is_same(one: &Place, other: &Place) -> bool {
    let same_credential = match (&one.credential, &other.credential) {
        (Credential::Token(a), Credential::Token(b)) => a.expose_secret() == b.expose_secret(),
        (Credential::OAuth(a), Credential::OAuth(b)) => Arc::ptr_eq(a, b),
        _ => false,
    };
    same_credential && one.id == other.id && one.base_url == other.base_url && one.country == other.country
}

fn country(code: &str) -> Result<Country, Wrong> {
    let wrong = || Wrong::new("--country", format!("\"{code}\" is not a country of two letters, like US"));
    Country::parse(code).ok_or_else(wrong)
}

fn catalogue(
    contacts: Arc<Contacts>,
    toolsets: Option<&str>,
    read_only: bool,
) -> Result<Catalogue<Contacts>, Wrong> {
    let tools = tools::all();
    let known = tools.toolsets();
    let catalogue = Catalogue::new(contacts, tools).read_only(read_only);
    let Some(list) = toolsets else { return Ok(catalogue) };
    let list =
        Toolset::list(list, &known).map_err(|unknown| Wrong::new("--toolsets", unknown.to_string()))?;
    Ok(catalogue.toolsets(&list))
}

/// Requests to HighLevel, counted.
#[derive(Debug)]
struct Observed(Metrics);

impl Observer for Observed {
    fn ended(&self, endpoint: &'static str, status: Option<u16>, took: Duration) {
        self.0.upstream_ended(endpoint, status, took);
    }

    fn waited(&self, endpoint: &'static str, time: Duration) {
        self.0.upstream_waited(endpoint, time);
    }

    fn repeated(&self, endpoint: &'static str) {
        self.0.upstream_retried(endpoint);
    }
}

async fn start_sandbox(config: &mut Config) -> Result<Sandbox, Stop> {
    let mut options = Options::default();
    if let Some(dialect) = &config.sandbox_dialect {
        options.dialect = sandbox_dialect(dialect)?;
    }
    let sandbox =
        Sandbox::start(options).await.map_err(|error| Stop::System("the sandbox could not start", error))?;
    config.base_url =
        Url::parse(&sandbox.url()).map_err(|error| Wrong::new("--sandbox", error.to_string()))?;
    config.credential = Credential::Token(SecretString::from(sandbox.token().to_owned()));
    config.location = sandbox.location_id().parse().ok();
    Ok(sandbox)
}

/// The sandbox's dialect by its word.
pub(crate) fn sandbox_dialect(word: &str) -> Result<crate::sandbox::Dialect, Wrong> {
    word.parse()
        .map_err(|_| Wrong::new("--sandbox-dialect", format!("\"{word}\" is not one of current, recipe")))
}
