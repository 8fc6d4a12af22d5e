//! The rate limiter of one credential at one location.
//!
//! HighLevel documents 100 requests in 10 s and 200,000 a day for an app and a location; a trial token was measured at
//! 25 and 10,000. So the numbers are learnt from the `X-RateLimit-*` headers, which are on every answer.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::ghl::model::{Context, Error, Kind, Written};
use crate::ghl::policy::rate_limit::fair_queue::FairQueue;
use crate::ghl::policy::rate_limit::window::{Admission, Window};
use crate::ghl::policy::store::{Place, SharedQuota, Told, Turn};
use crate::ghl::wire::Limits;

/// However long a 429 asks to wait: after this one request asks again.
const LONGEST_FREEZE: Duration = Duration::from_hours(1);

/// Hands out permits to send, never more than HighLevel allows.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    window: Mutex<Window>,
    queue: FairQueue,
    /// A request that was under way has ended.
    ended: Notify,
    /// The quota that other processes use, too.
    shared: Option<SharedQuota>,
}

/// The permit to send one request. Dropped unsettled, it gives its place back and teaches nothing.
#[derive(Debug)]
#[must_use = "a permit that is dropped gives its place back"]
pub(crate) struct Permit<'a> {
    limiter: &'a RateLimiter,
    sent: Duration,
    /// Its place in the quota that other processes use, too.
    place: Option<Place>,
}

impl Permit<'_> {
    /// The request has ended at `now`, with an answer that says `limits`, and as `failure`.
    pub(crate) fn settle(self, now: Duration, limits: Option<&Limits>, failure: Option<&Error>) {
        // A day that is used up is the circuit breaker's matter.
        let failure = failure.filter(|error| *error.kind() == Kind::RateLimited);
        let freeze = failure.map(|error| error.retry_after().unwrap_or_default().min(LONGEST_FREEZE));
        let mut window = self.limiter.window();
        match limits {
            None => {}
            Some(limits) if self.limiter.shared.is_some() => window.set_limits(limits.max, limits.interval),
            Some(limits) => window.learn(self.sent, now, limits),
        }
        if let Some(freeze) = freeze {
            window.freeze(now + freeze);
        }
        drop(window);
        self.tell(limits, freeze);
    }

    /// Tells the other processes what this answer says. They do not wait for it, nor does the call.
    fn tell(mut self, limits: Option<&Limits>, freeze: Option<Duration>) {
        if let (Some(quota), Some(place)) = (&self.limiter.shared, self.place.take()) {
            let (max, length, remaining) =
                limits.map_or((None, None, None), |limits| (limits.max, limits.interval, limits.remaining));
            let told = Told { late: Duration::ZERO, max, length, remaining, freeze };
            let (quota, sent) = (quota.clone(), self.sent);
            tokio::spawn(async move { quota.tell(&place, sent, told).await });
        }
    }

    /// The request is not sent after all.
    pub(crate) fn give_back(mut self) {
        self.limiter.window().not_sent(self.sent);
        if let (Some(quota), Some(place)) = (&self.limiter.shared, self.place.take()) {
            let quota = quota.clone();
            tokio::spawn(async move { quota.give_back(&place).await });
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.limiter.window().ended();
        self.limiter.ended.notify_one();
    }
}

impl RateLimiter {
    /// A limiter whose quota other processes use, too.
    pub(crate) fn shared(quota: SharedQuota) -> Self {
        Self { shared: Some(quota), ..Self::default() }
    }

    /// Waits for the next free place and takes it. Callers are served in rotation by their fairness key, however much
    /// one of them has asked for.
    ///
    /// # Errors
    /// At once where the wait would not fit into the call's time, with how long it would be; and where others were waited for
    /// until too little time is left. Nothing was sent.
    pub(crate) async fn acquire(&self, context: &Context) -> Result<Permit<'_>, Error> {
        let clock = context.clock();
        let _first = tokio::select! {
            first = self.queue.first(context.fairness_key()) => first,
            () = context.expired() => return Err(context.out_of_time()),
        };
        loop {
            // The wait for others may have left too little time for an answer.
            context.check()?;
            let now = clock.now();
            let (admission, place) = match &self.shared {
                None => (self.admit(now), None),
                // On the heap: the future of a call without a store does not grow by it.
                Some(quota) => Box::pin(self.turn(quota, now)).await,
            };
            let wait = match admission {
                Admission::Now => return Ok(Permit { limiter: self, sent: clock.now(), place }),
                Admission::AfterCompletion => {
                    tokio::select! {
                        () = self.ended.notified() => continue,
                        () = context.expired() => return Err(context.out_of_time()),
                    }
                }
                Admission::At(time) => time.saturating_sub(now),
            };
            if !context.has_time_after(wait) {
                return Err(Error::new(Kind::RateLimited, Written::No).with_retry_after(Some(wait)));
            }
            tokio::select! {
                () = clock.sleep(wait) => {}
                // Its answer may have brought a larger limit.
                () = self.ended.notified() => {}
                () = context.cancel().cancelled() => return Err(context.out_of_time()),
            }
        }
    }

    /// When a request may be sent; one that may be sent now is counted.
    fn admit(&self, now: Duration) -> Admission {
        let mut window = self.window();
        let admission = window.admit(now);
        if admission == Admission::Now {
            window.sent(now);
        }
        admission
    }

    /// The same where other processes use the quota, too.
    async fn turn(&self, quota: &SharedQuota, now: Duration) -> (Admission, Option<Place>) {
        match quota.turn().await {
            Turn::Now(place, max, length) => {
                let mut window = self.window();
                window.set_limits(Some(max), Some(length));
                window.sent(now);
                (Admission::Now, Some(place))
            }
            Turn::After(wait) => (Admission::At(now + wait), None),
            Turn::Part(processes) => {
                let admission = self.window().admit_part(now, processes);
                if admission != Admission::Now {
                    return (admission, None);
                }
                self.window().sent(now);
                (admission, quota.record().await)
            }
        }
    }

    /// Takes one repeat from the budget for repeats: a fifth of what was sent in the last 10 s, at least ten.
    pub(crate) fn take_repeat(&self, now: Duration) -> bool {
        self.window().take_repeat(now)
    }

    /// How many permits are held now.
    #[cfg(test)]
    pub(crate) fn permits_held(&self) -> usize {
        self.window().requests_under_way()
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
