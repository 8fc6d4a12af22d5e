//! Owns: who a client is by the token of an authorization server: what a token must say, the server's keys, what it allows.
//! May import: `ghl` (its transport, clock and shared reads only).
//! Never: issues a token, sends a client's token to HighLevel, logs one, or opens an address that a token names.
//! Tests: `tests/it/sign_in.rs`, the tables beside the code.

mod claims;
mod crypto;
mod discovery;
mod fetch;
mod introspection;
mod issuer;
mod jwt;
mod keys;
mod person;
mod probe;
mod refusal;
mod resource;
mod rule;
mod scopes;
mod settings;
mod verifier;

pub(crate) use crate::sign_in::discovery::DiscoveryError;
pub(crate) use crate::sign_in::fetch::FetchError;
pub use crate::sign_in::person::{Person, SignedIn};
pub(crate) use crate::sign_in::probe::{Described, Probe};
pub use crate::sign_in::refusal::Refusal;
pub use crate::sign_in::resource::Resource;
pub use crate::sign_in::rule::Rule;
pub use crate::sign_in::scopes::{Powers, ScopeNames};
pub use crate::sign_in::settings::{Introspection, IssuerUrl, Settings};
pub use crate::sign_in::verifier::SignIn;
