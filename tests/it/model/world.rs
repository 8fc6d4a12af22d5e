//! One case: a CRM, its callers, faults, and another user who edits the CRM too.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use futures_util::future::join_all;
use ghl_contacts_mcp::contacts::Contacts;
use ghl_contacts_mcp::ghl::wire::ReqwestTransport;
use ghl_contacts_mcp::sandbox::{Crm as Hands, Dialect, Fault, Sandbox};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::model::account::{Account, check_unique, people};
use crate::model::operation::{CUSTOM, Ended, Operation, city, email, phone};
use crate::support::{Backend, DEADLINE, setup};

/// The rounds of a case.
const ROUNDS: usize = 3;

/// One case.
pub struct World {
    rng: Rng,
    backend: Backend,
    contacts: Contacts,
    custom: String,
    recipe: bool,
    /// A hook may wait for its request over several rounds.
    foreign: Foreign,
}

/// What another user did to a contact: its id, its new city, its new tag.
type Foreign = Arc<Mutex<Vec<(String, Option<String>, Option<String>)>>>;

impl World {
    pub async fn new(case: u64, transport: &Arc<ReqwestTransport>) -> Self {
        let mut rng = Rng::with_seed(case);
        let recipe = rng.u8(..5) == 0;
        let slow = !recipe && rng.u8(..8) == 0;
        let mut setup = setup().options(|options| {
            options.burst = 60;
            options.dialect = if recipe { Dialect::Recipe } else { Dialect::Current };
            options.insert_window = Duration::from_millis(u64::from(slow));
        });
        for id in ["one", "two"].iter().take(rng.usize(..3)) {
            let place = usize::from(*id == "two");
            let person = crate::support::contact(id).email(["ada@example.com", "bob@example.com"][place]);
            setup = setup.with(person.tags(["seeded"]));
        }
        let backend = setup.backend(Arc::clone(transport)).await;
        let percent = [0.0, 0.0, 8.0, 25.0][rng.usize(..4)];
        backend.sandbox().random_faults(percent, rng.u64(..));
        let custom = backend.sandbox().custom_fields().into_iter().find(|field| field["name"] == CUSTOM);
        let custom = custom.unwrap()["id"].as_str().unwrap().to_owned();
        let contacts = backend.contacts();
        Self { rng, backend, contacts, custom, recipe, foreign: Foreign::default() }
    }

    pub async fn live(&mut self) -> Result<(), String> {
        for round in 0..ROUNDS {
            self.meddle();
            let operations: Vec<_> = (0..=self.rng.usize(..3)).map(|_| self.operation()).collect();
            self.round(&operations).await.map_err(|wrong| {
                let wire: Vec<_> = self.backend.sandbox().wire().iter().map(ToString::to_string).collect();
                format!("round {round}: {wrong}\n{operations:?}\n{}", wire.join("\n"))
            })?;
            self.backend.sandbox().clear_wire();
            if self.rng.u8(..4) == 0 {
                self.backend.clock().advance(Duration::from_secs(self.rng.u64(..700)));
            }
        }
        Ok(())
    }

    fn operation(&mut self) -> Operation {
        // In the recipes dialect custom fields are sent by id, which the model does not know.
        let mut operation = Operation::random(&mut self.rng);
        if let (true, Operation::Upsert(upsert)) = (self.recipe, &mut operation) {
            upsert.custom_fields.clear();
        }
        operation
    }

    async fn round(&mut self, operations: &[Operation]) -> Result<(), String> {
        self.arrange();
        let before = self.people();
        let began = self.backend.clock().passed();
        let runs: Vec<_> = operations
            .iter()
            .map(|operation| {
                let cancelled_after = (self.rng.u8(..6) == 0).then(|| self.rng.usize(..200));
                let contacts = &self.contacts;
                async move {
                    let cancel = CancellationToken::new();
                    let scope = contacts.scope(cancel.clone());
                    let run = operation.run(contacts, &scope);
                    let leave = async {
                        for _ in 0..cancelled_after.unwrap_or_default() {
                            tokio::task::yield_now().await;
                        }
                        if cancelled_after.is_some() {
                            cancel.cancel();
                        }
                    };
                    tokio::join!(run, leave).0
                }
            })
            .collect();
        let ended: Vec<Ended> = join_all(runs).await;
        let took = self.backend.clock().passed().saturating_sub(began);
        if took > DEADLINE {
            return Err(format!("the calls took {took:?}"));
        }
        let mut account = Account::default();
        for (operation, ended) in operations.iter().zip(&ended) {
            operation.enter(ended, &mut account);
        }
        for (id, city, tag) in self.foreign.lock().unwrap().drain(..) {
            if let Some(city) = city {
                account.may("city", Some(city));
            }
            account.tagged(&id, tag.iter());
        }
        let after = self.people();
        account.check(&before, &after)?;
        check_unique(&after)
    }

    fn people(&self) -> crate::model::account::People {
        people(&self.backend.sandbox().contacts(), &self.custom)
    }

    /// Another user edits the CRM between the rounds: a new contact, another city.
    fn meddle(&mut self) {
        let sandbox = self.backend.sandbox();
        let (email, phone) = (email(&mut self.rng), phone(&mut self.rng));
        let free = |key: &str, value: &str| !sandbox.contacts().iter().any(|contact| contact[key] == value);
        match self.rng.u8(..6) {
            0 if free("email", email) && free("phone", phone) => {
                sandbox.insert(json!({ "email": email, "phone": phone, "tags": ["theirs"] }));
            }
            1 => {
                let city = city(&mut self.rng);
                if let Some(id) = any(sandbox, &mut self.rng) {
                    sandbox.edit(&id, |contact| drop(contact.insert("city".into(), json!(city))));
                }
            }
            _ => {}
        }
    }

    /// Plans the faults and the foreign edits of a round.
    fn arrange(&mut self) {
        let sandbox = self.backend.sandbox();
        if self.rng.u8(..8) == 0 {
            let body = json!({ "statusCode": 422, "message": ["it is unprocessable"] }).to_string();
            let fault = Fault::Status { status: 422, body, apply: self.rng.bool(), headers: Vec::new() };
            sandbox.fault_on("POST", if self.recipe { "/contacts$" } else { "/contacts/$" }, fault);
        }
        if !self.recipe && self.rng.u8(..3) == 0 {
            let (city, tag) = (city(&mut self.rng).to_owned(), format!("workflow-{}", self.rng.u8(..)));
            let (edits_city, pick) = (self.rng.bool(), self.rng.usize(..));
            let foreign = Arc::clone(&self.foreign);
            let (method, prefix) =
                [("GET", "/contacts/"), ("PUT", "/contacts/"), ("POST", "/contacts/")][self.rng.usize(..3)];
            sandbox.on_next(method, prefix, move |crm: &Hands| {
                let contacts = crm.contacts();
                if contacts.is_empty() {
                    return;
                }
                let id = contacts[pick % contacts.len()]["id"].as_str().unwrap().to_owned();
                crm.edit(&id, |contact| {
                    contact["tags"].as_array_mut().unwrap().push(json!(tag));
                    if edits_city {
                        contact.insert("city".into(), json!(city));
                    }
                });
                foreign.lock().unwrap().push((id, edits_city.then_some(city), Some(tag)));
            });
        }
    }
}

fn any(sandbox: &Sandbox, rng: &mut Rng) -> Option<String> {
    let contacts = sandbox.contacts();
    let contact = contacts.get(rng.usize(..contacts.len().max(1)))?;
    contact["id"].as_str().map(str::to_owned)
}
