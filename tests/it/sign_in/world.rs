//! A server with a sign-in, and its authorization server.

use std::sync::Arc;
use std::time::Duration;

use ghl_contacts_mcp::ghl::Clock as _;
use ghl_contacts_mcp::ghl::wire::{ReqwestTransport, Timeouts};
use ghl_contacts_mcp::serve::{Accounts, Bearer, Handler, HttpOptions, People};
use ghl_contacts_mcp::sign_in::{Introspection, IssuerUrl, Resource, ScopeNames, Settings, SignIn};
use serde_json::{Value, json};

use crate::http::client::{Answer, Ask, post};
use crate::http::server::{Server, TOKEN, greet, options, save};
use crate::protocol::fixture::Fixture;
use crate::support::VirtualClock;
use crate::support::issuer::{Issuer, Signer};

/// The public address of the server.
pub const PUBLIC: &str = "https://crm.example.com";

pub struct World {
    pub issuer: Issuer,
    pub signer: Signer,
    pub server: Server,
    pub clock: Arc<VirtualClock>,
}

/// What a spec changes about a world.
pub struct Setup {
    pub options: HttpOptions,
    pub settings: Settings,
    pub timeouts: Timeouts,
}

impl World {
    /// Everyone may sign in, beside a static token.
    pub async fn open() -> Self {
        Self::with(Signer::rsa("one"), |_| {}).await
    }

    pub async fn with(signer: Signer, change: impl FnOnce(&mut Setup)) -> Self {
        Self::start(signer, change, People::everyone).await
    }

    pub async fn start(
        signer: Signer,
        change: impl FnOnce(&mut Setup),
        invite: impl FnOnce(People<Handler<Fixture>>, Handler<Fixture>) -> People<Handler<Fixture>>,
    ) -> Self {
        let issuer = Issuer::open(&[&signer]).await;
        Self::before(issuer, signer, change, invite).await
    }

    /// The same authorization server under this name, with a new server.
    pub async fn behind(self, name: &str) -> Self {
        let Self { issuer, signer, .. } = self;
        let rename = |setup: &mut Setup| setup.settings.issuers = vec![issuer_url(name)];
        Self::before(issuer, signer, rename, People::everyone).await
    }

    async fn before(
        issuer: Issuer,
        signer: Signer,
        change: impl FnOnce(&mut Setup),
        invite: impl FnOnce(People<Handler<Fixture>>, Handler<Fixture>) -> People<Handler<Fixture>>,
    ) -> Self {
        crate::support::log::watch();
        let clock = Arc::new(VirtualClock::default());
        let settings = Settings {
            issuers: vec![issuer_url(&issuer.name())],
            resource: Resource::new(&PUBLIC.parse().unwrap(), Vec::new()),
            scopes: ScopeNames::default(),
            introspection: None,
        };
        let mut setup = Setup { options: options(), settings, timeouts: Timeouts::default() };
        change(&mut setup);
        let transport = ReqwestTransport::new(setup.timeouts).largest(256 * 1024);
        let time = Arc::<VirtualClock>::clone(&clock);
        let sign_in = SignIn::new(setup.settings, Arc::new(transport), time);
        let people = People::new(sign_in, |subject| format!("hash-of-{}", subject.len()));
        let server = Server::start(setup.options, |handler| {
            Accounts::authenticated()
                .with_token(Bearer::of(TOKEN), handler.clone())
                .with_people(invite(people, handler))
        })
        .await;
        Self { issuer, signer, server, clock }
    }

    /// Now, as tokens write it.
    pub fn now(&self) -> u64 {
        self.clock.wall().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
    }

    /// The claims of a token that is let in.
    pub fn claims(&self) -> Value {
        json!({
            "iss": self.issuer.name(),
            "aud": format!("{PUBLIC}/mcp"),
            "sub": "jane",
            "client_id": "claude",
            "scope": "contacts:read contacts:write",
            "iat": self.now(),
            "exp": self.now() + 300,
        })
    }

    /// The same with other claims; `null` takes one out.
    #[expect(clippy::needless_pass_by_value, reason = "callers pass a literal")]
    pub fn claims_with(&self, others: Value) -> Value {
        let mut claims = self.claims();
        for (name, value) in others.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        claims
    }

    /// A token of these claims.
    pub fn token(&self, others: Value) -> String {
        self.signer.token(&self.claims_with(others))
    }

    /// Calls the tool that reads.
    pub async fn read(&self, token: &str) -> Answer {
        self.server.ask(post(&greet("Jane")).bearer(token)).await
    }

    /// Calls the tool that writes.
    pub async fn write(&self, token: &str) -> Answer {
        self.server.ask(post(&save()).bearer(token)).await
    }

    pub async fn ask(&self, ask: Ask) -> Answer {
        self.server.ask(ask).await
    }

    /// How often the authorization server was asked for anything.
    pub fn fetches(&self) -> usize {
        self.issuer.asked().len()
    }
}

pub fn issuer_url(text: &str) -> IssuerUrl {
    IssuerUrl { text: text.to_owned(), url: text.parse().unwrap() }
}

/// Introspection at this issuer.
pub fn introspection(endpoint: &str) -> Introspection {
    Introspection {
        endpoint: endpoint.parse().unwrap(),
        client_id: "crm server".to_owned(),
        client_secret: "s3cret:canary".to_owned().into(),
    }
}

/// Timeouts that a spec can wait for.
pub fn short() -> Timeouts {
    let time = Duration::from_millis(60);
    Timeouts { connect: time, idle: time, attempt: time }
}

/// Why a request was refused, by the header.
pub fn challenge(answer: &Answer) -> &str {
    answer.header("www-authenticate").unwrap_or_default()
}
