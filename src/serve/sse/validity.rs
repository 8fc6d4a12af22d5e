//! Until when a session may stay open: its client's token expires, and each message may bring a newer one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::serve::drain::now;

/// Until when a session may stay open; none for as long as its client likes. A clone is the same session's.
#[derive(Debug, Clone)]
pub(crate) struct Validity(Arc<Mutex<Option<Instant>>>);

impl Validity {
    /// For this time from now.
    pub(crate) fn of(time: Option<Duration>) -> Self {
        // A time that no clock can show has no end.
        Self(Arc::new(Mutex::new(time.and_then(|time| now().checked_add(time)))))
    }

    /// The session may stay open as long as `newer` says, if that is longer.
    pub(crate) fn extend(&self, newer: &Self) {
        let newer = *newer.lock();
        let mut until = self.lock();
        *until = match (*until, newer) {
            (Some(until), Some(newer)) => Some(until.max(newer)),
            _ => None,
        };
    }

    /// What is left of the time; none if it has no end.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.lock().map(|until| until.saturating_duration_since(now()))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_newer_token_extends_the_time_and_an_older_one_does_not_end_it() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let session = Validity::of(seconds(60));
        session.extend(&Validity::of(seconds(10)));
        assert_eq!(session.left(), seconds(60));
        session.extend(&Validity::of(seconds(90)));
        assert_eq!(session.clone().left(), seconds(90));
        assert_eq!(Validity::of(Some(Duration::MAX)).left(), None);
        assert_eq!(Validity::of(Some(Duration::ZERO)).left(), seconds(0));
    }
}
