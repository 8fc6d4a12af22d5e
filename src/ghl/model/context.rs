//! What one call carries with it through all layers: its time, its caller, its share of the rate limit, its counters.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::ghl::model::{Clock, Error, Kind, RunPermit, Usage, Written};

/// An attempt with less time than this is not begun: a write without the time for its answer would leave it unknown
/// whether it was carried out.
pub(crate) const SHORTEST_ATTEMPT: Duration = Duration::from_secs(2);

/// How long a caller is asked to wait where too many calls wait for another call.
const BUSY: Duration = Duration::from_secs(5);

/// Who waits for the answer to a call: how it goes away, its permit to run, where calls are limited, and what it has used.
/// Clones are the same caller.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    cancel: CancellationToken,
    permit: Option<Arc<RunPermit>>,
    usage: Arc<Usage>,
    fairness_key: Option<u64>,
}

impl Caller {
    /// The same caller with a permit, which its call gives back while it waits for another call.
    #[must_use]
    pub fn with_permit(self, permit: RunPermit) -> Self {
        Self { permit: Some(Arc::new(permit)), ..self }
    }

    /// The same caller, who shares one place in the rate limiter's rota with all callers of this key. Without one, each
    /// call has a place of its own.
    #[must_use]
    pub fn with_fairness_key(self, key: Option<u64>) -> Self {
        Self { fairness_key: key, ..self }
    }

    pub(crate) fn fairness_key(&self) -> Option<u64> {
        self.fairness_key
    }

    /// What `work` gives, which waits for a person: the permit to run is given back meanwhile. `None` where the caller goes
    /// away first, or as many calls wait so as may.
    pub(crate) async fn idle_during<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let work = async {
            match &self.permit {
                None => Some(work.await),
                Some(permit) => permit.given_back_during(work).await,
            }
        };
        self.cancel.run_until_cancelled(work).await.flatten()
    }

    /// Fires when the caller goes away.
    #[must_use]
    pub fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    /// What its call has used of HighLevel's quota until now.
    #[must_use]
    pub fn usage(&self) -> &Arc<Usage> {
        &self.usage
    }
}

impl From<CancellationToken> for Caller {
    fn from(cancel: CancellationToken) -> Self {
        Self { cancel, ..Self::default() }
    }
}

/// The context of one call. Clones share its usage.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    clock: Arc<dyn Clock>,
    deadline: Duration,
    caller: Caller,
    fairness_key: u64,
}

impl Context {
    /// The deadline is `time` from now. Calls with the same fairness key share one place in the rate limiter's rota.
    pub(crate) fn new(clock: Arc<dyn Clock>, time: Duration, caller: Caller, fairness_key: u64) -> Self {
        let deadline = clock.now() + time;
        Self { clock, deadline, caller, fairness_key }
    }

    /// The same usage and fairness key, with `time` from now, no caller that can cancel it and no permit of its own.
    pub(crate) fn shared(&self, time: Duration) -> Self {
        let caller = Caller { usage: Arc::clone(&self.caller.usage), ..Caller::default() };
        Self { deadline: self.clock.now() + time, caller, ..self.clone() }
    }

    /// A part of this call: the same fairness key, `time` from now, a count of its own, and no caller that can cancel it.
    pub(crate) fn part(&self, time: Duration) -> Self {
        let usage = Arc::new(Usage::part_of(&self.caller.usage));
        let caller = Caller { usage, ..Caller::default() };
        Self { deadline: self.clock.now() + time, caller, ..self.clone() }
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn cancel(&self) -> &CancellationToken {
        self.caller.cancel()
    }

    pub(crate) fn fairness_key(&self) -> u64 {
        self.fairness_key
    }

    /// What this call has used of HighLevel's quota.
    pub(crate) fn usage(&self) -> &Usage {
        &self.caller.usage
    }

    /// Time left before the call must answer.
    pub(crate) fn remaining(&self) -> Duration {
        self.deadline.saturating_sub(self.clock.now())
    }

    /// Whether a request that is sent after `wait` still has the time to be answered.
    pub(crate) fn has_time_after(&self, wait: Duration) -> bool {
        wait + SHORTEST_ATTEMPT <= self.remaining()
    }

    /// Fails where nothing more may be sent for this call.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.cancel().is_cancelled() || !self.has_time_after(Duration::ZERO) {
            return Err(self.out_of_time());
        }
        Ok(())
    }

    /// Resolves when the time is over or the caller is gone.
    pub(crate) async fn expired(&self) {
        tokio::select! {
            () = self.clock.alarm(self.remaining()) => {}
            () = self.cancel().cancelled() => {}
        }
    }

    /// The failure of a call that expired before anything was sent for it.
    pub(crate) fn out_of_time(&self) -> Error {
        let kind = if self.cancel().is_cancelled() { Kind::Cancelled } else { Kind::OutOfTime };
        Error::new(kind, Written::No)
    }

    /// What `work` gives, or the failure of a call that expires first. For work that sends nothing for this call.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        tokio::select! {
            biased;
            done = work => done,
            () = self.expired() => Err(self.out_of_time()),
        }
    }

    /// What another call holds, once it is free: a lock. The permit to run is given back meanwhile.
    ///
    /// # Errors
    /// `Busy` where too many calls wait so; the call expires first.
    pub(crate) async fn wait_for<T>(&self, free: impl Future<Output = T>) -> Result<T, Error> {
        self.in_time(async {
            match &self.caller.permit {
                None => Ok(free.await),
                Some(permit) => permit
                    .given_back_during(free)
                    .await
                    .ok_or_else(|| Error::new(Kind::Busy, Written::No).with_retry_after(Some(BUSY))),
            }
        })
        .await
    }

    /// Waits for `pause`. False where the caller goes away first.
    pub(crate) async fn sleep(&self, pause: Duration) -> bool {
        tokio::select! {
            () = self.clock.sleep(pause) => true,
            () = self.cancel().cancelled() => false,
        }
    }
}
