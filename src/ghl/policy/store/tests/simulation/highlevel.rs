//! A HighLevel of many locations. It counts requests over any ten seconds, and has no check of its own against duplicates.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::ghl::model::{Clock, Effect};
use crate::ghl::policy::store::tests::simulation::clock::VirtualClock;
use crate::ghl::wire::Limits;

/// Requests that a location may send in any [`WINDOW`].
pub(crate) const QUOTA: usize = 100;
const WINDOW: Duration = Duration::from_secs(10);
/// How long an answer takes, and the part of it after which the request is there.
const FASTEST: Duration = Duration::from_millis(80);
const SLOWEST: Duration = Duration::from_millis(400);
const THERE_AFTER: (f64, f64) = (0.2, 0.5);
/// A create that is late takes effect at any time until its caller's time is over, and so much later. Half of these lose their
/// connection at once.
const LATEST_EFFECT: Duration = Duration::from_secs(4);

/// A request of one location.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Request {
    Read,
    LookUp(u64),
    Update,
    Create(u64),
}

impl Request {
    pub(crate) fn effect(self) -> Effect {
        match self {
            Self::Read | Self::LookUp(_) => Effect::Read,
            Self::Update => Effect::Replace,
            Self::Create(_) => Effect::Create,
        }
    }
}

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its status is 429.
    pub(crate) is_refused: bool,
    /// The person who was looked for is there.
    pub(crate) is_found: bool,
    pub(crate) limits: Limits,
}

/// What HighLevel has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) requests: u64,
    pub(crate) contacts: u64,
    /// Contacts beyond the first one of a person.
    pub(crate) twice: Vec<(Duration, u32)>,
    /// When a request was answered 429, and at which location.
    pub(crate) refused: Vec<(Duration, u32)>,
    /// Creates that took effect late.
    pub(crate) late: u64,
    locations: HashMap<u32, Location>,
}

#[derive(Debug, Default)]
struct Location {
    sent: VecDeque<Duration>,
    contacts: HashMap<u64, u32>,
}

/// Clones are the same HighLevel.
#[derive(Debug, Clone)]
pub(crate) struct HighLevel {
    clock: VirtualClock,
    /// One create in so many is late.
    one_late_in: u32,
    seen: Arc<Mutex<Seen>>,
}

impl HighLevel {
    pub(crate) fn new(clock: VirtualClock, one_late_in: u32) -> Self {
        Self { clock, one_late_in, seen: Arc::default() }
    }

    pub(crate) fn seen<T>(&self, work: impl FnOnce(&mut Seen) -> T) -> T {
        work(&mut self.seen.lock().unwrap())
    }

    fn at<T>(&self, location: u32, work: impl FnOnce(&mut Location) -> T) -> T {
        self.seen(|seen| work(seen.locations.entry(location).or_default()))
    }

    /// The answer, if it comes to a caller who has so much time. A create goes on without who sent it.
    pub(crate) async fn answer(&self, location: u32, request: Request, time: Duration) -> Option<Answer> {
        match request {
            Request::Create(person) => {
                let highlevel = self.clone();
                tokio::spawn(async move { highlevel.create(location, person, time).await }).await.unwrap()
            }
            _ => Some(self.carry_out(location, request).await),
        }
    }

    async fn carry_out(&self, location: u32, request: Request) -> Answer {
        let time = self.clock.between(FASTEST, SLOWEST);
        let way = self.clock.between(time.mul_f64(THERE_AFTER.0), time.mul_f64(THERE_AFTER.1));
        self.clock.sleep(way).await;
        let (is_refused, limits) = self.count(location);
        self.clock.sleep(time.saturating_sub(way) / 2).await;
        let is_found = match request {
            Request::LookUp(person) => self.at(location, |crm| crm.contacts.contains_key(&person)),
            _ => false,
        };
        self.clock.sleep(time.saturating_sub(way) / 2).await;
        Answer { is_refused, is_found, limits }
    }

    async fn create(&self, location: u32, person: u64, time: Duration) -> Option<Answer> {
        let answer = self.carry_out(location, Request::Create(person)).await;
        if answer.is_refused {
            return Some(answer);
        }
        if self.clock.draw(|random| random.u32(..self.one_late_in) != 0) {
            self.insert(location, person);
            return Some(answer);
        }
        self.seen(|seen| seen.late += 1);
        let (highlevel, late) = (self.clone(), self.clock.between(Duration::ZERO, time + LATEST_EFFECT));
        let effect = tokio::spawn(async move {
            highlevel.clock.sleep(late).await;
            highlevel.insert(location, person);
        });
        if self.clock.draw(fastrand::Rng::bool) {
            return None;
        }
        effect.await.unwrap();
        Some(answer)
    }

    fn insert(&self, location: u32, person: u64) {
        let times = self.at(location, |crm| {
            let times = crm.contacts.entry(person).or_default();
            *times += 1;
            *times
        });
        let now = self.clock.now();
        self.seen(|seen| {
            seen.contacts += 1;
            if times > 1 {
                seen.twice.push((now, location));
            }
        });
    }

    /// Whether this request is above the quota, and what the answer says of that.
    fn count(&self, location: u32) -> (bool, Limits) {
        let now = self.clock.now();
        self.seen(|seen| {
            let crm = seen.locations.entry(location).or_default();
            while crm.sent.front().is_some_and(|sent| *sent + WINDOW <= now) {
                crm.sent.pop_front();
            }
            let is_refused = crm.sent.len() >= QUOTA;
            if is_refused {
                seen.refused.push((now, location));
            } else {
                crm.sent.push_back(now);
            }
            seen.requests += 1;
            let left = u32::try_from(QUOTA - crm.sent.len()).unwrap();
            let limits =
                Limits { max: Some(100), interval: Some(WINDOW), remaining: Some(left), ..Limits::default() };
            (is_refused, limits)
        })
    }
}
