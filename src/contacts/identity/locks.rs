//! One writer for each e-mail and each phone, so that two calls at once never create two contacts: within this process, and
//! where several processes share a store, in all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::contacts::error::Error;
use crate::contacts::identity::keys::Keys;
use crate::ghl::{ContactId, Lease, Need, Scope};

/// The locks that are held or waited for, by key.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    held: Mutex<HashMap<String, Weak<AsyncMutex<()>>>>,
}

/// The held keys; dropping it frees them.
#[derive(Debug)]
pub(crate) struct KeyGuard {
    _guards: Vec<OwnedMutexGuard<()>>,
    lease: Option<Arc<Lease>>,
}

impl KeyGuard {
    /// The same call, which may create a contact of these keys.
    pub(crate) fn scope(&self, scope: &Scope) -> Scope {
        scope.under(self.lease.clone())
    }

    /// Gives the keys back in all processes before it gives them back in this one. Dropped, it does the same in a task of its
    /// own.
    pub(crate) async fn release(self) {
        if let Some(lease) = &self.lease {
            lease.release().await;
        }
    }
}

impl Locks {
    /// Waits until no other writer holds any of these keys. The wait counts against the call's deadline, and the call does
    /// not count as running meanwhile.
    ///
    /// # Errors
    /// The call's time is over, the call was cancelled, too many calls wait, or the store is needed and does not serve.
    pub(crate) async fn hold(&self, scope: &Scope, keys: &Keys, need: Need) -> Result<KeyGuard, Error> {
        let names = [
            keys.email.as_ref().map(|email| format!("email {email}")),
            keys.phone.as_ref().map(|phone| format!("phone {phone}")),
        ];
        self.take(scope, names.into_iter().flatten().collect(), need).await
    }

    /// Waits until no other writer holds the contact. It is to be taken before any key.
    ///
    /// # Errors
    /// As [`Self::hold`].
    pub(crate) async fn hold_contact(&self, scope: &Scope, id: &ContactId) -> Result<KeyGuard, Error> {
        self.take(scope, vec![format!("contact {id}")], Need::IfItServes).await
    }

    /// Those who wait in this process come first: one of them at a time asks the store.
    async fn take(&self, scope: &Scope, names: Vec<String>, need: Need) -> Result<KeyGuard, Error> {
        let shared = scope.shares_locks().then(|| names.clone());
        let guards = scope.wait_for(self.take_here(names)).await?;
        let lease = match shared {
            None => None,
            Some(names) => Box::pin(scope.lease(&names, need)).await?,
        };
        Ok(KeyGuard { _guards: guards, lease })
    }

    /// Waits until all keys are free. They are taken in sorted order: otherwise (e-mail, phone) and (phone, e-mail) could
    /// wait for each other.
    async fn take_here(&self, mut keys: Vec<String>) -> Vec<OwnedMutexGuard<()>> {
        keys.sort();
        keys.dedup();
        let mut guards = Vec::with_capacity(keys.len());
        for key in keys {
            guards.push(self.lock(key).lock_owned().await);
        }
        guards
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
    fn a_key_has_one_holder_and_is_forgotten_afterwards() {
        let locks = Locks::default();
        let first = locks.take_here(vec!["b".into(), "a".into(), "a".into()]).now_or_never().expect("free");
        assert!(locks.take_here(vec!["a".into()]).now_or_never().is_none());
        assert!(locks.take_here(vec!["c".into()]).now_or_never().is_some());
        drop(first);
        assert!(locks.take_here(vec!["a".into()]).now_or_never().is_some());
        assert_eq!(locks.held.lock().unwrap().len(), 1);
    }
}
