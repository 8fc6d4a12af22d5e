//! A guess at what other processes with the same token send, from the count of what HighLevel says is left.

use std::time::Duration;

/// How long to stay conservative after another process was detected.
pub(crate) const CAREFUL: Duration = Duration::from_secs(60);
/// The same after the first answer: a process that starts beside others has not detected them yet.
const START: Duration = Duration::from_secs(3);
/// While conservative, at most one in this many of the requests that are left is under way at once, since the other
/// processes see the same number.
const CAREFUL_SHARE: usize = 4;

/// Whether a request that fits the window may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// Yes.
    Now,
    /// Not before this time.
    At(Duration),
    /// Once a request that is under way has ended.
    AfterCompletion,
}

/// What is known of other processes.
#[derive(Debug, Default)]
pub(crate) struct Estimate {
    /// Their requests in the window, and until when that holds.
    others: (usize, Duration),
    /// When the latest request was sent whose answer said what is left.
    told: Option<Duration>,
    /// What that answer said, and until when it holds.
    pub(crate) left: (u32, Duration),
    /// Until when other processes are taken into account.
    shared_until: Duration,
    /// Until when it is not known whether there are other processes.
    started: Duration,
    pub(crate) under_way: usize,
}

impl Estimate {
    /// Requests of other processes in the window at `now`.
    pub(crate) fn others(&self, now: Duration) -> usize {
        if now < self.others.1 { self.others.0 } else { 0 }
    }

    /// When the other processes' requests leave the window.
    pub(crate) fn others_leave(&self) -> Duration {
        self.others.1
    }

    /// Two processes that see the same ten left must not both send ten. So the fewer are left, the fewer are under way
    /// at once, and the last one is left to the others. `max` is what the window allows.
    pub(crate) fn share(&self, now: Duration, max: u32) -> Share {
        let detected = now < self.shared_until;
        if !detected && self.told.is_some() && now >= self.started {
            return Share::Now;
        }
        let left = match self.left {
            (0 | 1, until) if detected && now < until => return Share::At(until),
            (left, until) if now < until => left,
            _ => max,
        };
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        if self.under_way > 0 && self.under_way.saturating_mul(CAREFUL_SHARE) >= left {
            Share::AfterCompletion
        } else {
            Share::Now
        }
    }

    /// A request leaves.
    pub(crate) fn sent(&mut self) {
        self.under_way += 1;
    }

    /// A request has ended, with or without an answer.
    pub(crate) fn ended(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Whether the answer to a request that was sent at `sent` is news: not older than the latest one.
    pub(crate) fn is_news(&self, sent: Duration) -> bool {
        self.told.is_none_or(|told| sent >= told)
    }

    /// Takes over the answer to a request that was sent at `sent`: `remaining` of `max` are left in a window that ends at
    /// `end`, and `own` of those that are used were this process's own by then. Counting them at the time of sending
    /// matters: otherwise a slow answer makes this process count its own later requests as another process's.
    pub(crate) fn learn(
        &mut self,
        sent: Duration,
        now: Duration,
        end: Duration,
        max: u32,
        remaining: u32,
        own: usize,
    ) {
        let used = usize::try_from(max.saturating_sub(remaining)).unwrap_or(usize::MAX);
        let others = used.saturating_sub(own);
        if others > 0 {
            self.shared_until = sent + CAREFUL;
        }
        if self.told.is_none() {
            self.started = sent + START;
        }
        // Requests that left at the same time are counted one after the other: the lowest count is the latest.
        let lowest = if self.told == Some(sent) && now < self.left.1 { self.left.0 } else { remaining };
        self.left = (remaining.min(lowest), end);
        self.others = (others, end);
        self.told = Some(sent);
    }

    /// HighLevel has said that its window ends at `until`, for all processes.
    pub(crate) fn window_ends(&mut self, until: Duration) {
        self.others.1 = self.others.1.min(until);
        self.left.1 = self.left.1.min(until);
    }
}
