//! When a failed request is sent again: a pure decision, and the state of one call that it is made from.

use std::time::Duration;

use crate::ghl::model::{Effect, Error, Kind, SHORTEST_ATTEMPT, Written};

/// Attempts in all.
const ATTEMPTS: u32 = 3;
/// The first pause is drawn from zero to this, and doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// Callers that wait for the same window are spread over this.
const SPREAD: Duration = Duration::from_millis(250);
/// An attempt at the token endpoint with less time than this is not begun.
const SHORTEST_TOKEN_ATTEMPT: Duration = Duration::from_secs(1);

/// The attempts of one call so far.
#[derive(Debug)]
pub(crate) struct Retry {
    effect: Effect,
    attempt: u32,
    /// What an earlier attempt of the same request may have done.
    before: Written,
    renewed: bool,
}

impl Retry {
    /// Before the first attempt.
    pub(crate) fn new(effect: Effect) -> Self {
        Self { effect, attempt: 1, before: Written::No, renewed: false }
    }

    /// The number of the present attempt, from 1.
    pub(crate) fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether the present attempt may be replayed with a new token after it ended so: once. HighLevel did not carry it
    /// out, so the replay is not another attempt.
    pub(crate) fn wants_new_token(&mut self, error: &Error) -> bool {
        *error.kind() == Kind::Unauthorized && !std::mem::replace(&mut self.renewed, true)
    }

    /// What to do after the present attempt ended so, and the failure to tell where nothing more is sent.
    pub(crate) fn next(&mut self, error: Error, remaining: Duration, jitter: f64) -> (Verdict, Error) {
        let verdict = decide(self.effect, self.attempt, &error, remaining, jitter);
        let before = self.before;
        self.before = before.max(error.written());
        self.attempt += 1;
        self.renewed = false;
        (verdict, if answers_the_request(&error) { error } else { error.at_least(before) })
    }

    /// The failure to tell where the present attempt was not sent.
    pub(crate) fn not_sent(&self, error: Error) -> Error {
        error.at_least(self.before)
    }
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Tell the caller.
    GiveUp,
    /// Send again after this pause.
    Again(Duration),
}

/// Decides by the endpoint's effect, the failure and the time left, and by nothing else.
///
/// `attempt` counts from 1; `jitter` is in `0.0..1.0`.
pub(crate) fn decide(
    effect: Effect,
    attempt: u32,
    error: &Error,
    remaining: Duration,
    jitter: f64,
) -> Verdict {
    if attempt >= attempts(effect, error) {
        return Verdict::GiveUp;
    }
    let pause = match error.kind() {
        Kind::RateLimited => error.retry_after().unwrap_or_default() + SPREAD.mul_f64(jitter),
        _ => FIRST_PAUSE.saturating_mul(1 << (attempt - 1).min(8)).min(LONGEST_PAUSE).mul_f64(jitter),
    };
    if remaining < pause + SHORTEST_ATTEMPT { Verdict::GiveUp } else { Verdict::Again(pause) }
}

/// How often this may be sent in all, given how it failed.
fn attempts(effect: Effect, error: &Error) -> u32 {
    match error.kind() {
        // Provably not carried out.
        Kind::RateLimited | Kind::Unreachable => ATTEMPTS,
        Kind::Lost | Kind::Unavailable => match (effect, error.written()) {
            (Effect::Read, _) => ATTEMPTS,
            // An answer that began with 2xx is read back by the caller, not asked for again. A create is never
            // repeated blindly: HighLevel has no idempotency key, and a second contact starts workflows.
            (_, Written::Yes) | (Effect::Create, _) => 1,
            (Effect::Union, _) => ATTEMPTS,
            // Once: a late repeat may undo what a person wrote in between.
            (Effect::Replace | Effect::Delete, _) => 2,
        },
        _ => 1,
    }
}

/// The same for the token endpoint, whose requests may always be repeated: HighLevel answers a refresh that is repeated
/// within 30 s as it did the first time (its change log, "Smarter Refresh Token Handling").
pub(crate) fn decide_for_token(attempt: u32, error: &Error, remaining: Duration) -> Verdict {
    let lost = matches!(error.kind(), Kind::Unreachable | Kind::Lost | Kind::Unavailable | Kind::Unreadable);
    if lost && attempt < ATTEMPTS && remaining >= SHORTEST_TOKEN_ATTEMPT {
        Verdict::Again(Duration::ZERO)
    } else {
        Verdict::GiveUp
    }
}

/// HighLevel has judged the request itself: an earlier attempt of the same would have met the same judgment.
fn answers_the_request(error: &Error) -> bool {
    matches!(error.kind(), Kind::Refused(_) | Kind::NotFound | Kind::RouteMissing | Kind::Duplicate { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(45);

    fn tries(effect: Effect, kind: Kind, happened: Written) -> u32 {
        let error = Error::new(kind, happened);
        (1..10).find(|n| decide(effect, *n, &error, LONG, 0.5) == Verdict::GiveUp).unwrap()
    }

    #[test]
    fn a_request_that_was_not_carried_out_is_tried_three_times() {
        for effect in [Effect::Read, Effect::Union, Effect::Create, Effect::Replace, Effect::Delete] {
            assert_eq!(tries(effect, Kind::RateLimited, Written::No), 3);
            assert_eq!(tries(effect, Kind::Unreachable, Written::No), 3);
        }
    }

    #[test]
    fn a_request_that_may_have_been_carried_out_repeats_by_its_effect() {
        for (effect, expected) in [
            (Effect::Read, 3),
            (Effect::Union, 3),
            (Effect::Replace, 2),
            (Effect::Delete, 2),
            (Effect::Create, 1),
        ] {
            assert_eq!(tries(effect, Kind::Lost, Written::Unknown), expected, "{effect:?}");
            assert_eq!(tries(effect, Kind::Unavailable, Written::Unknown), expected, "{effect:?}");
        }
        assert_eq!(tries(Effect::Replace, Kind::Lost, Written::Yes), 1);
    }

    #[test]
    fn a_refusal_is_final() {
        for kind in [
            Kind::Unauthorized,
            Kind::ScopeMissing,
            Kind::NotFound,
            Kind::Refused(vec![]),
            Kind::Tls,
            Kind::Blocked,
            Kind::DailyLimit,
        ] {
            assert_eq!(tries(Effect::Read, kind, Written::No), 1);
        }
    }

    #[test]
    fn a_wait_that_does_not_fit_is_not_begun() {
        let error =
            Error::new(Kind::RateLimited, Written::No).with_retry_after(Some(Duration::from_secs(3600)));
        assert_eq!(decide(Effect::Read, 1, &error, LONG, 0.0), Verdict::GiveUp);
        let error =
            Error::new(Kind::RateLimited, Written::No).with_retry_after(Some(Duration::from_secs(10)));
        assert_eq!(decide(Effect::Read, 1, &error, Duration::from_secs(11), 0.0), Verdict::GiveUp);
        let just_enough = Duration::from_secs(10) + SHORTEST_ATTEMPT;
        for remaining in [LONG, just_enough] {
            assert_eq!(
                decide(Effect::Read, 1, &error, remaining, 0.0),
                Verdict::Again(Duration::from_secs(10))
            );
        }
    }

    #[test]
    fn pauses_double_and_stay_below_their_cap() {
        let error = Error::new(Kind::Unavailable, Written::No);
        assert_eq!(decide(Effect::Read, 1, &error, LONG, 1.0), Verdict::Again(Duration::from_millis(500)));
        assert_eq!(decide(Effect::Read, 2, &error, LONG, 1.0), Verdict::Again(Duration::from_secs(1)));
    }
}
