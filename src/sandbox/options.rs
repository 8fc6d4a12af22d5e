//! The options of a sandbox.

use std::fmt::{Debug, Formatter};
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::sandbox::clock::{Clock, SystemClock};

/// The description of HighLevel that the sandbox follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// HighLevel's OpenAPI of version 2021-07-28, with the quirks that were observed.
    #[default]
    Current,
    /// The article "GoHighLevel Contacts API: Create and Update Recipes" (2026-05-28), as it is written.
    Recipe,
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "current" => Ok(Self::Current),
            "recipe" => Ok(Self::Recipe),
            other => Err(format!("unknown dialect {other:?}: use current or recipe")),
        }
    }
}

/// The data that the CRM starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seed {
    /// Twenty-five invented people with tags and custom field values.
    #[default]
    People,
    /// Only custom field definitions.
    Empty,
}

/// The key that is read in a written custom field item; an item with only the other key is dropped without an error.
/// Reports disagree about HighLevel's own key (its OpenAPI says `field_value`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldForm {
    /// Both; `field_value` wins.
    #[default]
    Either,
    /// Only `field_value`.
    FieldValue,
    /// Only `value`.
    Value,
}

/// A marketplace app. The sandbox issues its tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct OauthApp {
    /// The app's id.
    pub client_id: String,
    /// The app's secret.
    pub client_secret: String,
    /// How long an access token is valid; at HighLevel, a day.
    pub access_ttl: Duration,
}

impl Debug for OauthApp {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OauthApp").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// The options of a sandbox.
#[derive(Clone)]
pub struct Options {
    /// The address to listen on; port 0 takes a free port.
    pub listen: SocketAddr,
    /// The description of HighLevel that the sandbox follows.
    pub dialect: Dialect,
    /// The data that the CRM starts with.
    pub seed: Seed,
    /// The private integration token that is accepted; an invented one.
    pub token: String,
    /// The only location that the token reaches.
    pub location_id: String,
    /// The location's setting "Allow Duplicate Contact".
    pub allow_duplicate_contact: bool,
    /// The location's `contactUniqueIdentifiers`, in order: `email`, `phone`.
    pub unique_identifiers: Vec<String>,
    /// How far `POST /contacts/search` lags behind the writes.
    pub search_lag: Duration,
    /// The real time between the duplicate check and the insert of a create or upsert; with zero they are one step.
    pub insert_window: Duration,
    /// The real time that each answer takes, after the request was carried out.
    pub latency: Duration,
    /// How many requests are allowed in one burst window.
    pub burst: u32,
    /// The length of the burst window, which starts with its first request.
    pub burst_window: Duration,
    /// How many requests are allowed in one UTC day.
    pub daily: u32,
    /// The scopes that the token lacks, such as `contacts.write`.
    pub denied_scopes: Vec<String>,
    /// The key that is read in a written custom field item.
    pub custom_field_form: FieldForm,
    /// The location's country, ISO 3166 alpha-2.
    pub country: String,
    /// The source of the time.
    pub clock: Arc<dyn Clock>,
    /// Whether `PUT /contacts/{id}` accepts `companyName` (reports disagree); if not, it answers 422.
    pub put_company_name: bool,
    /// Whether a written `dndSettings` replaces all channels; if not, it is merged channel by channel. Nothing documents it.
    pub dnd_settings_replace: bool,
    /// The marketplace app that `/oauth/token` serves.
    pub oauth: Option<OauthApp>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            dialect: Dialect::Current,
            seed: Seed::People,
            token: String::from("pit-00000000-0000-4000-8000-00005a4db0c5"),
            location_id: String::from("SandboxLocation00001"),
            allow_duplicate_contact: false,
            unique_identifiers: vec![String::from("email"), String::from("phone")],
            search_lag: Duration::from_secs(2),
            insert_window: Duration::ZERO,
            latency: Duration::ZERO,
            burst: 100,
            burst_window: Duration::from_secs(10),
            daily: 200_000,
            denied_scopes: Vec::new(),
            custom_field_form: FieldForm::Either,
            country: String::from("US"),
            clock: Arc::new(SystemClock),
            put_company_name: true,
            dnd_settings_replace: false,
            oauth: None,
        }
    }
}

impl Debug for Options {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("dialect", &self.dialect)
            .field("seed", &self.seed)
            .field("location_id", &self.location_id)
            .field("allow_duplicate_contact", &self.allow_duplicate_contact)
            .field("unique_identifiers", &self.unique_identifiers)
            .field("search_lag", &self.search_lag)
            .field("denied_scopes", &self.denied_scopes)
            .field("custom_field_form", &self.custom_field_form)
            .finish_non_exhaustive()
    }
}
