//! An exact sliding window: the times of the last sends. A token bucket with the same numbers sends up to twice as many
//! within one window (199 in 10 s were measured for 100 + 10/s); this does not.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ghl::pace::Limits;

/// Requests in a window until HighLevel has said how many it allows.
const UNTOLD: u32 = 20;
/// HighLevel's window.
const USUAL: Duration = Duration::from_secs(10);
/// Requests travel; two that leave a window apart may arrive closer.
const MARGIN: Duration = Duration::from_millis(250);
/// The window over which repeats are counted, and how many are always free.
const REPEATS_OVER: Duration = Duration::from_secs(10);
const FREE_REPEATS: usize = 3;
/// One repeat for so many sends.
const SENDS_PER_REPEAT: usize = 5;
/// A request is answered within this, so that its answer can be compared with what had been sent by then.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// So long after strangers were seen in the count, sends are careful.
const CAREFUL: Duration = Duration::from_secs(60);
/// The same, at first: a process that starts beside others has not seen them yet.
const START: Duration = Duration::from_secs(3);
/// Then at most one in so many of what is left is on its way at once, since the strangers see the same number.
const CAREFUL_SHARE: usize = 4;
/// A window longer than this is a mistake in a header.
const LONGEST: Duration = Duration::from_secs(120);

/// When the next request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ghl) enum Slot {
    /// Now.
    Free,
    /// Then.
    At(Duration),
    /// Once a request that is on its way has been answered.
    Soon,
    /// Not before the day's limit is reset, at this time.
    Closed(Duration),
}

/// What was sent, and what is allowed.
#[derive(Debug)]
pub(in crate::ghl) struct Window {
    max: u32,
    length: Duration,
    /// Longer ago than the window, for answers that are late.
    sends: VecDeque<Duration>,
    /// Requests of other processes, by the count of what HighLevel says is left, until this time.
    others: (usize, Duration),
    /// The latest request whose answer told what is left.
    told: Option<Duration>,
    /// What that answer said, and until when it holds.
    left: (u32, Duration),
    /// Until when other processes are reckoned with.
    careful: Duration,
    /// Until when nobody knows whether there are others.
    started: Duration,
    unanswered: usize,
    frozen: Duration,
    closed: Option<Duration>,
    repeats: VecDeque<Duration>,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            max: UNTOLD,
            length: USUAL,
            sends: VecDeque::new(),
            others: (0, Duration::ZERO),
            told: None,
            started: Duration::ZERO,
            left: (0, Duration::ZERO),
            careful: Duration::ZERO,
            unanswered: 0,
            frozen: Duration::ZERO,
            closed: None,
            repeats: VecDeque::new(),
        }
    }
}

impl Window {
    /// When a request may be sent, asked at `now`.
    pub(in crate::ghl) fn slot(&mut self, now: Duration) -> Slot {
        if let Some(until) = self.closed {
            if now < until {
                return Slot::Closed(until);
            }
            self.closed = None;
        }
        if now < self.frozen {
            return Slot::At(self.frozen);
        }
        self.forget(now);
        let others = if now < self.others.1 { self.others.0 } else { 0 };
        let allowed = usize::try_from(self.max).unwrap_or(usize::MAX).saturating_sub(others);
        let gone = self.gone(now);
        let counting = self.sends.len() - gone;
        if counting < allowed {
            return self.beside_others(now);
        }
        // The send that must have left the window for one more to fit; where others took all of it, their time.
        let leaving = counting.checked_sub(allowed.max(1)).and_then(|at| self.sends.get(gone + at));
        let own = leaving.map_or(self.others.1, |sent| *sent + self.length + MARGIN);
        Slot::At(if allowed == 0 { own.max(self.others.1) } else { own }.max(now + Duration::from_millis(1)))
    }

