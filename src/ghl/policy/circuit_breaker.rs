//! Sends nothing for a while to a HighLevel that is down, or whose limit for the day is used up. Then one harmless read,
//! the probe, finds out whether that still holds. A write is never the probe: it waits for the probe's answer.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ghl::model::{Effect, Error, Kind, Written};
use crate::ghl::wire::Limits;

/// This many failures in a row within [`WITHIN`] open it.
const FAILURES: usize = 5;
const WITHIN: Duration = Duration::from_secs(30);
/// How long nothing is sent after the failures. Doubles with each probe that fails.
const REST: Duration = Duration::from_secs(10);
const LONGEST_REST: Duration = Duration::from_secs(60);
/// While the day is used up: one probe in this time. One wrong header must not stop everything until the next day.
const PROBE_EVERY: Duration = Duration::from_secs(60);

/// The circuit breaker of one client.
#[derive(Debug, Default)]
pub(crate) struct CircuitBreaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: VecDeque<Duration>,
    open: Option<Open>,
}

/// Why it is open, and when the next probe is due.
#[derive(Debug)]
struct Open {
    reason: Reason,
    next_probe: Duration,
    rest: Duration,
    /// A probe is under way whose answer the callers can wait for.
    probing: bool,
    /// Looks so far.
    probes: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Down,
    /// Until this time, where HighLevel has said when its count begins anew.
    UsedUp(Option<Duration>),
}

/// Whether a request may be sent.
#[derive(Debug)]
pub(crate) enum Admission<'a> {
    /// Yes.
    Pass(Pass<'a>),
    /// After a probe, which is due or under way.
    AfterProbe,
    /// No: it fails so, with the time to wait.
    Closed(Error),
}

/// The admission of one request. Dropped unrecorded, it says nothing of HighLevel.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    breaker: &'a CircuitBreaker,
    /// Its answer decides whether the breaker closes.
    decides: bool,
}

impl Pass<'_> {
    /// The request ended at `now`, with an answer that says `limits`, and as `failure` or well.
    pub(crate) fn record(self, now: Duration, limits: &Limits, failure: Option<&Error>) {
        self.breaker.state().record(now, limits, failure, self.decides);
    }

    /// Whether the request may still be sent: the breaker has not opened since it was admitted.
    pub(crate) fn holds(&self) -> bool {
        self.decides || self.breaker.state().open.is_none()
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.decides
            && let Some(open) = &mut self.breaker.state().open
        {
            open.probing = false;
        }
    }
}

