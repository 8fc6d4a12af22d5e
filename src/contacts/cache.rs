//! A value that changes rarely: kept for ten minutes, and loaded once for all callers that wait for it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::Instrument;

use crate::ghl::{Abandoned, Coalescer, Error, Kind, Scope, Written};

/// How long a loaded value is fresh.
const FRESH: Duration = Duration::from_secs(600);

/// One value with the time at which it was loaded.
#[derive(Debug)]
pub(crate) struct Cached<T> {
    slot: Arc<Slot<T>>,
    /// The load that is under way.
    loads: Coalescer<(), Result<Arc<T>, Error>>,
}

/// The value, and when it was loaded; no time where it is to be loaded again.
type Slot<T> = Mutex<Option<(Option<Duration>, Arc<T>)>>;

impl<T: Send + Sync + 'static> Default for Cached<T> {
    fn default() -> Self {
        Self { slot: Arc::default(), loads: Coalescer::new(Abandoned::Stop) }
    }
}

impl<T: Send + Sync + 'static> Cached<T> {
    /// The fresh value, or the result of `load`, which all callers at that time share. A failure is not kept.
    pub(crate) async fn get<F: Future<Output = Result<T, Error>> + Send + 'static>(
        &self,
        scope: &Scope,
        now: Duration,
        load: impl FnOnce(Scope) -> F,
    ) -> Result<Arc<T>, Error> {
        if let Some(value) = self.fresh(now) {
            return Ok(value);
        }
        let work = || {
            // A load may have ended since the check above.
            let fresh = self.fresh(now);
            // In the span of this call, so that its log lines name the call.
            let load = load(scope.shared()).in_current_span();
            let slot = Arc::clone(&self.slot);
            async move {
                if let Some(value) = fresh {
                    return Ok(value);
                }
                let value = Arc::new(load.await?);
                set(&slot, Some((Some(now), Arc::clone(&value))));
                Ok(value)
            }
        };
        let answer = self.loads.join((), work);
        let answer = scope.context().in_time(async { Ok(answer.await) }).await?;
        answer.unwrap_or_else(|| Err(Error::new(Kind::Lost, Written::No)))
    }

    /// The fresh value, without loading one.
    pub(crate) fn fresh(&self, now: Duration) -> Option<Arc<T>> {
        let is_fresh = |loaded: Duration| now.saturating_sub(loaded) < FRESH;
        let (_, value) = self.slot().filter(|(loaded, _)| loaded.is_some_and(is_fresh))?;
        Some(value)
    }

    /// The value that was loaded last, however old it is.
    pub(crate) fn last(&self) -> Option<Arc<T>> {
        self.slot().map(|(_, value)| value)
    }

    /// Loads the value again next time; until then it is the one that was loaded last.
    pub(crate) fn expire(&self) {
        if let Some((loaded, _)) = self.slot.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *loaded = None;
        }
    }

    /// Drops the value, because something else has shown that it is out of date.
    pub(crate) fn forget(&self) {
        set(&self.slot, None);
    }

    fn slot(&self) -> Option<(Option<Duration>, Arc<T>)> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn set<T>(slot: &Slot<T>, value: Option<(Option<Duration>, Arc<T>)>) {
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

#[cfg(test)]
mod tests;
