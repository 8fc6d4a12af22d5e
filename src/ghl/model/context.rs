//! What one call carries with it through all layers: its time, its caller, its share of the rate limit, its counters.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::ghl::model::{Clock, Effect, Error, Kind, RunPermit, Written};

/// An attempt with less time than this is not begun: a write without the time for its answer would leave it unknown
/// whether it was carried out.
pub(crate) const SHORTEST_ATTEMPT: Duration = Duration::from_secs(2);

/// How long a caller is asked to wait where too many calls wait for another call.
const BUSY: Duration = Duration::from_secs(5);

/// Who waits for the answer to a call: how it goes away, and its permit to run, where calls are limited.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    cancel: CancellationToken,
    permit: Option<Arc<RunPermit>>,
}

impl Caller {
    /// The same caller with a permit, which its call gives back while it waits for another call.
    #[must_use]
    pub fn with_permit(self, permit: RunPermit) -> Self {
        Self { permit: Some(Arc::new(permit)), ..self }
    }

    /// Fires when the caller goes away.
    #[must_use]
    pub fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }
}

impl From<CancellationToken> for Caller {
    fn from(cancel: CancellationToken) -> Self {
        Self { cancel, permit: None }
    }
}

/// The context of one call. Clones share the counters.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    clock: Arc<dyn Clock>,
    deadline: Duration,
    caller: Caller,
    fairness_key: u64,
    requests: Arc<AtomicU32>,
    writes: Arc<AtomicU32>,
}

impl Context {
    /// The deadline is `time` from now. Calls with the same fairness key share one place in the rate limiter's rota.
    pub(crate) fn new(clock: Arc<dyn Clock>, time: Duration, caller: Caller, fairness_key: u64) -> Self {
        let deadline = clock.now() + time;
        Self { clock, deadline, caller, fairness_key, requests: Arc::default(), writes: Arc::default() }
    }

    /// The same counters and fairness key, with `time` from now, no caller that can cancel it and no permit of its own.
    pub(crate) fn shared(&self, time: Duration) -> Self {
        Self { deadline: self.clock.now() + time, caller: Caller::default(), ..self.clone() }
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

    /// Requests sent for this call, retries included.
    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Those of them that write, whatever their outcome.
    pub(crate) fn writes(&self) -> u32 {
        self.writes.load(Ordering::Relaxed)
    }

    pub(crate) fn count(&self, effect: Effect) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(u32::from(effect.writes()), Ordering::Relaxed);
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
