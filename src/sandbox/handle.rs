//! The handle to a running sandbox.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::sandbox::crm::Crm;
use crate::sandbox::faults::Fault;
use crate::sandbox::options::{OauthApp, Options};
use crate::sandbox::request_log::Exchange;
use crate::sandbox::server;
use crate::sandbox::state::{State, lock};

/// A running sandbox. When it is dropped, the port and all connections close.
pub struct Sandbox {
    crm: Crm,
    address: SocketAddr,
    _stop: DropGuard,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Binds the address and starts to serve. The error is the bind's.
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(options));
        let stop = CancellationToken::new();
        tokio::spawn(server::run(listener, Arc::clone(&state), stop.clone()));
        Ok(Self { crm: Crm { state }, address, _stop: stop.drop_guard() })
    }

    /// The base URL: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The private integration token that it accepts.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.crm.state.options.token
    }

    /// The only location that the token reaches.
    #[must_use]
    pub fn location_id(&self) -> &str {
        &self.crm.state.options.location_id
    }

    /// The last 10,000 requests and responses, in the order in which the requests arrived.
    #[must_use]
    pub fn wire(&self) -> Vec<Exchange> {
        lock(&self.crm.state.log).exchanges()
    }

    /// Empties the log of requests and responses; `unexpected` stays.
    pub fn clear_wire(&self) {
        lock(&self.crm.state.log).clear();
    }

    /// `METHOD path` of the requests that no route of the dialect serves. In the current dialect
    /// `GET /contacts/search` is one of them: there the word is read as a contact's id.
    #[must_use]
    pub fn unexpected(&self) -> Vec<String> {
        lock(&self.crm.state.log).unexpected.clone()
    }

    /// A handle to the data, which stays valid when the sandbox is dropped.
    #[must_use]
    pub fn crm(&self) -> Crm {
        self.crm.clone()
    }

    /// See [`Crm::contacts`].
    #[must_use]
    pub fn contacts(&self) -> Vec<Value> {
        self.crm.contacts()
    }

    /// See [`Crm::contact`].
    #[must_use]
    pub fn contact(&self, id: &str) -> Option<Value> {
        self.crm.contact(id)
    }

    /// See [`Crm::insert`].
    #[expect(clippy::must_use_candidate, reason = "many callers do not need the id")]
    pub fn insert(&self, contact: Value) -> String {
        self.crm.insert(contact)
    }

    /// See [`Crm::edit`].
    pub fn edit(&self, id: &str, change: impl FnOnce(&mut Map<String, Value>)) {
        self.crm.edit(id, change);
    }

    /// See [`Crm::remove`].
    pub fn remove(&self, id: &str) {
        self.crm.remove(id);
    }

    /// The custom field definitions in the form that `GET /locations/{id}/customFields` returns.
    #[must_use]
    pub fn custom_fields(&self) -> Vec<Value> {
        lock(&self.crm.state.store).definitions.clone()
    }

    /// The names of the location's tags.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        lock(&self.crm.state.store).tags.iter().map(|(_, name)| name.clone()).collect()
    }

    /// Adds a fault to the queue for the next requests that have no other fault.
    pub fn fail_next(&self, fault: Fault) {
        lock(&self.crm.state.faults).next.push_back(fault);
    }

    /// Adds a fault for the next request with this method and a path that starts with `path_prefix`. A `$` at the end
    /// of the prefix means the end of the path: `/contacts/$` is only the create.
    pub fn fault_on(&self, method: &str, path_prefix: &str, fault: Fault) {
        lock(&self.crm.state.faults).add(method, path_prefix, fault);
    }

    /// Runs `hook` before the next request with this method and a path that starts with `path_prefix`: for example, a
    /// workflow adds a tag.
    pub fn on_next(&self, method: &str, path_prefix: &str, hook: impl FnOnce(&Crm) + Send + 'static) {
        // The state owns the hook: an `Arc` here would keep the state in memory forever.
        let state = Arc::downgrade(&self.crm.state);
        let hook = move || state.upgrade().map_or((), |state| hook(&Crm { state }));
        lock(&self.crm.state.faults).add_hook(method, path_prefix, Box::new(hook));
    }

    /// Each request fails with this fault, until it is `None`.
    pub fn fail_always(&self, fault: Option<Fault>) {
        lock(&self.crm.state.faults).always = fault;
    }

    /// From now on `percent` of the requests fail at random: with a 5xx, an HTML page, a 429 or a closed connection;
    /// some of them are carried out first. The same seed chooses the same requests. Zero percent ends it.
    pub fn random_faults(&self, percent: f64, seed: u64) {
        lock(&self.crm.state.faults).sample(percent, seed);
    }

    /// From now on `percent` of the requests that do not fail get an odd answer, see [`Fault::Odd`]; half of those that
    /// write are carried out. The same seed chooses the same requests and changes. Zero percent ends it.
    pub fn random_odd_answers(&self, percent: f64, seed: u64) {
        lock(&self.crm.state.faults).sample_odd(percent, seed);
    }

    /// How many refresh tokens were exchanged.
    #[must_use]
    pub fn oauth_refreshes(&self) -> usize {
        lock(&self.crm.state.grants).refreshes
    }

    /// Issues an access token and a refresh token, as for an installed app. Without an app in the options, the pair is
    /// valid for a day and cannot be refreshed.
    #[must_use]
    pub fn new_grant(&self) -> (String, String) {
        let state = &self.crm.state;
        let day = std::time::Duration::from_secs(86_400);
        let no_app = OauthApp { client_id: String::new(), client_secret: String::new(), access_ttl: day };
        lock(&state.grants).issue(state.options.oauth.as_ref().unwrap_or(&no_app), state.now())
    }
}
