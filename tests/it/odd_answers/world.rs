//! One case: a CRM that answers oddly, a process in front of it, and its callers.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use futures_util::future::join_all;
use ghl_contacts_mcp::ghl::wire::ReqwestTransport;
use ghl_contacts_mcp::sandbox::Dialect;
use serde_json::{Value, json};

use crate::odd_answers::call::Call;
use crate::odd_answers::person::{CUSTOM, Claim, Person};
use crate::support::{Backend, Session, contact, setup};

/// The rounds of a case.
const ROUNDS: usize = 4;

/// One case.
pub struct World {
    rng: Rng,
    backend: Backend,
    session: Session,
    people: Vec<Person>,
    custom: String,
    /// Numbers the values, so that each is asked for once.
    values: u32,
}

impl World {
    pub async fn new(case: u64, transport: &Arc<ReqwestTransport>) -> Self {
        let mut rng = Rng::with_seed(case);
        let recipe = rng.u8(..3) == 0;
        let mut setup = setup().options(|options| {
            options.burst = 1_000;
            options.dialect = if recipe { Dialect::Recipe } else { Dialect::Current };
        });
        let mut people: Vec<_> = ["ada", "bob", "cyd", "dan"]
            .into_iter()
            .enumerate()
            .map(|(at, name)| Person::new(name, at))
            .collect();
        for person in people.iter_mut().take(3) {
            let id = format!("{}0000000000000000", person.name);
            let city = format!("{} city 0", person.name);
            let tags = [format!("{}-0", person.name), format!("{}-kept", person.name)];
            let mut stored =
                contact(&id).email(&person.email).with("city", json!(city)).with("lastName", json!("Kept"));
            stored = stored.tags([&tags[0], &tags[1]]);
            let mut claims = vec![Claim::Exists, Claim::Holds("city".to_owned(), Some(city))];
            claims.push(Claim::Holds("lastName".to_owned(), Some("Kept".to_owned())));
            claims.extend(tags.into_iter().map(Claim::Tagged));
            if rng.bool() {
                stored = stored.phone(&person.phone);
                claims.push(Claim::Holds("phone".to_owned(), Some(person.phone.clone())));
            }
            person.apply(&claims);
            setup = setup.with(stored);
        }
        let backend = setup.backend(Arc::clone(transport)).await;
        let session = Session::open(backend.contacts()).await;
        backend.sandbox().random_faults([0.0, 0.0, 5.0, 15.0][rng.usize(..4)], rng.u64(..));
        backend.sandbox().random_odd_answers([5.0, 20.0, 50.0][rng.usize(..3)], rng.u64(..));
        let field = backend.sandbox().custom_fields().into_iter().find(|field| field["name"] == CUSTOM);
        let custom = field.unwrap()["id"].as_str().unwrap().to_owned();
        Self { rng, backend, session, people, custom, values: 0 }
    }

    pub async fn live(&mut self) -> Result<(), String> {
        for round in 0..ROUNDS {
            let ids: Vec<_> = self.people.iter().map(|person| self.id_of(person)).collect();
            let calls: Vec<_> = (0..=self.rng.usize(..3))
                .map(|_| Call::random(&mut self.rng, &self.people, &ids, &mut self.values, &self.custom))
                .collect();
            let mut said = Vec::new();
            self.round(&calls, &mut said).await.map_err(|wrong| {
                let log = self.backend.sandbox().wire();
                let wire = log.iter().map(|one| {
                    format!("  {one} {}", one.response.as_ref().map(Value::to_string).unwrap_or_default())
                });
                let wire: Vec<_> = wire.collect();
                format!(
                    "round {round}: {wrong}\n{}\nThe requests to HighLevel:\n{}",
                    said.join("\n"),
                    wire.join("\n")
                )
            })?;
            self.backend.sandbox().clear_wire();
            // Long enough for a circuit breaker or a limit to end.
            self.backend.clock().advance(Duration::from_secs(self.rng.u64(..100)));
        }
        Ok(())
    }

    async fn round(&mut self, calls: &[Call], said: &mut Vec<String>) -> Result<(), String> {
        let session = &self.session;
        let replies =
            join_all(calls.iter().map(|call| session.call(call.tool, call.arguments.clone()))).await;
        let mut all = Vec::new();
        let mut wrong = Ok(());
        for (call, reply) in calls.iter().zip(&replies) {
            let answer = reply.0.structured_content.as_ref().map(Value::to_string).unwrap_or_default();
            said.push(format!("  {} {}\n    {answer}", call.tool, call.arguments));
            match call.claims(reply, &self.people) {
                Ok(claims) => all.extend(claims),
                Err(found) => wrong = Err(found),
            }
        }
        wrong?;
        let contacts = self.backend.sandbox().contacts();
        if let Some(alien) = contacts.iter().find(|contact| !self.people.iter().any(|one| one.owns(contact)))
        {
            return Err(format!("no call asked for {alien}"));
        }
        for (at, person) in self.people.iter_mut().enumerate() {
            let claims: Vec<_> =
                all.iter().filter(|(about, _)| *about == at).map(|(_, claim)| claim.clone()).collect();
            person.apply(&claims);
            let own: Vec<_> = contacts.iter().filter(|contact| person.owns(contact)).collect();
            person.check(&own, &self.custom, &claims)?;
        }
        Ok(())
    }

    fn id_of(&self, person: &Person) -> Option<String> {
        let contacts = self.backend.sandbox().contacts();
        let own = contacts.iter().find(|contact| person.owns(contact))?;
        own["id"].as_str().map(str::to_owned)
    }
}
