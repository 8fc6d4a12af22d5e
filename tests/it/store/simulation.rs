//! Many processes, locations and hours in virtual time: the real policies, and a store in memory that fails now and then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ghl_contacts_mcp::contacts::{Contacts, Options, Upsert};
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::HttpRequest;
use ghl_contacts_mcp::ghl::{Client, Clock, MemoryStore, Settings, Store, StoreKey};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::world::{KEY, Silent};
use crate::support::upstream::memory::{MemoryUpstream, Reply, Rule};

const PROCESSES: u64 = 20;
const LOCATIONS: u64 = 2;
const TIME: Duration = Duration::from_secs(600);
const QUOTA: usize = 100;
const WINDOW: Duration = Duration::from_secs(10);

/// Tokio's own clock, which jumps to the next thing that is waited for.
#[derive(Debug)]
struct Paused(tokio::time::Instant);

impl Clock for Paused {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn wall(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_780_304_400) + self.now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(time).boxed()
    }

    fn jitter(&self) -> f64 {
        fastrand::f64()
    }
}

/// A HighLevel of several locations. It counts over any ten seconds, and its check and its insert are two steps.
#[derive(Debug)]
struct Crm {
    clock: Arc<Paused>,
    locations: Mutex<HashMap<String, Location>>,
}

#[derive(Debug, Default)]
struct Location {
    sent: Vec<Duration>,
    carried_out: usize,
    /// When a request was answered 429.
    refused: Vec<Duration>,
    contacts: Vec<String>,
}

impl Crm {
    fn of<T>(&self, location: &str, work: impl FnOnce(&mut Location) -> T) -> T {
        work(self.locations.lock().unwrap().entry(location.to_owned()).or_default())
    }

    fn count(&self, location: &str) -> (usize, bool) {
        let now = self.clock.now();
        self.of(location, |crm| {
            crm.sent.retain(|sent| now < *sent + WINDOW);
            let fits = crm.sent.len() < QUOTA;
            if fits {
                crm.sent.push(now);
                crm.carried_out += 1;
            } else {
                crm.refused.push(now);
            }
            (QUOTA - crm.sent.len(), fits)
        })
    }

    async fn answer(&self, request: HttpRequest) -> Reply {
        let query: HashMap<_, _> = request.url.query_pairs().into_owned().collect();
        let body: serde_json::Value =
            request.body.as_ref().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
        let location =
            query.get("locationId").cloned().or_else(|| body["locationId"].as_str().map(str::to_owned));
        let location =
            location.or_else(|| request.url.path().rsplit('/').next().map(str::to_owned)).unwrap_or_default();
        let (left, fits) = self.count(&location);
        self.clock.sleep(Duration::from_millis(100)).await;
        if !fits {
            return Reply::json(429, "{}");
        }
        let contact = |email: &str| json!({ "id": email.replace(['@', '.'], "0"), "email": email, "locationId": location });
        let answer = match (request.method.as_str(), request.url.path()) {
            ("POST", "/contacts/") => {
                let email = body["email"].as_str().unwrap_or_default().to_owned();
                self.clock.sleep(Duration::from_millis(200)).await;
                self.of(&location, |crm| crm.contacts.push(email.clone()));
                Reply::json(201, &json!({ "contact": contact(&email) }))
            }
            ("GET", "/contacts/search/duplicate") => {
                let email = query.get("email").cloned().unwrap_or_default();
                let found = self.of(&location, |crm| crm.contacts.contains(&email)).then(|| contact(&email));
                Reply::json(200, &json!({ "contact": found }))
            }
            _ => Reply::json(200, &json!({ "location": { "id": location, "country": "US" } })),
        };
        answer
            .with("x-ratelimit-max", &QUOTA)
            .with("x-ratelimit-interval-milliseconds", &10_000)
            .with("x-ratelimit-remaining", &left)
    }
}

impl Rule for Arc<Crm> {
    fn reply(&self, request: HttpRequest) -> BoxFuture<'_, Reply> {
        self.answer(request).boxed()
    }
}

/// One process: a client of each location, with one store.
fn process(crm: &Arc<Crm>, memory: &MemoryStore) -> Vec<Contacts> {
    let clock = Arc::clone(&crm.clock) as Arc<dyn Clock>;
    let key = StoreKey::read(KEY).expect("a key");
    let store = Store::in_memory(memory, key, Arc::clone(&clock), Arc::new(Silent));
    let contacts = |number: u64| {
        let settings = Settings {
            base_url: "https://highlevel.example".parse().expect("an address"),
            credential: Credential::Token("pit-1".to_owned().into()),
            location: Some(format!("location{number}").parse().expect("an id")),
            dialect: None,
            clock: Arc::clone(&clock),
            transport: MemoryUpstream::new(Arc::clone(crm), Arc::clone(&clock)),
            deadline: Duration::from_secs(35),
        };
        Contacts::new(Client::in_fleet(settings, Arc::new(Silent), store.clone(), None), Options::default())
    };
    (0..LOCATIONS).map(contacts).collect()
}

/// Upserts a person whom other processes upsert at the same time, again and again. Answers how often it was refused.
async fn work(contacts: Contacts, clock: Arc<Paused>) -> usize {
    let mut refused = 0;
    while clock.now() < TIME {
        // A new person every two seconds.
        let email = format!("person-{}@example.com", clock.now().as_secs() / 2);
        let scope = contacts.scope(CancellationToken::new());
        let upsert = Upsert { email: Some(email), ..Upsert::default() };
        refused += usize::from(contacts.upsert(&scope, upsert).await.is_err());
    }
    refused
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "the clock begins here")]
async fn twenty_processes_keep_the_quota_of_each_location_and_make_no_contact_twice_through_two_failovers() {
    let clock = Arc::new(Paused(tokio::time::Instant::now()));
    let crm = Arc::new(Crm { clock: Arc::clone(&clock), locations: Mutex::default() });
    let memory = MemoryStore::new(Arc::clone(&clock) as Arc<dyn Clock>);
    let processes = (0..PROCESSES).flat_map(|_| process(&crm, &memory));
    let calls: Vec<_> = processes.map(|contacts| tokio::spawn(work(contacts, Arc::clone(&clock)))).collect();
    let (away, lost) = (Duration::from_secs(100), Duration::from_secs(300));
    clock.sleep(away).await;
    memory.set_away(true);
    clock.sleep(Duration::from_secs(20)).await;
    memory.set_away(false);
    clock.sleep(lost.saturating_sub(clock.now())).await;
    memory.lose();
    let mut refused = 0;
    for call in calls {
        refused += call.await.expect("it ends");
    }
    let locations = crm.locations.lock().expect("the locations");
    for (location, crm) in &*locations {
        let mut emails = crm.contacts.clone();
        emails.sort();
        emails.dedup();
        assert_eq!(emails.len(), crm.contacts.len(), "{location} has a contact twice");
        // Who loses the store does not know what the others have sent in this window.
        let in_failover = |at: &&Duration| {
            [away, lost].iter().any(|began| (*began..*began + Duration::from_secs(60)).contains(*at))
        };
        let outside = crm.refused.iter().filter(|at| !in_failover(at)).count();
        let allowed = QUOTA * usize::try_from(TIME.as_secs() / 10).expect("a number");
        println!(
            "{location}: {} contacts, {} requests of {allowed}, {} answered 429 in a failover, {refused} calls refused in all",
            crm.contacts.len(),
            crm.carried_out,
            crm.refused.len(),
        );
        assert_eq!(outside, 0, "{location}: {:?}", crm.refused);
        assert!(crm.contacts.len() > 100, "{location}: {} contacts", crm.contacts.len());
    }
}
