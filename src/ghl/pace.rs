//! The send budget: never more requests than HighLevel allows, so that no 429 comes that could have been avoided.
//!
//! HighLevel documents 100 requests in 10 s and 200,000 a day for an app and a location; a trial token was measured at
//! 25 and 10,000. So the numbers are learnt from the `X-RateLimit-*` headers, which are on every answer.

mod queue;
mod window;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::sync::Notify;

use crate::ghl::client::Scope;
use crate::ghl::error::{Error, Happened, Kind};
use crate::ghl::pace::queue::Queue;
use crate::ghl::pace::window::{Slot, Window};
use crate::ghl::retry::SHORTEST_ATTEMPT;

/// However long a 429 asks to wait: after this one request asks again.
const LONGEST_FREEZE: Duration = Duration::from_hours(1);
/// A day's reset that is further away is a mistake in a header.
const DAY: Duration = Duration::from_hours(24);

/// The budget of one credential at one location.
#[derive(Debug, Default)]
pub(in crate::ghl) struct Pace {
    window: Mutex<Window>,
    queue: Queue,
    /// A request that was on its way has ended.
    ended: Notify,
}

/// A send that was taken; dropped when the request has ended.
#[derive(Debug)]
pub(in crate::ghl) struct Sent<'a> {
    pace: &'a Pace,
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        self.pace.window().answered();
        self.pace.ended.notify_one();
    }
}

impl Pace {
    /// Waits for the next free send and takes it. Callers take turns, however much one of them has asked for.
    ///
    /// # Errors
    /// At once where the wait would not fit into the call's time, with how long it would be; nothing was sent.
    pub(in crate::ghl) async fn take(&self, scope: &Scope) -> Result<Sent<'_>, Error> {
        let clock = scope.client().clock();
        let _turn = tokio::select! {
            turn = self.queue.turn(scope.lane()) => turn,
            () = scope.expired() => return Err(scope.out_of_time()),
        };
        loop {
            let now = clock.now();
            let slot = {
                let mut window = self.window();
                let slot = window.slot(now);
                if slot == Slot::Free {
                    window.sent(now);
                }
                slot
            };
            let wait = match slot {
                Slot::Free => return Ok(Sent { pace: self }),
                Slot::Soon => {
                    tokio::select! {
                        () = self.ended.notified() => continue,
                        () = scope.expired() => return Err(scope.out_of_time()),
                    }
                }
                Slot::At(time) => time.saturating_sub(now),
                Slot::Closed(until) => {
                    return Err(Error::new(Kind::DailyLimit, Happened::No)
                        .with_retry_after(Some(until.saturating_sub(now))));
                }
            };
            // A request that is sent must have the time to be answered.
            if wait + SHORTEST_ATTEMPT > scope.remaining() {
                return Err(Error::new(Kind::RateLimited, Happened::No).with_retry_after(Some(wait)));
            }
            tokio::select! {
                () = clock.sleep(wait) => {}
                // Its answer may have brought a larger budget.
                () = self.ended.notified() => {}
                () = scope.cancel().cancelled() => return Err(scope.out_of_time()),
            }
        }
    }

    /// Learns from the headers of the answer to a request that was sent at `sent`.
    pub(in crate::ghl) fn learn(&self, sent: Duration, now: Duration, headers: &HeaderMap) {
        self.window().learn(sent, now, &limits(headers));
    }

    /// A 429 came: nothing more is sent until its wait is over.
    pub(in crate::ghl) fn refused(&self, now: Duration, error: &Error) {
        // That the day is used up stands in the headers, and has been learnt.
        if *error.kind() == Kind::RateLimited {
            let wait = error.retry_after().unwrap_or_default();
            self.window().freeze(now + wait.min(LONGEST_FREEZE));
        }
    }

    /// Takes one repeat from the budget for repeats: a fifth of what was sent in the last window, at least three.
    pub(in crate::ghl) fn take_repeat(&self, now: Duration) -> bool {
        self.window().take_repeat(now)
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the headers of an answer say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::ghl) struct Limits {
    /// `X-RateLimit-Max`: requests in a window.
    pub(in crate::ghl) max: Option<u32>,
    /// `X-RateLimit-Interval-Milliseconds`.
    pub(in crate::ghl) interval: Option<Duration>,
    /// `X-RateLimit-Remaining`: left in this window, for all processes that share the token.
    pub(in crate::ghl) remaining: Option<u32>,
    /// `X-RateLimit-Daily-Remaining`.
    pub(in crate::ghl) daily_remaining: Option<u64>,
    /// `x-ratelimit-daily-reset`: milliseconds **until** the reset, not an epoch.
    pub(in crate::ghl) daily_reset: Option<Duration>,
}

fn limits(headers: &HeaderMap) -> Limits {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let small = |name: &str| number(name).and_then(|n| u32::try_from(n).ok());
    Limits {
        max: small("x-ratelimit-max"),
        interval: number("x-ratelimit-interval-milliseconds").map(Duration::from_millis),
        remaining: small("x-ratelimit-remaining"),
        daily_remaining: number("x-ratelimit-daily-remaining"),
        daily_reset: number("x-ratelimit-daily-reset")
            .map(Duration::from_millis)
            .filter(|reset| *reset <= DAY),
    }
}
