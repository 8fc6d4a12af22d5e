//! When a failed request is sent again: a pure decision, and the loop that obeys it.

use std::time::Duration;

use crate::ghl::auth::Bearer;
use crate::ghl::call::{Call, Effect};
use crate::ghl::client::Scope;
use crate::ghl::error::{Error, Happened, Kind};
use crate::ghl::http::{self, Incoming};
use crate::ghl::pace::Sent;

/// Attempts in all.
const ATTEMPTS: u32 = 3;
/// The first pause is drawn from zero to this, and doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// An attempt with less time than this is not begun.
pub(in crate::ghl) const SHORTEST_ATTEMPT: Duration = Duration::from_secs(2);
/// Callers that wait for the same window are spread over this.
const SPREAD: Duration = Duration::from_millis(250);

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ghl) enum Verdict {
    /// Tell the caller.
    GiveUp,
    /// Send again after this pause.
    Again(Duration),
}

/// Decides by the endpoint's effect, the failure and the time left, and by nothing else.
///
/// `attempt` counts from 1; `jitter` is in `0.0..1.0`.
pub(in crate::ghl) fn decide(
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
        Kind::Lost | Kind::Unavailable => match (effect, error.happened()) {
            (Effect::Read, _) => ATTEMPTS,
            // An answer that began with 2xx is read back by the caller, not asked for again. A create is never
            // repeated blindly: HighLevel has no idempotency key, and a second contact starts workflows.
            (_, Happened::Yes) | (Effect::Create, _) => 1,
            (Effect::Union, _) => ATTEMPTS,
            // Once: a late repeat may undo what a person wrote in between.
            (Effect::Replace | Effect::Delete, _) => 2,
        },
        _ => 1,
    }
}

/// Sends `call`, waiting and repeating as [`decide`] says.
pub(in crate::ghl) async fn send(scope: &Scope, call: &Call) -> Result<Incoming, Error> {
    let (client, clock) = (scope.client(), scope.client().clock());
    let mut attempt = 1;
    // What an earlier attempt of the same request may have done.
    let mut before = Happened::No;
    loop {
        let (bearer, sent) = permitted(scope, call).await.map_err(|error| error.at_least(before))?;
        let result = one(scope, call, &bearer).await;
        drop(sent);
        client.breaker().saw(clock.now(), result.as_ref().err());
        let error = match result {
            Ok(answer) => {
                tracing::debug!(endpoint = call.name, attempt, status = answer.status.as_u16(), "answered");
                return Ok(answer);
            }
            Err(error) => error,
        };
        client.pace().refused(clock.now(), &error);
        let verdict = decide(call.effect, attempt, &error, scope.remaining(), clock.jitter());
        // The trace is what HighLevel's support asks for.
        let trace = error.trace_id();
        tracing::debug!(endpoint = call.name, attempt, kind = ?error.kind(), ?verdict, trace, "failed");
        let error = if answers_the_request(&error) { error } else { error.at_least(before) };
        let Verdict::Again(pause) = verdict else { return Err(error) };
        if client.breaker().is_open(clock.now()) || !client.pace().take_repeat(clock.now()) {
            return Err(error);
        }
        client.observer().repeated(call.name);
        tokio::select! {
            () = clock.sleep(pause) => {}
            // Nothing is on its way: the caller's going away ends it here.
            () = scope.cancel().cancelled() => return Err(error),
        }
        before = before.max(error.happened());
        attempt += 1;
    }
}

/// Waits for the permission to send: the caller is there, HighLevel is up, there is a token, and the budget has room.
///
/// The token comes before the budget: those who took their places and then waited for a renewal would all leave at
/// its end, in one burst that the budget knows nothing of.
async fn permitted<'a>(scope: &'a Scope, call: &Call) -> Result<(Bearer, Sent<'a>), Error> {
    // A write that is begun with no time to be answered in would be one whose outcome nobody knows.
    if scope.cancel().is_cancelled() || scope.remaining() < SHORTEST_ATTEMPT {
        return Err(scope.out_of_time());
    }
    let client = scope.client();
    if let Some(wait) = client.breaker().refuses(client.clock().now(), call.effect) {
        return Err(Error::new(Kind::Unavailable, Happened::No).with_retry_after(Some(wait)));
    }
    let abandoned = |_: &Error| client.breaker().abandoned();
    let bearer = http::bearer(scope).await.inspect_err(abandoned)?;
    let began = client.clock().now();
    let taken = client.pace().take(scope).await.inspect_err(abandoned);
    client.observer().waited(call.name, client.clock().now().saturating_sub(began));
    Ok((bearer, taken?))
}

/// HighLevel has judged the request itself: an earlier attempt of the same would have met the same judgment.
fn answers_the_request(error: &Error) -> bool {
    matches!(error.kind(), Kind::Refused(_) | Kind::NotFound | Kind::RouteMissing | Kind::Duplicate { .. })
}

/// A read is dropped when its caller goes; a write that is on its way is carried to its end.
async fn one(scope: &Scope, call: &Call, bearer: &Bearer) -> Result<Incoming, Error> {
    if call.effect != Effect::Read {
        let recent = scope.client().recent();
        recent.forget();
        let answer = http::attempt(scope, call, bearer).await;
        recent.forget();
        return answer;
    }
    tokio::select! {
        answer = http::attempt(scope, call, bearer) => answer,
        () = scope.cancel().cancelled() => Err(Error::new(Kind::Cancelled, Happened::No)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(45);

    fn tries(effect: Effect, kind: Kind, happened: Happened) -> u32 {
        let error = Error::new(kind, happened);
        (1..10).find(|n| decide(effect, *n, &error, LONG, 0.5) == Verdict::GiveUp).unwrap()
    }

    #[test]
    fn what_was_certainly_not_carried_out_is_tried_three_times_whatever_it_does() {
        for effect in [Effect::Read, Effect::Union, Effect::Create, Effect::Replace, Effect::Delete] {
            assert_eq!(tries(effect, Kind::RateLimited, Happened::No), 3);
            assert_eq!(tries(effect, Kind::Unreachable, Happened::No), 3);
        }
    }

    #[test]
    fn what_may_have_been_carried_out_is_repeated_by_its_effect() {
        for (effect, expected) in [
            (Effect::Read, 3),
            (Effect::Union, 3),
            (Effect::Replace, 2),
            (Effect::Delete, 2),
            (Effect::Create, 1),
        ] {
            assert_eq!(tries(effect, Kind::Lost, Happened::Unknown), expected, "{effect:?}");
            assert_eq!(tries(effect, Kind::Unavailable, Happened::Unknown), expected, "{effect:?}");
        }
        assert_eq!(tries(Effect::Replace, Kind::Lost, Happened::Yes), 1);
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
            assert_eq!(tries(Effect::Read, kind, Happened::No), 1);
        }
    }

    #[test]
    fn a_wait_that_does_not_fit_is_not_begun() {
        let error =
            Error::new(Kind::RateLimited, Happened::No).with_retry_after(Some(Duration::from_secs(3600)));
        assert_eq!(decide(Effect::Read, 1, &error, LONG, 0.0), Verdict::GiveUp);
        let error =
            Error::new(Kind::RateLimited, Happened::No).with_retry_after(Some(Duration::from_secs(10)));
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
        let error = Error::new(Kind::Unavailable, Happened::No);
        assert_eq!(decide(Effect::Read, 1, &error, LONG, 1.0), Verdict::Again(Duration::from_millis(500)));
        assert_eq!(decide(Effect::Read, 2, &error, LONG, 1.0), Verdict::Again(Duration::from_secs(1)));
    }
}