    /// Two processes that see the same ten left must not both send ten. So the nearer the end, the fewer are on their
    /// way unanswered, and the last is left to the others.
    fn beside_others(&self, now: Duration) -> Slot {
        let seen = now < self.careful;
        if !seen && self.told.is_some() && now >= self.started {
            return Slot::Free;
        }
        let left = match self.left {
            (0 | 1, until) if seen && now < until => return Slot::At(until),
            (left, until) if now < until => left,
            _ => self.max,
        };
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        if self.unanswered > 0 && self.unanswered.saturating_mul(CAREFUL_SHARE) >= left {
            Slot::Soon
        } else {
            Slot::Free
        }
    }

    /// A request has ended, with or without an answer.
    pub(in crate::ghl) fn answered(&mut self) {
        self.unanswered = self.unanswered.saturating_sub(1);
    }

    /// A request leaves at `now`.
    pub(in crate::ghl) fn sent(&mut self, now: Duration) {
        self.unanswered += 1;
        self.sends.push_back(now);
    }

    /// Takes over what HighLevel says in the answer to a request that was sent at `sent`. What it has counted by then
    /// is held against what this process had sent by then: an answer that took seconds would else make strangers of
    /// this process's own requests.
    pub(in crate::ghl) fn learn(&mut self, sent: Duration, now: Duration, limits: &Limits) {
        if let Some(max) = limits.max.filter(|max| *max > 0) {
            self.max = max;
        }
        if let Some(interval) = limits.interval.filter(|length| !length.is_zero() && *length <= LONGEST) {
            self.length = interval;
        }
        if let (Some(remaining), Some(_)) = (limits.remaining, limits.max)
            && self.told.is_none_or(|told| sent >= told)
        {
            let used = usize::try_from(self.max.saturating_sub(remaining)).unwrap_or(usize::MAX);
            let others = used.saturating_sub(self.sends.len() - self.gone(sent));
            let end = sent + self.length + MARGIN;
            if others > 0 {
                self.careful = sent + CAREFUL;
            }
            if self.told.is_none() {
                self.started = sent + START;
            }
            // Requests that left together are counted one after the other.
            let least = if self.told == Some(sent) && now < self.left.1 { self.left.0 } else { remaining };
            self.left = (remaining.min(least), end);
            self.others = (others, end);
            self.told = Some(sent);
        }
        if limits.daily_remaining == Some(0) {
            self.close(now + limits.daily_reset.unwrap_or(USUAL));
        }
    }

    /// Sends nothing before `until`, which is when HighLevel has said that its window ends: for the others too.
    pub(in crate::ghl) fn freeze(&mut self, until: Duration) {
        self.frozen = self.frozen.max(until);
        self.others.1 = self.others.1.min(until);
        self.left.1 = self.left.1.min(until);
    }

    /// Sends nothing before `until`, and lets nobody wait for it.
    pub(in crate::ghl) fn close(&mut self, until: Duration) {
        self.closed = Some(self.closed.map_or(until, |closed| closed.max(until)));
    }

    /// Whether one more repeat fits the budget; takes it if so.
    pub(in crate::ghl) fn take_repeat(&mut self, now: Duration) -> bool {
        let since = now.saturating_sub(REPEATS_OVER);
        while self.repeats.front().is_some_and(|time| *time < since) {
            self.repeats.pop_front();
        }
        let sends = self.sends.iter().filter(|time| **time >= since).count();
        let fits = self.repeats.len() < (sends / SENDS_PER_REPEAT).max(FREE_REPEATS);
        if fits {
            self.repeats.push_back(now);
        }
        fits
    }

    /// How many of the remembered sends had left the window by `now`.
    fn gone(&self, now: Duration) -> usize {
        self.sends.partition_point(|sent| *sent + self.length + MARGIN <= now)
    }

    fn forget(&mut self, now: Duration) {
        let kept = self.length + MARGIN + ANSWERED_WITHIN;
        while self.sends.front().is_some_and(|sent| *sent + kept <= now) {
            self.sends.pop_front();
        }
    }
}

#[cfg(test)]
#[path = "window/tests.rs"]
mod tests;
