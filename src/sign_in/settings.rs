//! What the operator decides: which authorization servers, for which resource.

use secrecy::SecretString;
use url::Url;

use crate::sign_in::resource::Resource;
use crate::sign_in::scopes::ScopeNames;

/// Which tokens are accepted.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The authorization servers: at least one.
    pub issuers: Vec<IssuerUrl>,
    /// What tokens must be for.
    pub resource: Resource,
    /// The names of the scopes.
    pub scopes: ScopeNames,
    /// Where a token that is no JWT is asked about; none refuses such tokens. Only with one issuer.
    pub introspection: Option<Introspection>,
}

/// An authorization server. Its tokens have this text as `iss`, to the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerUrl {
    /// As it was given.
    pub text: String,
    /// The same as an address: https, or http on this machine.
    pub url: Url,
}

/// An introspection endpoint (RFC 7662), and this server's account there.
#[derive(Debug, Clone)]
pub struct Introspection {
    /// Its address: https, or http on this machine.
    pub endpoint: Url,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
}
