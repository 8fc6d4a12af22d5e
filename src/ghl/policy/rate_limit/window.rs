//! An exact sliding window: the times of the last sends. A token bucket with the same numbers sends up to twice as many
//! within one window (199 in 10 s were measured for 100 + 10/s); this does not.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ghl::policy::rate_limit::estimate::{Estimate, Share};
use crate::ghl::wire::Limits;

/// Requests in a window until HighLevel has said how many it allows.
pub(crate) const DEFAULT_MAX: u32 = 20;
/// HighLevel's window.
pub(crate) const DEFAULT_LENGTH: Duration = Duration::from_secs(10);
/// Requests travel; two that leave a window apart may arrive closer.
pub(crate) const MARGIN: Duration = Duration::from_millis(250);
/// The window over which repeats are counted, and how many are always free: a quiet process must be able to repeat, too.
const REPEATS_OVER: Duration = Duration::from_secs(10);
const FREE_REPEATS: usize = 10;
/// One repeat for this many sends.
const SENDS_PER_REPEAT: usize = 5;
/// A request is answered within this, so that its answer can be compared with what had been sent by then.
pub(crate) const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// When the next request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Now.
    Now,
    /// At this time.
    At(Duration),
    /// Once a request that is under way has ended.
    AfterCompletion,
}

/// What was sent, and what is allowed.
#[derive(Debug)]
pub(crate) struct Window {
    max: u32,
    length: Duration,
    /// Kept for longer than the window, for answers that are late.
    sends: VecDeque<Duration>,
    estimate: Estimate,
    frozen: Duration,
    repeats: VecDeque<Duration>,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            max: DEFAULT_MAX,
            length: DEFAULT_LENGTH,
            sends: VecDeque::new(),
            estimate: Estimate::default(),
            frozen: Duration::ZERO,
            repeats: VecDeque::new(),
        }
    }
}

impl Window {
    /// When a request may be sent, asked at `now`.
    pub(crate) fn admit(&mut self, now: Duration) -> Admission {
        if now < self.frozen {
            return Admission::At(self.frozen);
        }
        self.forget(now);
        let allowed =
            usize::try_from(self.max).unwrap_or(usize::MAX).saturating_sub(self.estimate.others(now));
        let gone = self.gone(now);
        let counting = self.sends.len() - gone;
        if counting < allowed {
            return match self.estimate.share(now, self.max) {
                Share::Now => Admission::Now,
                Share::At(time) => Admission::At(time),
                Share::AfterCompletion => Admission::AfterCompletion,
            };
        }
        // The send that must have left the window for one more to fit; where others took all of it, their time.
        let others_leave = self.estimate.others_leave();
        let leaving = counting.checked_sub(allowed.max(1)).and_then(|at| self.sends.get(gone + at));
        let own = leaving.map_or(others_leave, |sent| *sent + self.length + MARGIN);
        let time = if allowed == 0 { own.max(others_leave) } else { own };
        Admission::At(time.max(now + Duration::from_millis(1)))
    }

    /// The same for one of `processes` that cannot ask each other: each sends its part, so that all of them together send no
    /// more than the window allows. Where they are more than that, each sends one in so many windows that it holds over those.
    pub(crate) fn admit_part(&mut self, now: Duration, processes: usize) -> Admission {
        if now < self.frozen {
            return Admission::At(self.frozen);
        }
        let (max, processes) = (self.max.max(1), u32::try_from(processes.max(1)).unwrap_or(u32::MAX));
        let allowed = (max / processes).max(1);
        let counted = (self.length + MARGIN) * processes.div_ceil(max);
        self.forget_after(now, counted + ANSWERED_WITHIN);
        let since = self.sends.partition_point(|sent| *sent + counted <= now);
        let counting = self.sends.len() - since;
        let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
        if counting < allowed {
            return Admission::Now;
        }
        let leaving = self.sends.get(since + counting - allowed).copied().unwrap_or(now);
        Admission::At((leaving + counted).max(now + Duration::from_millis(1)))
    }

    /// Takes over limits that are known for certain, as from a log that all processes share: nothing is guessed of others.
    pub(crate) fn set_limits(&mut self, max: Option<u32>, length: Option<Duration>) {
        self.max = max.unwrap_or(self.max);
        self.length = length.unwrap_or(self.length);
    }

    /// A request has ended, with or without an answer.
    pub(crate) fn ended(&mut self) {
        self.estimate.ended();
    }

    #[cfg(test)]
    pub(crate) fn requests_under_way(&self) -> usize {
        self.estimate.under_way
    }

    /// A request leaves at `now`.
    pub(crate) fn sent(&mut self, now: Duration) {
        self.estimate.sent();
        self.sends.push_back(now);
    }

    /// The request that was to leave at `sent` does not leave.
    pub(crate) fn not_sent(&mut self, sent: Duration) {
        if let Some(at) = self.sends.iter().rposition(|time| *time == sent) {
            self.sends.remove(at);
        }
    }

    /// Takes over what HighLevel says in the answer to a request that was sent at `sent`.
    pub(crate) fn learn(&mut self, sent: Duration, now: Duration, limits: &Limits) {
        self.max = limits.max.unwrap_or(self.max);
        self.length = limits.interval.unwrap_or(self.length);
        if let (Some(remaining), Some(_)) = (limits.remaining, limits.max)
            && self.estimate.is_news(sent)
        {
            let own = self.sends.len() - self.gone(sent);
            self.estimate.learn(sent, now, sent + self.length + MARGIN, self.max, remaining, own);
        }
    }

    /// Sends nothing before `until`, which is when HighLevel has said that its window ends: for other processes too.
    pub(crate) fn freeze(&mut self, until: Duration) {
        self.frozen = self.frozen.max(until);
        self.estimate.window_ends(until);
    }

    /// Whether one more repeat fits the budget; takes it if so.
    pub(crate) fn take_repeat(&mut self, now: Duration) -> bool {
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
        self.forget_after(now, self.length + MARGIN + ANSWERED_WITHIN);
    }

    fn forget_after(&mut self, now: Duration, kept: Duration) {
        while self.sends.front().is_some_and(|sent| *sent + kept <= now) {
            self.sends.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
