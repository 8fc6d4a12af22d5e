//! A day of calls: a busy and a quiet half, few busy locations and many that are nearly idle, and lists of calls.

use std::collections::HashMap;
use std::f64::consts::TAU;
use std::sync::Arc;
use std::time::Duration;

use crate::ghl::model::Clock;
use crate::ghl::policy::store::tests::simulation::call::Asked;
use crate::ghl::policy::store::tests::simulation::results::Sort;
use crate::ghl::policy::store::tests::simulation::world::World;

/// Calls of the busiest location in a second of the busiest hour, without lists. Most are one request, upserts are two.
const BUSIEST: f64 = 4.5;
/// The quiet half of the day, as a part of the busiest hour.
const QUIET: f64 = 0.15;
/// Of a hundred calls so many are upserts; of these so many are of a person whom other processes get at the same time, and so
/// many of one who was upserted before.
const UPSERTS: u32 = 20;
const AT_ONCE: u32 = 40;
const KNOWN: u32 = 30;
/// Within this the other processes get the same person.
const APART: Duration = Duration::from_millis(200);
/// How many calls of a list run at once; where it is a burst, all.
const LIST_AT_ONCE: usize = 10;

/// Draws the calls.
pub(crate) struct Traffic {
    world: Arc<World>,
    /// The sum of the weights up to each location.
    weights: Vec<f64>,
    people: u64,
    latest: HashMap<u32, Vec<u64>>,
}

impl Traffic {
    pub(crate) fn new(world: Arc<World>) -> Self {
        let locations = world.size.locations;
        let busy = f64::from((locations / 1_000).max(1));
        let weight = |number: u32| (busy / f64::from(number)).min(1.0);
        let sum = |sum: &mut f64, number| {
            *sum += weight(number);
            Some(*sum)
        };
        let weights = (1..=locations).scan(0.0, sum).collect();
        Self { world, weights, people: 0, latest: HashMap::new() }
    }

    /// Makes calls until the day is over.
    pub(crate) async fn run(mut self) {
        let (world, all) = (Arc::clone(&self.world), *self.weights.last().unwrap());
        let day = world.size.time;
        while world.clock.now() < day {
            let busy = (TAU * world.clock.now().div_duration_f64(day)).sin().max(0.0);
            let rate = BUSIEST * all * (QUIET + (1.0 - QUIET) * busy);
            let pause = -(1.0 - world.clock.jitter()).ln() / rate;
            world.clock.sleep(Duration::from_secs_f64(pause)).await;
            self.call();
        }
    }

    fn call(&mut self) {
        let location = self.location();
        if !self.chance(UPSERTS) {
            let world = Arc::clone(&self.world);
            tokio::spawn(async move { world.call(Sort::Read, None, location, &Asked::Read).await });
            return;
        }
        let (person, at_once) = (self.person(location), self.chance(AT_ONCE));
        let times = if at_once { self.world.clock.draw(|random| random.u32(2..=3)) } else { 1 };
        for _ in 0..times {
            let asked = upsert(person, self.chance(50));
            let pause = self.world.clock.between(Duration::ZERO, APART);
            let world = Arc::clone(&self.world);
            tokio::spawn(async move {
                world.clock.sleep(pause).await;
                world.upsert(location, asked).await;
            });
        }
    }

    fn chance(&self, of_hundred: u32) -> bool {
        self.world.clock.draw(|random| random.u32(..100) < of_hundred)
    }

    fn location(&self) -> u32 {
        let at = self.world.clock.jitter() * self.weights.last().unwrap();
        u32::try_from(self.weights.partition_point(|sum| *sum < at)).unwrap()
    }

    /// One who was upserted there before, or a new one.
    fn person(&mut self, location: u32) -> u64 {
        let known = self.chance(KNOWN);
        let latest = self.latest.entry(location).or_default();
        if known && let Some(person) = self.world.clock.draw(|random| random.choice(latest.iter())) {
            return *person;
        }
        self.people += 1;
        latest.push(self.people);
        if latest.len() > 20 {
            latest.remove(0);
        }
        self.people
    }
}

/// Each person has an e-mail, and some callers know a phone as well.
pub(crate) fn upsert(person: u64, with_phone: bool) -> Asked {
    let phone = with_phone.then(|| format!("phone {person}"));
    Asked::Upsert(person, [format!("email {person}")].into_iter().chain(phone).collect())
}

/// Now and then some hundred calls at one location: one process works through a list, or many processes get a burst.
pub(crate) async fn lists(world: Arc<World>) {
    let (pause, mut people) = (world.size.time / world.size.lists, u64::MAX / 2);
    for _ in 1..world.size.lists {
        world.clock.sleep(world.clock.between(pause / 2, pause * 3 / 2)).await;
        let location = world.clock.draw(|random| random.u32(..world.size.locations));
        let calls = world.clock.draw(|random| random.usize(150..400));
        let replica = world.clock.draw(fastrand::Rng::bool).then(|| world.any_replica());
        let workers = if replica.is_some() { LIST_AT_ONCE } else { calls };
        for _ in 0..workers {
            let (world, replica, first) = (Arc::clone(&world), replica.clone(), people);
            let calls = u64::try_from(calls / workers).unwrap();
            people += calls;
            tokio::spawn(async move {
                for person in first..first + calls {
                    let asked = if person % 2 == 0 { Asked::Read } else { upsert(person, true) };
                    world.call(Sort::Bulk, replica.clone(), location, &asked).await;
                }
            });
        }
    }
}
