//! Sends nothing for a while to an upstream that is down, then asks it with one read.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ghl::model::{Effect, Error, Kind};

/// This many failures in a row within [`WITHIN`] open it.
const FAILURES: usize = 5;
const WITHIN: Duration = Duration::from_secs(30);
/// How long nothing is sent before one read asks again.
const REST: Duration = Duration::from_secs(10);

/// The circuit breaker of one client.
#[derive(Debug, Default)]
pub(crate) struct CircuitBreaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: VecDeque<Duration>,
    open_until: Option<Duration>,
    /// A read is under way that asks whether HighLevel is back.
    probing: bool,
}

/// The admission of one request. Dropped unrecorded, it says nothing of HighLevel.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    breaker: &'a CircuitBreaker,
    is_probe: bool,
}

impl Pass<'_> {
    /// The request ended at `now`, as `failure` or well.
    pub(crate) fn record(self, now: Duration, failure: Option<&Error>) {
        self.breaker.record(now, failure);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            self.breaker.state().probing = false;
        }
    }
}

impl CircuitBreaker {
    /// Lets a request through.
    ///
    /// # Errors
    /// While open: how long to wait. After its rest one read at a time is let through.
    pub(crate) fn admit(&self, now: Duration, effect: Effect) -> Result<Pass<'_>, Duration> {
        let mut state = self.state();
        let Some(until) = state.open_until else { return Ok(Pass { breaker: self, is_probe: false }) };
        if now < until {
            return Err(until.saturating_sub(now));
        }
        if effect.writes() || state.probing {
            return Err(Duration::from_secs(1));
        }
        state.probing = true;
        Ok(Pass { breaker: self, is_probe: true })
    }

    /// Whether requests are held back at present.
    pub(crate) fn is_open(&self, now: Duration) -> bool {
        self.state().open_until.is_some_and(|until| now < until)
    }

    fn record(&self, now: Duration, failure: Option<&Error>) {
        let mut state = self.state();
        match failure.map(Error::kind) {
            Some(Kind::Lost | Kind::Unavailable | Kind::Unreachable) => {
                state.failures.push_back(now);
                while state.failures.len() > FAILURES {
                    state.failures.pop_front();
                }
                let close = state.failures.front().is_some_and(|first| now.saturating_sub(*first) <= WITHIN);
                if state.open_until.is_some() || (state.failures.len() == FAILURES && close) {
                    state.open_until = Some(now + REST);
                    tracing::warn!(
                        rest_seconds = REST.as_secs(),
                        "HighLevel is down: sending nothing for a while"
                    );
                }
            }
            // The caller has gone away, or this side is not ready: that says nothing of HighLevel.
            Some(Kind::Cancelled | Kind::OutOfTime | Kind::NotConfigured) => {}
            // An answer, even a refusal: HighLevel is there.
            _ => {
                state.failures.clear();
                state.open_until = None;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ghl::model::Written;

    const SECOND: Duration = Duration::from_secs(1);

    fn down() -> Error {
        Error::new(Kind::Unavailable, Written::Unknown)
    }

    fn opened() -> CircuitBreaker {
        let breaker = CircuitBreaker::default();
        for second in 0..5 {
            breaker.record(second * SECOND, Some(&down()));
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_a_success_between_does_not() {
        assert!(opened().is_open(5 * SECOND));
        let breaker = CircuitBreaker::default();
        for second in 0..20 {
            breaker.record(second * SECOND, (second % 4 != 0).then(down).as_ref());
            assert!(!breaker.is_open(second * SECOND));
        }
    }

    #[test]
    fn a_caller_that_goes_away_says_nothing_of_highlevel() {
        for kind in [Kind::Cancelled, Kind::OutOfTime, Kind::NotConfigured] {
            let breaker = CircuitBreaker::default();
            for second in 0..5 {
                breaker.record(second * SECOND, Some(&down()));
                breaker.record(second * SECOND, Some(&Error::new(kind.clone(), Written::No)));
            }
            assert!(breaker.is_open(5 * SECOND), "{kind:?}");
        }
    }

    #[test]
    fn it_is_open_until_its_rest_ends() {
        // The fifth failure came at the fourth second.
        assert!(opened().is_open(Duration::from_millis(13_999)));
        assert!(!opened().is_open(14 * SECOND));
    }

    #[test]
    fn failures_far_apart_do_not_open_it() {
        let breaker = CircuitBreaker::default();
        for n in 0..20 {
            breaker.record(n * 8 * SECOND, Some(&down()));
        }
        assert!(!breaker.is_open(160 * SECOND));
    }

    #[test]
    fn after_its_rest_one_read_asks_and_its_answer_decides() {
        let breaker = opened();
        let refuses = |now, effect| breaker.admit(now, effect).err();
        assert_eq!(refuses(5 * SECOND, Effect::Read), Some(9 * SECOND));
        let later = 14 * SECOND;
        assert!(refuses(later, Effect::Create).is_some());
        let probe = breaker.admit(later, Effect::Read).unwrap();
        assert!(refuses(later, Effect::Read).is_some());
        probe.record(later, Some(&down()));
        assert!(breaker.is_open(later + 9 * SECOND));
        let probe = breaker.admit(30 * SECOND, Effect::Read).unwrap();
        probe.record(30 * SECOND, Some(&Error::new(Kind::NotFound, Written::No)));
        assert_eq!(refuses(30 * SECOND, Effect::Create), None);
    }

    #[test]
    fn a_probe_that_is_dropped_does_not_block_the_next() {
        let breaker = opened();
        drop(breaker.admit(14 * SECOND, Effect::Read).unwrap());
        assert!(breaker.admit(14 * SECOND, Effect::Read).is_ok());
    }

    #[test]
    fn a_late_failure_of_another_request_does_not_admit_a_second_probe() {
        let breaker = CircuitBreaker::default();
        let late = breaker.admit(Duration::ZERO, Effect::Create).unwrap();
        for second in 0..5 {
            breaker.record(second * SECOND, Some(&down()));
        }
        let probe = breaker.admit(14 * SECOND, Effect::Read).unwrap();
        drop(late);
        assert!(breaker.admit(14 * SECOND, Effect::Read).is_err());
        drop(probe);
    }
}
