//! Lets an upstream that is down alone for a while, and asks it again with one read.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ghl::call::Effect;
use crate::ghl::error::{Error, Kind};

/// So many failures in a row within [`WITHIN`] open it.
const FAILURES: usize = 5;
const WITHIN: Duration = Duration::from_secs(30);
/// How long nothing is sent before one read asks again.
const REST: Duration = Duration::from_secs(10);
/// The read that asks is answered within this, or was dropped without a word.
const PROBE: Duration = Duration::from_secs(30);

/// The breaker of one client.
#[derive(Debug, Default)]
pub(in crate::ghl) struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: VecDeque<Duration>,
    open_until: Option<Duration>,
    /// Since when one read is on its way to ask.
    probing: Option<Duration>,
}

impl Breaker {
    /// How long to leave HighLevel alone; none where this request may be sent. While open, only one read is let
    /// through once the rest is over.
    pub(in crate::ghl) fn refuses(&self, now: Duration, effect: Effect) -> Option<Duration> {
        let mut state = self.state();
        let until = state.open_until?;
        if now < until {
            return Some(until.saturating_sub(now));
        }
        let asked = state.probing.is_some_and(|since| now.saturating_sub(since) < PROBE);
        if effect != Effect::Read || asked {
            return Some(Duration::from_secs(1));
        }
        state.probing = Some(now);
        None
    }

    /// Whether requests are held back at present.
    pub(in crate::ghl) fn is_open(&self, now: Duration) -> bool {
        self.state().open_until.is_some_and(|until| now < until)
    }

    /// A request that was let through has not been sent after all.
    pub(in crate::ghl) fn abandoned(&self) {
        self.state().probing = None;
    }

    /// A request ended so.
    pub(in crate::ghl) fn saw(&self, now: Duration, failure: Option<&Error>) {
        let mut state = self.state();
        state.probing = None;
        match failure.map(Error::kind) {
            Some(Kind::Lost | Kind::Unavailable | Kind::Unreachable) => {
                state.failures.push_back(now);
                while state.failures.len() > FAILURES {
                    state.failures.pop_front();
                }
                let close = state.failures.front().is_some_and(|first| now.saturating_sub(*first) <= WITHIN);
                if state.open_until.is_some() || (state.failures.len() == FAILURES && close) {
                    state.open_until = Some(now + REST);
                    tracing::warn!(rest_seconds = REST.as_secs(), "HighLevel is down; leaving it alone");
                }
            }
            // The caller has gone away, or this side is not ready: that says nothing of HighLevel.
            Some(Kind::Cancelled | Kind::OutOfTime | Kind::NotConfigured) => {}
            // An answer, be it a refusal: HighLevel is there.
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
    use crate::ghl::error::Happened;

    const SECOND: Duration = Duration::from_secs(1);

    fn down() -> Error {
        Error::new(Kind::Unavailable, Happened::Unknown)
    }

    fn broken() -> Breaker {
        let breaker = Breaker::default();
        for second in 0..5 {
            breaker.saw(second * SECOND, Some(&down()));
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_a_success_between_does_not() {
        assert!(broken().is_open(5 * SECOND));
        let breaker = Breaker::default();
        for second in 0..20 {
            breaker.saw(second * SECOND, (second % 4 != 0).then(down).as_ref());
            assert!(!breaker.is_open(second * SECOND));
        }
    }

    #[test]
    fn a_caller_that_goes_away_says_nothing_of_highlevel() {
        for kind in [Kind::Cancelled, Kind::OutOfTime, Kind::NotConfigured] {
            let breaker = Breaker::default();
            for second in 0..5 {
                breaker.saw(second * SECOND, Some(&down()));
                breaker.saw(second * SECOND, Some(&Error::new(kind.clone(), Happened::No)));
            }
            assert!(breaker.is_open(5 * SECOND), "{kind:?}");
        }
    }

    #[test]
    fn it_is_open_up_to_the_end_of_its_rest() {
        // The fifth failure came at the fourth second.
        assert!(broken().is_open(Duration::from_millis(13_999)));
        assert!(!broken().is_open(14 * SECOND));
    }

    #[test]
    fn failures_far_apart_do_not_open_it() {
        let breaker = Breaker::default();
        for n in 0..20 {
            breaker.saw(n * 8 * SECOND, Some(&down()));
        }
        assert!(!breaker.is_open(160 * SECOND));
    }

    #[test]
    fn after_its_rest_one_read_asks_and_its_answer_decides() {
        let breaker = broken();
        assert_eq!(breaker.refuses(5 * SECOND, Effect::Read), Some(9 * SECOND));
        let later = 14 * SECOND;
        assert!(breaker.refuses(later, Effect::Create).is_some());
        assert_eq!(breaker.refuses(later, Effect::Read), None);
        assert!(breaker.refuses(later, Effect::Read).is_some());
        breaker.saw(later, Some(&down()));
        assert!(breaker.is_open(later + 9 * SECOND));
        assert_eq!(breaker.refuses(30 * SECOND, Effect::Read), None);
        breaker.saw(30 * SECOND, Some(&Error::new(Kind::NotFound, Happened::No)));
        assert_eq!(breaker.refuses(30 * SECOND, Effect::Create), None);
    }

    #[test]
    fn a_probe_that_was_not_sent_does_not_block_the_next() {
        let breaker = broken();
        assert_eq!(breaker.refuses(14 * SECOND, Effect::Read), None);
        breaker.abandoned();
        assert_eq!(breaker.refuses(14 * SECOND, Effect::Read), None);
        // This one vanishes without a word.
        assert!(breaker.refuses(43 * SECOND, Effect::Read).is_some());
        assert_eq!(breaker.refuses(44 * SECOND, Effect::Read), None);
    }
}
