//! Something that changes rarely, kept for a while and loaded once however many ask.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

/// How long definitions and location settings are kept.
const KEPT: Duration = Duration::from_secs(600);

/// One value with its time of loading. Concurrent callers wait for the one that loads.
#[derive(Debug)]
pub(crate) struct Cached<T> {
    slot: Mutex<Option<(Duration, Arc<T>)>>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { slot: Mutex::new(None) }
    }
}

impl<T> Cached<T> {
    /// The kept value, or what `load` gives. A failure is not kept.
    pub(crate) async fn get<E>(
        &self,
        now: Duration,
        load: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, E> {
        let mut slot = self.slot.lock().await;
        if let Some((loaded, value)) = slot.as_ref()
            && now.saturating_sub(*loaded) < KEPT
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(load.await?);
        *slot = Some((now, Arc::clone(&value)));
        Ok(value)
    }

    /// The kept value, without loading one.
    pub(crate) async fn kept(&self, now: Duration) -> Option<Arc<T>> {
        let slot = self.slot.lock().await;
        let (_, value) = slot.as_ref().filter(|(loaded, _)| now.saturating_sub(*loaded) < KEPT)?;
        Some(Arc::clone(value))
    }

    /// Forgets the value, where what was read has shown that it is out of date.
    pub(crate) async fn forget(&self) {
        *self.slot.lock().await = None;
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
        let kept = |now| cache.kept(Duration::from_secs(now)).now_or_never().unwrap().as_deref().copied();
        assert_eq!((kept(1_199), kept(1_200)), (Some(3), None));
    }

    #[test]
    fn a_failure_is_not_kept() {
        let cache = Cached::default();
        assert!(cache.get(Duration::ZERO, async { Err::<u8, ()>(()) }).now_or_never().unwrap().is_err());
        assert_eq!(*cache.get(Duration::ZERO, async { Ok::<_, ()>(5) }).now_or_never().unwrap().unwrap(), 5);
    }
}
