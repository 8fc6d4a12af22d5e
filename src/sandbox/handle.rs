//! The handle on a running sandbox.

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

/// A running sandbox. Dropping it closes the port and every connection.
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
    /// Binds the port and begins to serve.
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

    /// The address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The private integration token it accepts.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.crm.state.options.token
    }

    /// The one location the token reaches.
    #[must_use]
    pub fn location_id(&self) -> &str {
        &self.crm.state.options.location_id
    }

    /// Everything that went over the wire, in order of arrival.
    #[must_use]
    pub fn wire(&self) -> Vec<Exchange> {
        lock(&self.crm.state.log).exchanges()
    }

    /// Forgets what went over the wire; `unexpected` stays.
    pub fn clear_wire(&self) {
        lock(&self.crm.state.log).clear();
    }

    /// `METHOD path` of the requests that no route of the dialect serves. `GET /contacts/search` counts in the
    /// current dialect, where it is read as a contact's id.
    #[must_use]
    pub fn unexpected(&self) -> Vec<String> {
        lock(&self.crm.state.log).unexpected.clone()
    }

    /// A handle that can be kept apart from the server's life.
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
    #[expect(clippy::must_use_candidate, reason = "many callers put a contact in and never name it")]
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

    /// The custom field definitions, as `GET /locations/{id}/customFields` lists them.
    #[must_use]
    pub fn custom_fields(&self) -> Vec<Value> {
        lock(&self.crm.state.store).definitions.clone()
    }

    /// The names of the tags the location knows.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        lock(&self.crm.state.store).tags.iter().map(|(_, name)| name.clone()).collect()
    }

    /// The next request that nothing else is aimed at fails so; queued.
    pub fn fail_next(&self, fault: Fault) {
        lock(&self.crm.state.faults).next.push_back(fault);
    }

    /// The next request of this method whose path begins so fails; queued. A `$` at the end stands for the path's
    /// end: `/contacts/$` is the create alone.
    pub fn fault_on(&self, method: &str, path_prefix: &str, fault: Fault) {
        lock(&self.crm.state.faults).aim(method, path_prefix, fault);
    }

    /// Runs before the next request of this method whose path begins so: "a workflow adds a tag just now".
    pub fn on_next(&self, method: &str, path_prefix: &str, hook: impl FnOnce(&Crm) + Send + 'static) {
        // Not an `Arc`: the state owns the hook.
        let state = Arc::downgrade(&self.crm.state);
        let hook = move || state.upgrade().map_or((), |state| hook(&Crm { state }));
        lock(&self.crm.state.faults).hook(method, path_prefix, Box::new(hook));
    }

    /// Every request fails so, until `None`.
    pub fn fail_always(&self, fault: Option<Fault>) {
        lock(&self.crm.state.faults).always = fault;
    }

    /// From now on `percent` of the requests fail by lot: 5xx, a page of HTML, 429, a cut connection; some of them
    /// after being carried out. The same seed strikes the same requests. Zero ends it.
    pub fn random_faults(&self, percent: f64, seed: u64) {
        lock(&self.crm.state.faults).by_lot(percent, seed);
    }

    /// How many refresh tokens were exchanged.
    #[must_use]
    pub fn oauth_refreshes(&self) -> usize {
        lock(&self.crm.state.grants).refreshes
    }

    /// A new access and refresh token, as an installed app would hold; a default app where the options name none
    /// (such a pair cannot be refreshed).
    #[must_use]
    pub fn new_grant(&self) -> (String, String) {
        let state = &self.crm.state;
        let day = std::time::Duration::from_secs(86_400);
        let any = OauthApp { client_id: String::new(), client_secret: String::new(), access_ttl: day };
        lock(&state.grants).issue(state.options.oauth.as_ref().unwrap_or(&any), state.now())
    }
}
