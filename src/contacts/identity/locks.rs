//! One writer per e-mail and per phone within this process, so that two calls at once never make two contacts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// The locks that are held or waited for at present, by key.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    held: Mutex<HashMap<String, Weak<AsyncMutex<()>>>>,
}

/// Holds its keys until it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    _guards: Vec<OwnedMutexGuard<()>>,
}

impl Locks {
    /// Waits until all keys are free. They are taken in sorted order, so that (e-mail, phone) and (phone, e-mail)
    /// crossed cannot wait for each other.
    pub(crate) async fn take(&self, mut keys: Vec<String>) -> Held {
        keys.sort();
        keys.dedup();
        let mut guards = Vec::with_capacity(keys.len());
        for key in keys {
            guards.push(self.lock(key).lock_owned().await);
        }
        Held { _guards: guards }
    }

    fn lock(&self, key: String) -> Arc<AsyncMutex<()>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, lock| lock.strong_count() > 0);
        if let Some(lock) = held.get(&key).and_then(Weak::upgrade) {
            return lock;
        }
        let lock = Arc::new(AsyncMutex::new(()));
        held.insert(key, Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_key_is_held_by_one_and_forgotten_afterwards() {
        let locks = Locks::default();
        let first = locks.take(vec!["b".into(), "a".into(), "a".into()]).now_or_never().expect("free");
        assert!(locks.take(vec!["a".into()]).now_or_never().is_none());
        assert!(locks.take(vec!["c".into()]).now_or_never().is_some());
        drop(first);
        assert!(locks.take(vec!["a".into()]).now_or_never().is_some());
        assert_eq!(locks.held.lock().unwrap().len(), 1);
    }
}
