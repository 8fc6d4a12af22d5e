//! What a simulation counts, and its table.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use crate::ghl::model::Observer;
use crate::ghl::policy::store::tests::simulation::call::Outcome;
use crate::ghl::policy::store::tests::simulation::highlevel::Seen;

/// Why a call was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    Read,
    Upsert,
    /// One of a list of some hundred calls at one location.
    Bulk,
}

/// The calls of one sort.
#[derive(Debug, Default)]
struct Calls {
    ended: u64,
    /// How many waited so many milliseconds.
    waits: BTreeMap<u64, u64>,
    longest: Duration,
    refused: BTreeMap<String, u64>,
}

impl Calls {
    /// The wait, in milliseconds, that so many of a thousand calls did not exceed.
    fn wait(&self, of_thousand: u64) -> u64 {
        let mut calls = (self.ended * of_thousand).div_ceil(1_000);
        for (wait, count) in &self.waits {
            calls = calls.saturating_sub(*count);
            if calls == 0 {
                return *wait;
            }
        }
        0
    }
}

/// From when to when the store did not serve, and whether it lost its state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failover {
    pub(crate) began: Duration,
    pub(crate) ended: Duration,
    pub(crate) lost: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Results {
    calls: BTreeMap<Sort, Calls>,
    pub(crate) failovers: Vec<Failover>,
    /// Processes that were killed, and calls that ended with them.
    pub(crate) killed: (u64, u64),
    /// The least time that was left when a request left.
    pub(crate) least: Option<Duration>,
    /// The longest time that a call took, and that it waited.
    pub(crate) longest: (Duration, Duration),
}

impl Results {
    pub(crate) fn add(&mut self, sort: Sort, outcome: &Outcome) {
        let calls = self.calls.entry(sort).or_default();
        calls.ended += 1;
        let millis = u64::try_from(outcome.waited.as_millis()).unwrap();
        *calls.waits.entry(millis).or_default() += 1;
        calls.longest = calls.longest.max(outcome.waited);
        if let Err(error) = &outcome.result {
            *calls.refused.entry(error.kind().name()).or_default() += 1;
        }
        self.least = self.least.into_iter().chain([outcome.least]).min();
        self.longest = (self.longest.0.max(outcome.took), self.longest.1.max(outcome.waited));
    }

    /// How long after the end of the latest failover this was; zero within one, none before the first.
    pub(crate) fn after_failover(&self, at: Duration) -> Option<Duration> {
        let latest = self.failovers.iter().rfind(|failover| failover.began <= at)?;
        Some(at.saturating_sub(latest.ended))
    }

    pub(crate) fn print(&self, seen: &Seen) {
        println!(
            "{:>8} {:>10} {:>8} {:>8} {:>8} {:>8}  refused",
            "calls", "ended", "p50 ms", "p99 ms", "p99.9", "max ms"
        );
        for (sort, calls) in &self.calls {
            let (ended, refused) = (calls.ended, &calls.refused);
            let (half, most, nearly) = (calls.wait(500), calls.wait(990), calls.wait(999));
            let longest = calls.longest.as_millis();
            println!("{sort:>8?} {ended:>10} {half:>8} {most:>8} {nearly:>8} {longest:>8}  {refused:?}");
        }
        let (processes, calls) = self.killed;
        println!("{} requests, {} contacts, {} made twice", seen.requests, seen.contacts, seen.twice.len());
        println!(
            "{} creates took effect late; {processes} processes killed, and {calls} calls with them",
            seen.late
        );
        println!("each request left with {:?} or more for its answer", self.least.unwrap());
        println!("the longest call took {:?}; the longest wait was {:?}", self.longest.0, self.longest.1);
        println!("{} requests answered 429", seen.refused.len());
        for failover in &self.failovers {
            self.print_failover(failover, seen);
        }
    }

    fn print_failover(&self, failover: &Failover, seen: &Seen) {
        let Failover { began, ended, lost } = *failover;
        let next = self.failovers.iter().map(|other| other.began).find(|other| *other > began);
        let its = seen.refused.iter().filter(|(at, _)| *at >= began && next.is_none_or(|next| *at < next));
        let (during, after): (Vec<_>, Vec<_>) = its.partition(|(at, _)| *at < ended);
        let last = after.iter().map(|(at, _)| at.saturating_sub(ended)).max().unwrap_or_default();
        let state = if lost { "lost" } else { "kept" };
        println!(
            "  failover at {:>8.1} s, away for {:>4.1} s, state {state}: 429s {:>5} during, {:>5} after, the last {:>5.1} s after its end",
            began.as_secs_f64(),
            ended.saturating_sub(began).as_secs_f64(),
            during.len(),
            after.len(),
            last.as_secs_f64(),
        );
    }
}

/// The commands to the store, by verb, and those of them that failed.
#[derive(Debug, Default)]
pub(crate) struct Commands(Mutex<BTreeMap<&'static str, (u64, u64)>>);

impl Commands {
    pub(crate) fn print(&self) {
        println!("commands to the store, and failed ones: {:?}", self.0.lock().unwrap());
    }
}

impl Observer for Commands {
    fn ended(&self, _: &'static str, _: Option<u16>, _: Duration) {}
    fn waited(&self, _: &'static str, _: Duration) {}
    fn repeated(&self, _: &'static str) {}
    fn store_asked(&self, verb: &'static str, answered: bool, _: Duration) {
        let mut commands = self.0.lock().unwrap();
        let (all, failed) = commands.entry(verb).or_default();
        *all += 1;
        *failed += u64::from(!answered);
    }
}
