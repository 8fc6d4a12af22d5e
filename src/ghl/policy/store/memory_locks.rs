//! The locks and intents of upserts, in memory.

use std::collections::HashMap;
use std::time::Duration;

use crate::ghl::policy::store::names::LockNames;
use crate::ghl::policy::store::replies::{Declared, Locked};

/// Who holds a name, and until when.
#[derive(Debug)]
struct Held {
    holder: String,
    until: Duration,
}

/// Locks and intents by their names, and the epoch that stands at each location.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    held: HashMap<String, Held>,
    epochs: HashMap<String, String>,
}

impl Locks {
    fn holder(&self, name: &str, now: Duration) -> Option<&Held> {
        self.held.get(name).filter(|held| now < held.until)
    }

    fn is_held_by(&self, name: &str, holder: &str, now: Duration) -> bool {
        self.holder(name, now).is_some_and(|held| held.holder == holder)
    }

    /// How long the names are held by others than `holder`.
    fn taken(&self, names: &[String], holder: &str, now: Duration) -> Option<Duration> {
        let others =
            names.iter().filter_map(|name| self.holder(name, now)).filter(|held| held.holder != holder);
        others.map(|held| held.until.saturating_sub(now)).max()
    }

    fn hold(&mut self, names: &[String], holder: &str, until: Duration) {
        for name in names {
            self.held.insert(name.clone(), Held { holder: holder.to_owned(), until });
        }
    }

    fn holds_all(&self, names: &LockNames, holder: &str, now: Duration) -> bool {
        names.locks.iter().all(|name| self.is_held_by(name, holder, now))
    }

    fn knows(&self, names: &LockNames, epoch: &str) -> bool {
        self.epochs.get(&names.epoch).is_some_and(|known| known == epoch)
    }

    pub(crate) fn lock(
        &mut self,
        now: Duration,
        names: &LockNames,
        holder: &str,
        lease: Duration,
        (epoch, adopt): (&str, bool),
    ) -> Locked {
        if !self.knows(names, epoch) && !adopt {
            return Locked::OtherEpoch(self.epochs.get(&names.epoch).cloned());
        }
        if let Some(wait) = self.taken(&names.locks, holder, now) {
            return Locked::Taken(wait);
        }
        self.epochs.insert(names.epoch.clone(), epoch.to_owned());
        self.held.retain(|_, held| now < held.until);
        self.hold(&names.locks, holder, now + lease);
        Locked::Held
    }

    pub(crate) fn renew(
        &mut self,
        now: Duration,
        names: &LockNames,
        holder: &str,
        lease: Duration,
        epoch: &str,
    ) -> bool {
        let holds = self.knows(names, epoch) && self.holds_all(names, holder, now);
        if holds {
            self.hold(&names.locks, holder, now + lease);
        }
        holds
    }

    pub(crate) fn declare(
        &mut self,
        now: Duration,
        names: &LockNames,
        holder: &str,
        life: Duration,
        epoch: &str,
    ) -> Declared {
        if !self.knows(names, epoch) || !self.holds_all(names, holder, now) {
            return Declared::Lost;
        }
        if let Some(wait) = self.taken(&names.intents, holder, now) {
            return Declared::UnderWay(wait);
        }
        self.hold(&names.intents, holder, now + life);
        Declared::Written
    }

    pub(crate) fn release(&mut self, now: Duration, names: &LockNames, holder: &str, is_settled: bool) {
        let ends_intents = is_settled && self.holds_all(names, holder, now);
        let intents = if ends_intents { &names.intents[..] } else { &[] };
        for name in names.locks.iter().chain(intents) {
            if self.is_held_by(name, holder, now) {
                self.held.remove(name);
            }
        }
    }
}
