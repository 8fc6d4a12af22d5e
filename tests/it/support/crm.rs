//! A simulated HighLevel, a process in front of it, and what a spec may do with both.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ghl_contacts_mcp::contacts::{self, AuditKey, Contacts};
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::ReqwestTransport;
use ghl_contacts_mcp::ghl::{Client, Dialect, Settings};
use ghl_contacts_mcp::sandbox::{self, Fault, Options, Sandbox, Seed};
use rmcp::model::ElicitResult;
use serde_json::{Value, json};

use crate::support::clock::VirtualClock;
use crate::support::host::{Era, Host};
use crate::support::session::serve;
use crate::support::{Person, Reply, Session, log, openapi, wire};

/// The deadline of one call, as in the program.
pub const DEADLINE: Duration = Duration::from_secs(45);

/// The settings of a CRM and of the process in front of it.
pub struct Setup {
    pub options: Options,
    pub contacts: contacts::Options,
    pub dialect: Option<Dialect>,
    people: Vec<Value>,
    allow_unexpected: bool,
}

/// An empty CRM that forbids duplicates, and a process with default settings.
pub fn setup() -> Setup {
    // Each spec has its own location, so that its log lines can be told apart.
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let location_id = format!("SpecLocation{:08}", NEXT.fetch_add(1, Ordering::Relaxed));
    let options = Options { seed: Seed::Empty, location_id, ..Options::default() };
    Setup {
        options,
        contacts: contacts::Options {
            audit_key: AuditKey::of("the-key-of-the-specs"),
            ..contacts::Options::default()
        },
        dialect: None,
        people: Vec::new(),
        allow_unexpected: false,
    }
}

impl Setup {
    pub fn with(mut self, person: Person) -> Self {
        self.people.push(person.into_value());
        self
    }

    pub fn options(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    pub fn duplicates_allowed(self) -> Self {
        self.options(|options| options.allow_duplicate_contact = true)
    }

    /// The CRM of the recipes article. The process finds out by requests without a route.
    pub fn recipe(mut self) -> Self {
        self.allow_unexpected = true;
        self.options(|options| options.dialect = sandbox::Dialect::Recipe)
    }

    /// The process may ask for a route that this CRM does not have.
    pub fn probed(mut self) -> Self {
        self.allow_unexpected = true;
        self
    }

    /// Sets the dialect of the process.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    pub fn native(mut self) -> Self {
        self.contacts.native_upsert = true;
        self
    }

    pub async fn open(self) -> Crm {
        log::watch();
        let allow_unexpected = self.allow_unexpected;
        let backend = self.backend(Arc::default()).await;
        let session = Session::open(backend.contacts()).await;
        Crm { backend, session, allow_unexpected }
    }

    /// The CRM alone, ready to start processes in front of it.
    pub async fn backend(mut self, transport: Arc<ReqwestTransport>) -> Backend {
        let clock = Arc::new(VirtualClock::default());
        self.options.clock = Arc::clone(&clock) as Arc<dyn sandbox::Clock>;
        let sandbox = Sandbox::start(self.options).await.expect("a loopback port");
        for person in self.people {
            sandbox.insert(person);
        }
        Backend { sandbox, clock, contacts: self.contacts, dialect: self.dialect, transport }
    }
}

/// A CRM, and what it needs to start a process in front of it.
pub struct Backend {
    sandbox: Sandbox,
    clock: Arc<VirtualClock>,
    contacts: contacts::Options,
    dialect: Option<Dialect>,
    transport: Arc<ReqwestTransport>,
}

impl Backend {
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    pub fn clock(&self) -> &VirtualClock {
        &self.clock
    }

    /// The operations beneath the tools, in a new process.
    pub fn contacts(&self) -> Contacts {
        let client = Client::new(Settings {
            base_url: self.sandbox.url().parse().expect("the sandbox's address"),
            credential: Credential::Token(self.sandbox.token().to_owned().into()),
            location: Some(self.sandbox.location_id().parse().expect("the sandbox's location")),
            dialect: self.dialect,
            clock: Arc::clone(&self.clock) as Arc<dyn ghl_contacts_mcp::ghl::Clock>,
            transport: Arc::clone(&self.transport) as Arc<dyn ghl_contacts_mcp::ghl::wire::Transport>,
            deadline: DEADLINE,
        });
        Contacts::new(client, self.contacts.clone())
    }
}

/// The CRM, and a session with a process in front of it.
pub struct Crm {
    backend: Backend,
    session: Session,
    allow_unexpected: bool,
}

/// All functions of the sandbox: faults, hooks, foreign edits.
impl Deref for Crm {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.backend.sandbox
    }
}

impl Crm {
    pub async fn with(person: Person) -> Self {
        setup().with(person).open().await
    }

