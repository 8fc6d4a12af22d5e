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
/// A window longer than this is a mistake in a header.
const LONGEST: Duration = Duration::from_secs(120);

/// When the next request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ghl) enum Slot {
    /// Now.
    Free,
    /// Then.
    At(Duration),
    /// Not before the day's limit is reset, at this time.
    Closed(Duration),
}

/// What was sent, and what is allowed.
#[derive(Debug)]
pub(in crate::ghl) struct Window {
    max: u32,
    length: Duration,
    sends: VecDeque<Duration>,
    /// Requests of other processes, by the count of what HighLevel says is left, until this time.
    others: (usize, Duration),
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
        if self.sends.len() < allowed {
            return Slot::Free;
        }
        // The send that must have left the window for one more to fit; where others took all of it, their time.
        let leaving = self.sends.len().checked_sub(allowed.max(1)).and_then(|at| self.sends.get(at));
        let own = leaving.map_or(self.others.1, |sent| *sent + self.length + MARGIN);
        Slot::At(if allowed == 0 { own.max(self.others.1) } else { own }.max(now + Duration::from_millis(1)))
    }

    /// A request leaves at `now`.
    pub(in crate::ghl) fn sent(&mut self, now: Duration) {
        self.sends.push_back(now);
    }

    /// Takes over what HighLevel says.
    pub(in crate::ghl) fn learn(&mut self, now: Duration, limits: &Limits) {
        if let Some(max) = limits.max.filter(|max| *max > 0) {
            self.max = max;
        }
        if let Some(interval) = limits.interval.filter(|length| !length.is_zero() && *length <= LONGEST) {
            self.length = interval;
        }
        if let (Some(remaining), Some(_)) = (limits.remaining, limits.max) {
            self.forget(now);
            let used = usize::try_from(self.max.saturating_sub(remaining)).unwrap_or(usize::MAX);
            let others = used.saturating_sub(self.sends.len());
            self.others = (others, now + self.length);
        }
        if limits.daily_remaining == Some(0) {
            self.close(now + limits.daily_reset.unwrap_or(USUAL));
        }
    }

    /// Sends nothing before `until`, which is when HighLevel has said that its window ends: for the others too.
    pub(in crate::ghl) fn freeze(&mut self, until: Duration) {
        self.frozen = self.frozen.max(until);
        self.others.1 = self.others.1.min(until);
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

    fn forget(&mut self, now: Duration) {
        while self.sends.front().is_some_and(|sent| *sent + self.length + MARGIN <= now) {
            self.sends.pop_front();
        }
    }
}

#[cfg(test)]
#[path = "window/tests.rs"]
mod tests;
