//! Accounts and their locations, with credentials.

use std::path::PathBuf;

use url::Url;

use crate::ghl::LocationId;
use crate::ghl::auth::Credential;
use crate::sign_in::Rule;

/// An account: the tokens of its clients, the people who may sign in, and its locations.
#[derive(Debug, Clone)]
pub struct Account {
    /// The name, for people and for `--account`.
    pub name: String,
    /// Where its tokens are. Used over HTTP only.
    pub tokens: Vec<BearerSource>,
    /// The people who may sign in to it. Used over HTTP only.
    pub people: Rule,
    /// At least one.
    pub locations: Vec<LocationConfig>,
}

/// One location of an account.
#[derive(Debug, Clone)]
pub struct LocationConfig {
    /// HighLevel's id.
    pub id: LocationId,
    /// A name for people.
    pub name: Option<String>,
    /// The private integration token, or the OAuth app with a token store.
    pub credential: Credential,
    /// The quota that this location shares with others of the same name; none for a quota of its own.
    pub quota_group: Option<String>,
    /// The address of the API, if not the common one.
    pub base_url: Option<Url>,
    /// The toolsets, if not the common ones.
    pub toolsets: Option<String>,
    /// Whether tools that write are hidden and refused for this location.
    pub read_only: bool,
    /// The default country of phone numbers without a country code, if not the common one.
    pub country: Option<String>,
}

/// Where a bearer token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BearerSource {
    /// In an environment variable.
    Environment(String),
    /// In a file.
    File(PathBuf),
    /// Not known: this is its SHA-256.
    Hash([u8; 32]),
}
