//! The log of requests of a quota group, in memory.

use std::time::Duration;

use crate::ghl::policy::rate_limit::{ANSWERED_WITHIN, DEFAULT_LENGTH, DEFAULT_MAX, MARGIN};
use crate::ghl::policy::store::replies::{Reserved, Told};

/// The requests of one group by the time at which they left, and what HighLevel has said of its limits.
#[derive(Debug)]
pub(crate) struct Group {
    log: Vec<(Duration, String)>,
    max: u32,
    length: Duration,
    frozen: Duration,
    others: (u32, Duration),
    told: Duration,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            log: Vec::new(),
            max: DEFAULT_MAX,
            length: DEFAULT_LENGTH,
            frozen: Duration::ZERO,
            others: (0, Duration::ZERO),
            told: Duration::ZERO,
        }
    }
}

impl Group {
    pub(crate) fn reserve(&mut self, now: Duration, place: &str, in_any_case: bool) -> Reserved {
        if !in_any_case && now < self.frozen {
            return Reserved::After(self.frozen.saturating_sub(now));
        }
        let counted = self.length + MARGIN;
        self.log.retain(|(sent, _)| now < *sent + counted + ANSWERED_WITHIN);
        let others = if now < self.others.1 { self.others.0 } else { 0 };
        let allowed = self.max.saturating_sub(others) as usize;
        let since = self.log.partition_point(|(sent, _)| *sent + counted <= now);
        let count = self.log.len() - since;
        if in_any_case || count < allowed {
            self.log.push((now, place.to_owned()));
            return Reserved::Now { max: self.max, length: self.length };
        }
        let leaving = self.log.get(since + count.saturating_sub(allowed.max(1)));
        let mut wait = leaving.map_or(Duration::ZERO, |(sent, _)| (*sent + counted).saturating_sub(now));
        if allowed == 0 {
            wait = wait.max(self.others.1.saturating_sub(now));
        }
        Reserved::After(wait.max(Duration::from_millis(1)))
    }

    pub(crate) fn tell(&mut self, now: Duration, place: &str, told: &Told) {
        let at = self.log.iter().position(|(_, name)| name == place);
        let mut sent = at.and_then(|at| self.log.get(at)).map_or(now, |(sent, _)| *sent);
        if !told.late.is_zero() {
            sent = now.min(sent + told.late);
            if let Some(entry) = at.and_then(|at| self.log.get_mut(at)) {
                entry.0 = sent;
            }
            self.log.sort();
        }
        self.max = told.max.unwrap_or(self.max);
        self.length = told.length.unwrap_or(self.length);
        if let (Some(max), Some(remaining)) = (told.max, told.remaining)
            && sent >= self.told
        {
            let counted = self.length + MARGIN;
            let own = self.log.iter().filter(|(time, _)| *time + counted > sent && *time <= now).count();
            let own = u32::try_from(own).unwrap_or(u32::MAX);
            self.others = (max.saturating_sub(remaining).saturating_sub(own), sent + counted);
            self.told = sent;
        }
        if let Some(freeze) = told.freeze {
            self.frozen = self.frozen.max(now + freeze);
            self.others.1 = self.others.1.min(now + freeze);
        }
    }

    pub(crate) fn give_back(&mut self, place: &str) {
        self.log.retain(|(_, name)| name != place);
    }
}