    pub async fn empty() -> Self {
        setup().open().await
    }

    /// Calls a tool as the model does.
    pub async fn call(&self, tool: &str, arguments: Value) -> Reply {
        self.session.call(tool, arguments).await
    }

    pub async fn upsert(&self, arguments: Value) -> Reply {
        self.call("ghl_upsert_contact", arguments).await
    }

    /// The id of the location.
    pub fn location(&self) -> &str {
        self.backend.sandbox.location_id()
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Runs a call to its end. Runs `then` once, as soon as a request like this has been answered.
    pub async fn as_soon_as<T>(
        &self,
        answered: &str,
        then: impl FnOnce(&Self),
        call: impl Future<Output = T>,
    ) -> T {
        let (mut then, mut call) = (Some(then), std::pin::pin!(call));
        loop {
            tokio::select! {
                biased;
                reply = &mut call => return reply,
                () = tokio::task::yield_now(), if then.is_some() => {}
            }
            if self.requests().iter().any(|line| line.starts_with(answered))
                && let Some(then) = then.take()
            {
                then(self);
            }
        }
    }

    /// Another process in front of the same CRM. They share nothing else.
    pub async fn another_process(&self) -> Session {
        Session::open(self.backend.contacts()).await
    }

    /// The same with a host that can ask its person, who answers so.
    pub async fn host(&self, era: Era, answer: impl Fn() -> ElicitResult + Send + Sync + 'static) -> Host {
        Host::connect(era, serve(self.backend.contacts()).1, Some(Box::new(answer))).await
    }

    /// The same with a host that fails to ask.
    pub async fn broken_host(&self) -> Host {
        Host::connect(Era::Legacy, serve(self.backend.contacts()).1, None).await
    }

    /// Lets the process read what it reads once in ten minutes, and clears the wire log.
    pub async fn warmed_up(self) -> Self {
        self.upsert(json!({ "email": "warm-up@example.com", "firstName": "Warm" })).await.ok();
        let warm = self.id_of("warm-up@example.com");
        self.remove(&warm);
        self.clear_wire();
        self
    }

    /// The next request fails like this.
    pub fn next(&self, fault: Fault) {
        self.fail_next(fault);
    }

    pub fn clock(&self) -> &VirtualClock {
        &self.backend.clock
    }

    /// The same, for another process in front of this CRM.
    #[cfg(feature = "redis")]
    pub fn shared_clock(&self) -> Arc<dyn ghl_contacts_mcp::ghl::Clock> {
        Arc::clone(&self.backend.clock) as _
    }

    /// What the CRM holds under this id.
    #[track_caller]
    pub fn held(&self, id: &str) -> Value {
        self.contact(id).unwrap_or_else(|| panic!("the CRM holds no {id}"))
    }

    #[track_caller]
    pub fn id_of(&self, email: &str) -> String {
        let found = self.contacts().into_iter().find(|contact| contact["email"] == email);
        found.unwrap_or_else(|| panic!("no contact has {email}"))["id"].as_str().expect("an id").to_owned()
    }

    /// A custom field of a contact, by the field's name.
    #[track_caller]
    pub fn custom(&self, id: &str, field: &str) -> Value {
        let held = self.held(id);
        let values = held["customFields"].as_array().expect("custom fields are a list");
        let value = values.iter().find(|value| value["id"] == self.field(field));
        value.map_or(Value::Null, |value| value["value"].clone())
    }

    /// The id of a custom field.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        let fields = self.custom_fields();
        let field = fields.iter().find(|field| field["name"] == name);
        field.unwrap_or_else(|| panic!("no custom field {name}"))["id"].as_str().expect("an id").to_owned()
    }

    pub fn count(&self) -> usize {
        self.contacts().len()
    }

    /// What went over the wire, one line for each request: `POST /contacts/ {"email":"ada@example.com"} -> 201`.
    pub fn wire(&self) -> String {
        wire::lines(self).join("\n")
    }

    /// The same without bodies: `POST /contacts/ -> 201`.
    pub fn requests(&self) -> Vec<String> {
        wire::short(self)
    }

    /// The number of requests that start like this: `POST /contacts/ `.
    pub fn sent(&self, start: &str) -> usize {
        self.requests().iter().filter(|line| line.starts_with(start)).count()
    }
}

impl Drop for Crm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The test runner prints this below the failure of the spec.
            println!("The requests to HighLevel:\n{}", self.wire());
            return;
        }
        if !self.allow_unexpected {
            let unexpected = self.unexpected();
            assert!(unexpected.is_empty(), "requests without a route: {unexpected:#?}");
            openapi::check(&self.backend.sandbox);
        }
        log::assert_clean();
    }
}