impl CircuitBreaker {
    /// Admits a request, or says what comes before it. While HighLevel is down, every caller waits for the probe. While
    /// the day is used up, where each request counts, a read is the probe itself; a write waits for one.
    pub(crate) fn admit(&self, now: Duration, effect: Effect) -> Admission<'_> {
        let mut state = self.state();
        state.begin_new_day(now);
        match &mut state.open {
            None => Admission::Pass(Pass { breaker: self, decides: false }),
            Some(open) if open.probing => Admission::AfterProbe,
            Some(open) if now < open.next_probe => Admission::Closed(open.refusal(now)),
            Some(open) if open.reason == Reason::Down || effect.writes() => Admission::AfterProbe,
            Some(open) => {
                open.next_probe = now + open.rest;
                Admission::Pass(Pass { breaker: self, decides: true })
            }
        }
    }

    /// Begins the probe that callers wait for, where one is due. Answers its admission and how many probes came before it.
    pub(crate) fn probe(&self, now: Duration) -> Option<(Pass<'_>, u32)> {
        let mut state = self.state();
        state.begin_new_day(now);
        let open = state.open.as_mut().filter(|open| !open.probing && now >= open.next_probe)?;
        open.probing = true;
        if open.reason != Reason::Down {
            open.next_probe = now + open.rest;
        }
        let before = open.probes;
        open.probes += 1;
        Some((Pass { breaker: self, decides: true }, before))
    }

    /// Whether requests are held back at present.
    pub(crate) fn is_open(&self, now: Duration) -> bool {
        self.state().open.as_ref().is_some_and(|open| now < open.next_probe)
    }

    /// A failure as its caller is told it: where it is the reason why nothing is sent for a while, with that time.
    pub(crate) fn explain(&self, now: Duration, failure: Error) -> Error {
        let state = self.state();
        match (&state.open, failure.kind()) {
            (Some(open), Kind::DailyLimit) => {
                failure.with_retry_after(Some(open.wait(now))).with_reason(open.words(now))
            }
            (Some(open), kind) if is_down(kind) => failure.with_retry_after(Some(open.wait(now))),
            _ => failure,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin_new_day(&mut self, now: Duration) {
        let over = |open: &Open| matches!(open.reason, Reason::UsedUp(Some(reset)) if reset <= now);
        if self.open.as_ref().is_some_and(over) {
            self.open = None;
        }
    }

    fn record(&mut self, now: Duration, limits: &Limits, failure: Option<&Error>, decides: bool) {
        let kind = failure.map(Error::kind);
        if limits.day_is_used_up() {
            self.use_up(now, limits.daily_reset);
        } else if kind.is_some_and(is_down) {
            self.fail(now, decides);
        } else if !matches!(kind, Some(Kind::Cancelled | Kind::OutOfTime | Kind::NotConfigured(_))) {
            // An answer, even a refusal: HighLevel is there. The others say nothing of HighLevel.
            self.failures.clear();
            let used_up = self.open.as_ref().is_some_and(|open| open.reason != Reason::Down);
            // A request that was on its way when the limit was reached proves nothing, unless it is told what is left.
            let served = limits.daily_remaining.is_some() || (decides && kind != Some(&Kind::RateLimited));
            if !used_up || served {
                self.open = None;
            }
        }
    }

    /// HighLevel has said that nothing is left for the day. Where it does not say in a way that can be right when its
    /// count begins anew, the first probe comes sooner: the answer is odd.
    fn use_up(&mut self, now: Duration, reset: Option<Duration>) {
        let again = self.open.as_ref().filter(|open| open.reason != Reason::Down);
        let wait = if reset.is_none() && again.is_none() { REST } else { PROBE_EVERY };
        let probes = again.map_or(0, |open| open.probes);
        if again.is_none() {
            tracing::warn!(
                reset_seconds = reset.map(|time| time.as_secs()),
                "HighLevel's limit for the day is used up: sending one read a minute"
            );
        }
        let reason = Reason::UsedUp(reset.map(|time| now + time));
        self.open = Some(Open { reason, next_probe: now + wait, rest: PROBE_EVERY, probing: false, probes });
    }

    fn fail(&mut self, now: Duration, decides: bool) {
        self.failures.push_back(now);
        if self.failures.len() > FAILURES {
            self.failures.pop_front();
        }
        match &mut self.open {
            Some(open) if decides => {
                if open.reason == Reason::Down {
                    open.rest = (open.rest * 2).min(LONGEST_REST);
                }
                open.next_probe = now + open.rest;
            }
            // It was on its way already when the breaker opened.
            Some(_) => {}
            None => {
                let first = self.failures.front().filter(|_| self.failures.len() == FAILURES);
                if first.is_some_and(|first| now.saturating_sub(*first) <= WITHIN) {
                    let (reason, next_probe) = (Reason::Down, now + REST);
                    self.open = Some(Open { reason, next_probe, rest: REST, probing: false, probes: 0 });
                    tracing::warn!(
                        rest_seconds = REST.as_secs(),
                        "HighLevel is down: sending nothing for a while"
                    );
                }
            }
        }
    }
}

impl Open {
    /// How long a caller is told to wait: until the next probe, or until the reset of which HighLevel speaks, since the
    /// probes before it most likely find nothing new. An agent must not ask once a minute the whole day.
    fn wait(&self, now: Duration) -> Duration {
        match self.reason {
            Reason::UsedUp(Some(reset)) => reset.saturating_sub(now),
            _ => self.next_probe.saturating_sub(now),
        }
    }

    /// The time until the next probe, or until the reset where that comes before it.
    fn until_probe(&self, now: Duration) -> Duration {
        self.next_probe.saturating_sub(now).min(self.wait(now))
    }

    fn refusal(&self, now: Duration) -> Error {
        let kind = if self.reason == Reason::Down { Kind::Unavailable } else { Kind::DailyLimit };
        Error::new(kind, Written::No).with_retry_after(Some(self.wait(now))).with_reason(self.words(now))
    }

    fn words(&self, now: Duration) -> String {
        let seconds = |time: Duration| time.as_secs() + u64::from(time.subsec_nanos() > 0);
        let probe = seconds(self.until_probe(now));
        match self.reason {
            Reason::Down => format!("its last answers were failures, so nothing is sent for {probe} s"),
            Reason::UsedUp(Some(_)) => {
                let reset = seconds(self.wait(now));
                format!(
                    "it says that the limit is reset in {reset} s; a call in {probe} s finds out whether it still holds"
                )
            }
            Reason::UsedUp(None) => {
                format!(
                    "it does not say when the limit is reset; a call in {probe} s finds out whether it still holds"
                )
            }
        }
    }
}

/// HighLevel could not serve the request, whatever the request was.
fn is_down(kind: &Kind) -> bool {
    matches!(kind, Kind::Lost | Kind::Unavailable | Kind::Unreachable)
}

#[cfg(test)]
mod tests;
