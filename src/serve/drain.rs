//! The orderly end of a server: nothing new is started, and what was read is finished and answered, all within one time.
#![expect(clippy::disallowed_methods, reason = "the time for the end is measured here")]

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Hosts and service managers kill a program that has not ended soon after they asked it to.
const TIME: Duration = Duration::from_secs(10);

/// The end of a server, shared by all who finish something before it. A clone is the same end.
#[derive(Debug, Clone)]
pub struct Drain {
    stop: CancellationToken,
    time: Duration,
    begun: CancellationToken,
    ends: Arc<OnceLock<Instant>>,
}

impl Default for Drain {
    /// Ten seconds, and no token that stops the server.
    fn default() -> Self {
        Self::new(CancellationToken::new(), TIME)
    }
}

impl Drain {
    /// `stop` asks the server to end; `time` is what it then has for everything that is under way.
    #[must_use]
    pub fn new(stop: CancellationToken, time: Duration) -> Self {
        Self { stop, time, begun: CancellationToken::new(), ends: Arc::default() }
    }

    /// Fires when the server is asked to end.
    #[must_use]
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// The time begins now, unless it has begun.
    pub fn begin(&self) {
        self.begin_at(Instant::now());
    }

    /// The time began then, unless it has begun.
    pub(crate) fn begin_at(&self, began: Instant) {
        self.ends.get_or_init(|| began + self.time);
        self.begun.cancel();
    }

    /// Resolves when the time is over. It waits for the beginning too.
    pub async fn over(&self) {
        self.begun.cancelled().await;
        if let Some(ends) = self.ends.get() {
            tokio::time::sleep_until(*ends).await;
        }
    }

    /// Resolves when the time that began at `since` would be over.
    pub(crate) async fn over_since(&self, since: Instant) {
        tokio::time::sleep_until(since + self.time).await;
    }

    /// What `work` gives, or nothing if the time is over first. The time begins now, unless it has begun.
    pub async fn finish<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.begin();
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.over() => None,
        }
    }
}

/// Now, by the clock that the end is measured with.
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_who_finish_something_share_one_time() {
        let drain = Drain::default();
        let began = now();
        assert_eq!(drain.finish(drain.over_since(began + Duration::from_secs(3) - TIME)).await, Some(()));
        assert_eq!(drain.clone().finish(pending::<()>()).await, None);
        assert_eq!(began.elapsed(), TIME);
        // What is done already counts after the end too.
        assert_eq!((drain.finish(ready(7)).await, drain.finish(pending::<()>()).await), (Some(7), None));
        assert_eq!(began.elapsed(), TIME);
    }
}
