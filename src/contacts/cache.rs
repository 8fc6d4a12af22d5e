//! A value that changes rarely: kept for ten minutes, and loaded once for all callers that wait for it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;

/// How long a loaded value is fresh.
const FRESH: Duration = Duration::from_secs(600);

/// One value with the time at which it was loaded.
#[derive(Debug)]
pub(crate) struct Cached<T> {
    slot: Mutex<Option<(Duration, Arc<T>)>>,
    /// Held while a value is loaded, so that other callers wait instead of loading too.
    loading: AsyncMutex<()>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { slot: Mutex::default(), loading: AsyncMutex::default() }
    }
}

impl<T> Cached<T> {
    /// The fresh value, or the result of `load`. A failure is not kept.
    pub(crate) async fn get<E>(
        &self,
        now: Duration,
        load: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, E> {
        let _loading = self.loading.lock().await;
        if let Some(value) = self.fresh(now) {
            return Ok(value);
        }
        let value = Arc::new(load.await?);
        self.set(Some((now, Arc::clone(&value))));
        Ok(value)
    }

    /// The fresh value, without loading one.
    pub(crate) fn fresh(&self, now: Duration) -> Option<Arc<T>> {
        let (_, value) = self.slot().filter(|(loaded, _)| now.saturating_sub(*loaded) < FRESH)?;
        Some(value)
    }

    /// The value that was loaded last, however old it is.
    pub(crate) fn last(&self) -> Option<Arc<T>> {
        self.slot().map(|(_, value)| value)
    }

    /// Drops the value, because something else has shown that it is out of date.
    pub(crate) fn forget(&self) {
        self.set(None);
    }

    fn slot(&self) -> Option<(Duration, Arc<T>)> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, slot: Option<(Duration, Arc<T>)>) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = slot;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_value_is_loaded_again_only_when_its_time_is_over() {
        let cache = Cached::default();
        let get = |now, value: u8| {
            *cache
                .get(Duration::from_secs(now), async move { Ok::<_, ()>(value) })
                .now_or_never()
                .unwrap()
                .unwrap()
        };
        assert_eq!((get(0, 1), get(599, 2), get(600, 3)), (1, 1, 3));
        let fresh = |now| cache.fresh(Duration::from_secs(now)).as_deref().copied();
        assert_eq!((fresh(1_199), fresh(1_200)), (Some(3), None));
        assert_eq!(cache.last().as_deref(), Some(&3));
    }

    #[test]
    fn a_failure_is_not_kept() {
        let cache = Cached::default();
        assert!(cache.get(Duration::ZERO, async { Err::<u8, ()>(()) }).now_or_never().unwrap().is_err());
        assert_eq!(*cache.get(Duration::ZERO, async { Ok::<_, ()>(5) }).now_or_never().unwrap().unwrap(), 5);
    }
}
