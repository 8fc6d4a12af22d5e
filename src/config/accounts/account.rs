//! What the accounts file means, its credentials read.

use std::path::PathBuf;

use url::Url;

use crate::ghl::LocationId;
use crate::ghl::auth::Credential;

/// One client: its tokens and its locations.
#[derive(Debug, Clone)]
pub struct Account {
    /// For a person, and for `--account`.
    pub name: String,
    /// Where its tokens stand. Needed over HTTP only.
    pub tokens: Vec<BearerSource>,
    /// At least one.
    pub locations: Vec<Place>,
}

/// One location of an account.
#[derive(Debug, Clone)]
pub struct Place {
    /// HighLevel's id.
    pub id: LocationId,
    /// What a person calls it.
    pub name: Option<String>,
    /// The token that HighLevel knows for it, or the app's tokens in a store.
    pub credential: Credential,
    /// Its own address; else the one of all.
    pub base_url: Option<Url>,
    /// Its own toolsets; else those of all.
    pub toolsets: Option<String>,
    /// No writing tools here.
    pub read_only: bool,
    /// Country of phones written without its code; else the one of all.
    pub country: Option<String>,
}

/// Where a bearer token stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BearerSource {
    /// In a variable.
    Environment(String),
    /// In a file.
    File(PathBuf),
    /// Nowhere here: this is its SHA-256.
    Hash([u8; 32]),
}
