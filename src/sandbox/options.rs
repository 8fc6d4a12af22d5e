//! How a sandbox is set up.

use std::fmt::{Debug, Formatter};
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::sandbox::clock::{Clock, RealClock};

/// Which description of HighLevel the sandbox follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// HighLevel's OpenAPI of version 2021-07-28 with its observed quirks.
    #[default]
    Current,
    /// The article "GoHighLevel Contacts API: Create and Update Recipes" (2026-05-28), taken at its word.
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

/// What the CRM holds at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seed {
    /// Twenty-five made-up people with tags and custom field values.
    #[default]
    Believable,
    /// Custom field definitions only.
    Empty,
}

/// Which key of a written custom field item is honoured; the other is dropped in silence. Reports disagree on the
/// real one (HighLevel's OpenAPI says `field_value`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldForm {
    /// Both; `field_value` wins.
    #[default]
    Either,
    /// `field_value` only.
    FieldValue,
    /// `value` only.
    Value,
}

/// A marketplace app whose tokens the sandbox issues.
#[derive(Clone, PartialEq, Eq)]
pub struct OauthApp {
    /// The app's id.
    pub client_id: String,
    /// The app's secret.
    pub client_secret: String,
    /// How long an access token lives; HighLevel gives a day.
    pub access_ttl: Duration,
}

impl Debug for OauthApp {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OauthApp").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// Everything that can be chosen about a sandbox.
#[derive(Clone)]
pub struct Options {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Which description of HighLevel is served.
    pub dialect: Dialect,
    /// What the CRM holds at the start.
    pub seed: Seed,
    /// The private integration token that is accepted; made up.
    pub token: String,
    /// The one location the token reaches.
    pub location_id: String,
    /// The location's setting "Allow Duplicate Contact".
    pub allow_duplicate_contact: bool,
    /// The location's `contactUniqueIdentifiers`, in order: `email`, `phone`.
    pub unique_identifiers: Vec<String>,
    /// How far `POST /contacts/search` lags behind the writes.
    pub search_lag: Duration,
    /// Real time between the duplicate check and the insert of a create or upsert; zero makes them one step.
    pub insert_window: Duration,
    /// Requests allowed in one burst window.
    pub burst: u32,
    /// The burst window; it opens with its first request.
    pub burst_window: Duration,
    /// Requests allowed in one UTC day.
    pub daily: u32,
    /// Scopes the token lacks, such as `contacts.write`.
    pub denied_scopes: Vec<String>,
    /// Which key of a written custom field item is honoured.
    pub custom_field_form: FieldForm,
    /// The location's country, ISO 3166 alpha-2.
    pub country: String,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Whether `PUT /contacts/{id}` takes `companyName` (reports disagree); false answers 422.
    pub put_company_name: bool,
    /// The marketplace app served at `/oauth/token`, if any.
    pub oauth: Option<OauthApp>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            dialect: Dialect::Current,
            seed: Seed::Believable,
            token: String::from("pit-00000000-0000-4000-8000-00005a4db0c5"),
            location_id: String::from("SandboxLocation00001"),
            allow_duplicate_contact: false,
            unique_identifiers: vec![String::from("email"), String::from("phone")],
            search_lag: Duration::from_secs(2),
            insert_window: Duration::ZERO,
            burst: 100,
            burst_window: Duration::from_secs(10),
            daily: 200_000,
            denied_scopes: Vec::new(),
            custom_field_form: FieldForm::Either,
            country: String::from("US"),
            clock: Arc::new(RealClock),
            put_company_name: true,
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
